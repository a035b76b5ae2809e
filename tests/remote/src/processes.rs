//! The processes of a job, and what befalls them.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use futures_util::future::select_all;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::job::Harm;

/// A process of the job; dropped, it is killed.
#[derive(Debug)]
pub struct Process {
    child: Child,
    /// It ends when this does, also when the test is killed.
    _input: ChildStdin,
    /// It says when it can be told to end.
    output: ChildStdout,
}

impl Process {
    /// Starts one in a role of the job.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(role: &str, port: u16, table: &Path, items: u64, harm: Harm) -> Self {
        // Cargo says where it is to the tests alone, and this is in the library: it is beside them.
        let test = std::env::current_exe().expect("a test is a file");
        let program = test.ancestors().nth(2).expect("a test is in a target folder").join("process");
        let child = Command::new(program)
            .args([role, &port.to_string()])
            .arg(table)
            .args([items.to_string(), harm.word()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // Of what is to fail nobody needs to read that it does.
            .stderr(if harm == Harm::None { Stdio::inherit() } else { Stdio::null() })
            .kill_on_drop(true)
            .spawn();
        let mut child = child.expect("a process can be started");
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Self { child, _input: input.expect("it is piped"), output: output.expect("it is piped") }
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// Never for a process that was started.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.expect("a process ends")
    }

    /// Kills it as `kill -9` does.
    ///
    /// # Panics
    /// When that cannot be done.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a process can be killed");
    }

    /// Asks it to end as soon as it can be asked, and waits until it has.
    ///
    /// # Panics
    /// When that cannot be done.
    pub async fn terminate(&mut self) -> ExitStatus {
        // Also one that has ended by itself comes out here.
        let _ = self.output.read(&mut [0]).await;
        if let Some(id) = self.child.id() {
            let told = Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().await;
            assert!(told.expect("sh runs").success(), "process {id} can be told to end");
        }
        self.ended().await
    }
}

/// Workers, and where to start more of them.
#[derive(Debug)]
pub struct Workers<'a> {
    port: u16,
    table: &'a Path,
    harm: Harm,
    running: Vec<Process>,
}

impl<'a> Workers<'a> {
    /// Starts so many.
    #[must_use]
    pub fn start(n: usize, port: u16, table: &'a Path, harm: Harm) -> Self {
        let mut workers = Self { port, table, harm, running: Vec::new() };
        (0..n).for_each(|_| workers.add());
        workers
    }

    /// Starts one more.
    pub fn add(&mut self) {
        self.running.push(Process::start("work", self.port, self.table, 0, self.harm));
    }

    /// The one that has run longest, which is no longer one of these.
    pub fn take_oldest(&mut self) -> Process {
        self.running.remove(0)
    }

    /// Waits until one ends, which is no longer one of these; `None` when all have ended.
    ///
    /// # Cancel safety
    /// None is forgotten when it is dropped.
    pub async fn next_end(&mut self) -> Option<ExitStatus> {
        if self.running.is_empty() {
            return None;
        }
        let (status, index, _) = select_all(self.running.iter_mut().map(|process| Box::pin(process.ended()))).await;
        self.running.remove(index);
        Some(status)
    }
}
