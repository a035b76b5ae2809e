//! One display of one pipeline: what it has seen, and what the keys do.

use std::collections::VecDeque;
use std::io::{self, Write, stderr};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use crossterm::event;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::keys::{Wish, wish};
use super::screen::{Asked, View, draw, text};
use super::terminal::{self, Display};
use super::tree::{Row, rows};
use crate::{Bottleneck, Control, Snapshot};

/// Between two pictures.
const FRAME: Duration = Duration::from_millis(100);
/// How many frames bars and rates go back.
const SPAN: usize = 10;

pub(super) struct Session {
    control: Control,
    tree: Vec<Row>,
    /// The last snapshots, the newest last.
    seen: VecDeque<Snapshot>,
    asked: Asked,
    scroll: usize,
    colours: bool,
}

impl Session {
    pub(super) fn new(control: Control, colours: bool) -> Self {
        let tree = rows(&control.graph());
        Self { control, tree, seen: VecDeque::new(), asked: Asked::Nothing, scroll: 0, colours }
    }

    /// Shows the pipeline until it ends, until somebody quits, or until the display is closed.
    ///
    /// # Errors
    /// Those of the terminal.
    pub(super) fn show(mut self, display: &Display) -> io::Result<()> {
        loop {
            let now = self.control.snapshot();
            if now.ended {
                display.close();
                return stderr().write_all(self.text(&now, terminal::width()).as_bytes());
            }
            self.keep(now.clone());
            if !display.draw(|area, buffer| self.draw(&now, area, buffer))? {
                return Ok(());
            }
            if self.listen()?.is_break() {
                display.close();
                return writeln!(stderr(), "the pipeline `{}` goes on", now.name.escape_debug());
            }
        }
    }

    fn keep(&mut self, now: Snapshot) {
        if self.seen.len() > SPAN {
            self.seen.pop_front();
        }
        self.seen.push_back(now);
    }

    /// Waits for the next frame, or for a key, and does as it says.
    fn listen(&mut self) -> io::Result<ControlFlow<()>> {
        let next = Instant::now() + FRAME;
        while event::poll(next.saturating_duration_since(Instant::now()))? {
            if let Some(wish) = wish(&event::read()?) {
                return Ok(self.fulfil(wish));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn fulfil(&mut self, wish: Wish) -> ControlFlow<()> {
        match wish {
            Wish::Pause => self.control.pause(),
            Wish::Resume => self.control.resume(),
            Wish::Interrupt if self.asked != Asked::Nothing => {
                self.asked = Asked::Abort;
                self.control.abort();
            }
            Wish::Finish | Wish::Interrupt => {
                self.asked = Asked::Finish;
                self.control.finish();
            }
            Wish::Scroll(rows) => self.scroll = self.scroll.saturating_add_signed(rows),
            Wish::Draw => {}
            Wish::Quit => return ControlFlow::Break(()),
        }
        ControlFlow::Continue(())
    }

    fn draw(&mut self, now: &Snapshot, area: Rect, buffer: &mut Buffer) {
        let span = match self.seen.front() {
            Some(first) if self.seen.len() > 1 => now.since(first),
            _ => now.clone(),
        };
        self.scroll = draw(&self.view(now, &span, span.bottleneck()), area, buffer);
    }

    /// The whole run; its bottleneck is the one it had while it lasted.
    fn text(&self, now: &Snapshot, width: u16) -> String {
        text(&self.view(now, now, self.seen.back().and_then(Snapshot::bottleneck)), width)
    }

    fn view<'v>(&'v self, total: &'v Snapshot, span: &'v Snapshot, bottleneck: Option<Bottleneck>) -> View<'v> {
        let Self { tree, asked, scroll, colours, .. } = self;
        View { tree, total, span, bottleneck, asked: *asked, scroll: *scroll, colours: *colours }
    }
}
