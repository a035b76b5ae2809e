//! The table that counts what came.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, Result};

/// A table of numbers, in the order in which they came. Any number of processes may write to it.
#[derive(Debug)]
pub struct Table(Connection);

impl Table {
    /// Opens the table, and makes it if it is not there.
    ///
    /// # Errors
    /// Those of the file.
    pub fn open(file: &Path) -> Result<Self> {
        let connection = Connection::open(file)?;
        // Several processes write, and one that waits is not late.
        connection.busy_timeout(Duration::from_secs(60))?;
        // What a killed process has committed stays; only a power loss could take it. No write-ahead log: of two processes that begin one at once SQLite
        // refuses one, however long it would wait.
        connection
            .execute_batch("PRAGMA synchronous = OFF; CREATE TABLE IF NOT EXISTS came (item INTEGER NOT NULL)")?;
        Ok(Self(connection))
    }

    /// All of these came, or none of them.
    ///
    /// # Errors
    /// Those of the file.
    pub fn insert(&mut self, items: &[u64]) -> Result<()> {
        let transaction = self.0.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO came VALUES (?)")?;
            for item in items {
                insert.execute([*item as i64])?;
            }
        }
        transaction.commit()
    }

    /// How many came, each counted once.
    ///
    /// # Errors
    /// Those of the file.
    pub fn distinct(&self) -> Result<u64> {
        self.count("DISTINCT item", "came")
    }

    /// How many of the numbers up to `n` never came, and how many times more than once.
    ///
    /// # Errors
    /// Those of the file.
    pub fn lost_and_repeated(&self, n: u64) -> Result<(u64, u64)> {
        let (came, distinct) = (self.count("*", "came")?, self.distinct()?);
        Ok((n - distinct, came - distinct))
    }

    /// How many came right behind a greater one.
    ///
    /// # Errors
    /// Those of the file.
    pub fn late(&self) -> Result<u64> {
        let steps = "(SELECT item - lag(item) OVER (ORDER BY rowid) AS step FROM came)";
        self.count("*", &format!("{steps} WHERE step < 0"))
    }

    fn count(&self, what: &str, of: &str) -> Result<u64> {
        let count: i64 = self.0.query_row(&format!("SELECT count({what}) FROM {of}"), [], |row| row.get(0))?;
        Ok(count.unsigned_abs())
    }
}
