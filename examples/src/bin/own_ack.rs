//! A source of one's own that asks what becomes of its items: a spool directory, from which nothing is lost, also when the program is killed.
//!
//! ```text
//! mkdir -p spool/new; for n in 1 2 3; do echo $n.50 > spool/new/$n; done
//! cargo run -p aqueduct-examples --bin own_ack -- spool
//! ```
//!
//! Without a directory it makes one, with twelve messages, and says where.
//!
//! A message is a file. It is claimed by moving it from `new` to `work`, and deleted when it is in the ledger, on disk. One that was dropped on the way goes
//! back to `new`, one at which a stage has failed goes to `failed`: so the next run begins with the others. What a killed program has left in `work`
//! goes back as well, as nobody knows how far it came; hence a message may be in the ledger twice, but none is missing.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aqueduct::{Ack, AckSource, BoxError, Sink, Verdict, pipeline};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// The messages of a directory.
struct Spool {
    directory: PathBuf,
    waiting: VecDeque<String>,
}

struct Message {
    name: String,
    text: String,
}

impl Spool {
    fn open(directory: &Path) -> io::Result<Self> {
        for folder in ["new", "work", "failed"] {
            std::fs::create_dir_all(directory.join(folder))?;
        }
        for left in names(&directory.join("work"))? {
            std::fs::rename(directory.join("work").join(&left), directory.join("new").join(&left))?;
        }
        let waiting = names(&directory.join("new"))?.into();
        Ok(Self { directory: directory.to_owned(), waiting })
    }

    /// Claims a message. From here on it has a token, so it cannot be forgotten.
    fn claim(&self, name: &str) -> io::Result<(PathBuf, Ack)> {
        let place = |folder| self.directory.join(folder).join(name);
        let (new, work, failed) = (place("new"), place("work"), place("failed"));
        std::fs::rename(&new, &work)?;
        let claimed = work.clone();
        let ack = Ack::new(move |verdict| {
            let settled = match verdict {
                Verdict::Done => std::fs::remove_file(&work),
                Verdict::Failed => std::fs::rename(&work, failed),
                // The next run begins with it.
                _ => std::fs::rename(&work, new),
            };
            if let Err(error) = settled {
                eprintln!("{} stays where it is: {error}", work.display());
            }
        });
        Ok((claimed, ack))
    }
}

impl AckSource for Spool {
    type Item = Message;

    /// Cancel safe: dropped while it reads, it drops the token, and the message goes back.
    async fn next(&mut self) -> Result<Option<(Message, Ack)>, BoxError> {
        let Some(name) = self.waiting.pop_front() else { return Ok(None) };
        let (path, ack) = self.claim(&name)?;
        let text = tokio::fs::read_to_string(path).await?;
        Ok(Some((Message { name, text }, ack)))
    }
}

/// The names in a directory, in order.
fn names(directory: &Path) -> io::Result<Vec<String>> {
    let names = std::fs::read_dir(directory)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

/// A line of the ledger. It takes its time, as a price list would that is somewhere else.
async fn price(message: Message) -> Result<String, BoxError> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    let euros: f64 = message.text.trim().parse().map_err(|error| format!("message `{}`: {error}", message.name))?;
    Ok(format!("{} {euros:.2}\n", message.name))
}

/// Appends to a file. The messages of a batch are done, all of them, when `write` has given `Ok`.
struct Ledger(File);

impl Sink<Vec<String>> for Ledger {
    type Output = ();

    async fn write(&mut self, lines: Vec<String>) -> Result<(), BoxError> {
        self.0.write_all(lines.concat().as_bytes()).await?;
        self.0.sync_data().await?;
        println!("{} more in the ledger", lines.len());
        Ok(())
    }

    async fn finish(self) -> Result<(), BoxError> {
        Ok(())
    }
}

/// The directory that is given, or one with some messages.
fn directory() -> io::Result<PathBuf> {
    if let Some(given) = std::env::args_os().nth(1) {
        return Ok(given.into());
    }
    let directory = std::env::temp_dir().join(format!("own_ack-{}", std::process::id()));
    std::fs::create_dir_all(directory.join("new"))?;
    for number in 1..=12 {
        std::fs::write(directory.join(format!("new/{number:02}")), format!("{number}.50\n"))?;
    }
    println!("the spool is {}", directory.display());
    Ok(directory)
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let directory = directory()?;
    let spool = Spool::open(&directory)?;
    let ledger = File::options().append(true).create(true).open(directory.join("ledger")).await?;
    pipeline! {
        from(spool) -> map_async(4, price)? -> batch(5, 100ms) -> into(Ledger(ledger))
    }
    .run()
    .await?;
    println!("the spool is empty");
    Ok(())
}
