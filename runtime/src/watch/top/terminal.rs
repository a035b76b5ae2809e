//! The terminal: taken by one display at a time, and given back on every way out.

use std::io::{self, IsTerminal, Stderr, stderr};
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Once};
use std::thread;

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode, size};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::sync::{Mutex, lock};

/// Whether there is a display.
static TAKEN: AtomicBool = AtomicBool::new(false);
/// Whether it is on the screen.
static SHOWN: AtomicBool = AtomicBool::new(false);
/// Held while a picture goes to the terminal, and while that is given back.
static WRITING: Mutex<()> = Mutex::new(());

/// The name of the thread that draws.
pub(super) const THREAD: &str = "aqueduct-top";

/// The alternate screen, on the terminal that stderr is. Whoever draws and whoever ends it share it; dropping a [`Taken`] ends it.
pub(super) struct Display(Mutex<Option<Terminal<CrosstermBackend<Stderr>>>>);

/// The right to the terminal, for as long as it lives.
pub(super) struct Taken(pub(super) Arc<Display>);

impl Drop for Taken {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Taken {
    /// `None` where there is no terminal, or none that can be drawn on.
    ///
    /// # Errors
    /// Another display has it.
    pub(super) fn new() -> io::Result<Option<Self>> {
        if !stderr().is_terminal() || std::env::var_os("TERM").is_some_and(|kind| kind == "dumb") {
            return Ok(None);
        }
        if TAKEN.swap(true, Ordering::AcqRel) {
            return Err(io::Error::new(io::ErrorKind::ResourceBusy, "the terminal shows another pipeline already"));
        }
        leave_before_a_panic_is_told();
        let terminal = enter().and_then(|()| Terminal::new(CrosstermBackend::new(stderr())));
        let taken = Self(Arc::new(Display(Mutex::new(None))));
        Ok(terminal.ok().map(|terminal| {
            *lock(&taken.0.0) = Some(terminal);
            taken
        }))
    }
}

impl Display {
    /// Draws a picture, if the display has not ended: says whether it has not.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) fn draw(&self, picture: impl FnOnce(Rect, &mut Buffer)) -> io::Result<bool> {
        let mut terminal = lock(&self.0);
        let Some(terminal) = &mut *terminal else { return Ok(false) };
        let _writing = lock(&WRITING);
        if !SHOWN.load(Ordering::Acquire) {
            enter()?;
            terminal.clear()?;
        }
        terminal.draw(|frame| picture(frame.area(), frame.buffer_mut()))?;
        Ok(true)
    }

    /// Gives the terminal back as it was. A second time does nothing.
    pub(super) fn close(&self) {
        if lock(&self.0).take().is_some() {
            let _writing = lock(&WRITING);
            leave();
            TAKEN.store(false, Ordering::Release);
        }
    }
}

/// How many cells a line has.
pub(super) fn width() -> u16 {
    size().map_or(80, |(columns, _)| columns)
}

fn enter() -> io::Result<()> {
    SHOWN.store(true, Ordering::Release);
    let entered = enable_raw_mode().and_then(|()| execute!(stderr(), EnterAlternateScreen, Hide));
    entered.inspect_err(|_| leave())
}

/// Nobody is left to be told of an error.
fn leave() {
    if SHOWN.swap(false, Ordering::AcqRel) {
        let _ = execute!(stderr(), LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// A panic's message goes where it can be read. If the program goes on, the next picture is drawn on the alternate screen again.
fn leave_before_a_panic_is_told() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // The thread that draws has locked it itself.
            let draws = thread::current().name() == Some(THREAD);
            let writing = (!draws).then(|| lock(&WRITING));
            leave();
            drop(writing);
            tell(info);
        }));
    });
}
