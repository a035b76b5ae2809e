//! A program in a pseudo-terminal: its keys and its screen.

use std::io::{Read, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::{Parser, Screen};

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(60);

fn cells(count: u16) -> NonZero<u16> {
    NonZero::new(count).unwrap()
}

/// A program in a terminal of its own.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    /// What the program writes.
    written: Receiver<Vec<u8>>,
    parser: Parser,
    deadline: Instant,
}

impl Terminal {
    /// Starts a program, with these variables in its environment.
    ///
    /// # Panics
    /// If it cannot be started. What follows here panics if it does not come in time.
    #[must_use]
    pub fn run(command: &[&str], environment: &[(&str, &str)]) -> Self {
        let (rows, cols) = (24, 100);
        let pair = native_pty_system().openpty(PtySize { rows, cols, ..PtySize::default() }).unwrap();
        let mut builder = CommandBuilder::from_argv(command.iter().map(Into::into).collect());
        builder.env("TERM", "xterm-256color");
        builder.env_remove("NO_COLOR");
        environment.iter().for_each(|(name, value)| builder.env(name, value));
        let child = pair.slave.spawn_command(builder).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, written) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The end of a terminal is an error.
            while let Ok(read @ 1..) = reader.read(&mut bytes) {
                if send.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let parser = Parser::new(cells(rows), cells(cols), 0);
        Self { child, master: pair.master, keys, written, parser, deadline: Instant::now() + LIMIT }
    }

    /// What is on the screen now.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        self.parser.screen()
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        self.screen().contents()
    }

    /// Waits until the screen is as it should be.
    pub fn until(&mut self, what: &str, so: impl Fn(&Screen) -> bool) -> &mut Self {
        while !so(self.parser.screen()) {
            match self.written.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(error) => panic!("{what} does not come ({error}):\n{}", self.text()),
            }
        }
        self
    }

    /// Waits for words on the screen.
    pub fn shows(&mut self, words: &str) -> &mut Self {
        self.until(words, |screen| screen.contents().contains(words))
    }

    /// Waits for the display of `top`.
    pub fn is_drawn(&mut self) -> &mut Self {
        self.until("the display", |screen| screen.alternate_screen() && screen.contents().contains("RUNNING"))
    }

    /// Types.
    pub fn press(&mut self, keys: &str) -> &mut Self {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// Gives the window another size.
    pub fn resize(&mut self, rows: u16, cols: u16) -> &mut Self {
        self.master.resize(PtySize { rows, cols, ..PtySize::default() }).unwrap();
        self.parser.screen_mut().set_size(cells(rows), cells(cols));
        self
    }

    /// Waits until the terminal is as it was before the display.
    pub fn is_given_back(&mut self) -> &mut Self {
        self.until("the main screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        while self.is_raw() {
            assert!(Instant::now() < self.deadline, "it stays raw");
            std::thread::yield_now();
        }
        self
    }

    /// Whether keys come as they are pressed.
    #[must_use]
    pub fn is_raw(&self) -> bool {
        let modes = self.master.get_termios().expect("a terminal has modes").local_flags;
        let modes = format!("{modes:?}");
        !["ICANON", "ECHO", "ISIG"].iter().all(|mode| modes.contains(mode))
    }

    /// Waits for the end of the program: whether it succeeded, and all that is on the screen after it.
    pub fn end(mut self) -> (bool, String) {
        loop {
            match self.written.recv_timeout(self.deadline.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.parser.process(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end:\n{}", self.text()),
            }
        }
        (self.child.wait().unwrap().success(), self.text())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
