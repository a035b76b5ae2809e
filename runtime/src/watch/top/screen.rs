//! The picture: a function of what was seen, and of nothing else.
//!
//! From the top: a title, the heads of the columns, the tree, the progress of sources that know their length, the bottleneck, the keys.
//! What finds no room is left out, the tree last of all.

use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Span;

use super::columns::{Column, Columns};
use super::figures::{count, level, rate, time};
use super::tree::{Place, Row, What};
use crate::watch::queue::Queue;
use crate::{Bottleneck, LinkSnapshot, Name, Snapshot, StageSnapshot, StageState};

/// What is to be seen.
pub(super) struct View<'v> {
    pub(super) tree: &'v [Row],
    /// The run, from its start on.
    pub(super) total: &'v Snapshot,
    /// The time that bars and rates are of.
    pub(super) span: &'v Snapshot,
    pub(super) bottleneck: Option<Bottleneck>,
    pub(super) asked: Asked,
    /// How many rows of the tree are above the screen; where there are fewer, as many as there are.
    pub(super) scroll: usize,
    pub(super) colours: bool,
}

/// How the pipeline was asked to end, from here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    Finish,
    Abort,
}

const PLAIN: Style = Style::new();
const BOLD: Style = Style::new().add_modifier(Modifier::BOLD);
const DIM: Style = Style::new().add_modifier(Modifier::DIM);
const PAUSED: Style = Style::new().fg(Color::Red).add_modifier(Modifier::BOLD);

const BUSY: Style = Style::new().fg(Color::Black).bg(Color::Green);
const WAITING: Style = Style::new().fg(Color::Black).bg(Color::Yellow);
const BLOCKED: Style = Style::new().fg(Color::White).bg(Color::Red);
const IDLE: Style = Style::new().fg(Color::DarkGray);

/// What a letter of a stage's bar stands for.
const LETTERS: [(&str, &str, Style); 4] =
    [("B", "busy", BUSY), ("W", "waiting", WAITING), ("X", "blocked", BLOCKED), ("I", "idle", IDLE)];

const KEYS: [(&str, &str); 4] = [("p", "pause"), ("r", "resume"), ("f", "finish"), ("q", "quit")];

/// Draws it, and says how many rows of the tree are above the screen.
pub(super) fn draw(view: &View<'_>, area: Rect, buffer: &mut Buffer) -> usize {
    let area = area.intersection(buffer.area);
    let mut pen = Pen { buffer, area, columns: view.columns(area.width) };
    let from = |height| area.height >= height;
    let mut rest = Rows(area);
    let title = rest.top(from(2).into());
    let keys = rest.bottom(from(4).into());
    let heads = rest.top(from(6).into());
    let remarks = view.remarks(area.width);
    let below = if from(9) { remarks.len().min(usize::from(area.height / 2)) } else { 0 };
    let room = rest.len() - below.min(rest.len());
    let above = view.scroll.min(view.tree.len().saturating_sub(room));
    let tree = rest.top(room.min(view.tree.len()));
    rest.top((rest.len() > below).into());

    title.lines().for_each(|y| view.title(&mut pen, y));
    heads.lines().for_each(|y| view.heads(&mut pen, y, above, room));
    tree.lines().zip(&view.tree[above..]).for_each(|(y, row)| view.row(&mut pen, y, row));
    rest.lines().zip(&remarks[..below]).for_each(|(y, remark)| view.remark(&mut pen, y, remark));
    keys.lines().for_each(|y| view.keys(&mut pen, y));
    if !view.colours {
        for cell in &mut pen.buffer.content {
            (cell.fg, cell.bg) = (Color::Reset, Color::Reset);
        }
    }
    above
}

/// All of it as text, in lines of at most `width`.
pub(super) fn text(view: &View<'_>, width: u16) -> String {
    // A title, heads, a gap and keys; and remarks have at most half of it.
    let height = (view.tree.len() + 4).max(9) + 2 * view.remarks(width).len();
    let area = Rect::new(0, 0, width, u16::try_from(height).unwrap_or(u16::MAX));
    let mut buffer = Buffer::empty(area);
    draw(view, area, &mut buffer);
    lines(&buffer).iter().filter(|line| !line.is_empty()).map(|line| format!("{line}\n")).collect()
}

/// What stands in a buffer, without the spaces at the ends of lines.
pub(super) fn lines(buffer: &Buffer) -> Vec<String> {
    let mut lines = Vec::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let (mut line, mut x) = (String::new(), buffer.area.left());
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += width(symbol).max(1);
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

impl View<'_> {
    fn columns(&self, width: u16) -> Columns {
        Columns::new(width, self.tree.iter().map(|row| self::width(&row.text())).max().unwrap_or(0))
    }

    fn title(&self, pen: &mut Pen<'_>, y: u16) {
        let (phase, style) = match (self.total.ended, self.asked) {
            (true, _) => ("ENDED", BOLD),
            (false, Asked::Abort) => ("ABORTING", PAUSED),
            (false, Asked::Finish) => ("FINISHING", BOLD),
            (false, Asked::Nothing) if self.total.paused => ("PAUSED", PAUSED),
            (false, Asked::Nothing) if self.total.elapsed.is_zero() => ("NOT STARTED", BOLD),
            (false, Asked::Nothing) => ("RUNNING", BOLD),
        };
        let elapsed = time(self.total.elapsed);
        pen.one_after_the_other(
            y,
            &[(&self.total.name, BOLD), ("  ", PLAIN), (phase, style), ("  ", PLAIN), (&elapsed, PLAIN)],
        );
    }

    fn heads(&self, pen: &mut Pen<'_>, y: u16, above: usize, room: usize) {
        let all = self.tree.len();
        let first = if all > room { format!("{}-{} of {all} ↑↓", above + 1, above + room) } else { "stage".into() };
        let Columns { name, bar, state, rate, count, .. } = pen.columns;
        pen.cell(y, name, &first, DIM);
        pen.cell(y, bar, "its time", DIM);
        pen.cell(y, state, "now", DIM);
        pen.right(y, rate, "items/s", DIM);
        pen.right(y, count, "items", DIM);
    }

    fn row(&self, pen: &mut Pen<'_>, y: u16, row: &Row) {
        let style = if matches!(row.what, What::Stage { .. }) { BOLD } else { PLAIN };
        let name = pen.columns.name;
        pen.cell(y, name, &row.text(), style);
        match &row.what {
            What::Stage { name, place } => self.stage(pen, y, name, *place),
            What::Link { name, unit, .. } => {
                if let Some(link) = self.total.link(name) {
                    self.link(pen, y, link, unit);
                }
            }
            What::Inlet(_) | What::Onward(_) => {}
        }
    }

    fn stage(&self, pen: &mut Pen<'_>, y: u16, name: &Name, place: Place) {
        let (Some(total), Some(span)) = (self.total.stage(name), self.span.stage(name)) else { return };
        let items = |stage: &StageSnapshot| if place == Place::Source { stage.items_out } else { stage.items_in };
        let Columns { bar, state, rate: rates, count: counts, note, .. } = pen.columns;
        if total.state == StageState::Elsewhere {
            return pen.cell(y, bar.and(state), "runs elsewhere", DIM);
        }
        let mut x = bar.x;
        for ((letter, _, style), cells) in LETTERS.iter().zip(shares(span, bar.width)) {
            x = pen.text(y, x, cells, &letter.repeat(cells.into()), *style);
        }
        pen.cell(y, state, &total.state.to_string(), PLAIN);
        pen.right(y, rates, &rate(items(span), self.span.elapsed), PLAIN);
        pen.right(y, counts, &count(items(total)), PLAIN);
        let notes = [(total.in_flight as u64, "in flight"), (total.dropped, "dropped")];
        let notes: Vec<_> =
            notes.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(*n))).collect();
        pen.cell(y, note, &notes.join(", "), DIM);
    }

    fn link(&self, pen: &mut Pen<'_>, y: u16, link: &LinkSnapshot, unit: &str) {
        let Columns { bar, state, rate, count: counts, note, .. } = pen.columns;
        let style = if link.paused { PAUSED } else { Style::new().fg(Color::Cyan) };
        pen.cell(y, bar, &gauge(link.len as u64, link.capacity as u64, bar.width), style);
        pen.cell(y, state, if link.paused { "paused" } else { "" }, PAUSED);
        pen.cell(y, rate.and(counts), &level(link.len, link.capacity, unit), PLAIN);
        let pauses = (link.pauses > 0).then(|| format!("{} pauses, {}", count(link.pauses), time(link.paused_for)));
        let dropped = (link.dropped > 0).then(|| format!("{} dropped", count(link.dropped)));
        let oldest = |oldest: Option<Duration>| oldest.map(|oldest| format!("oldest {}", time(oldest)));
        let notes = match Queue::of(link) {
            None => vec![dropped, oldest(link.oldest), pauses],
            Some(queue) => {
                let some = |figure: Option<u64>, what| {
                    figure.filter(|figure| *figure > 0).map(|figure| format!("{} {what}", count(figure)))
                };
                let why = queue.paused.map(|why| if why.disconnected { "no answer" } else { "full" }.to_owned());
                let bad =
                    [some(queue.dead, "dead"), some(queue.suspects, "suspect"), some(queue.redelivered, "redelivered")];
                let out = some(queue.unacked, "messages out");
                [why].into_iter().chain(bad).chain([oldest(queue.oldest_unacked), out, pauses]).collect()
            }
        };
        pen.cell(y, note, &notes.into_iter().flatten().collect::<Vec<_>>().join(", "), DIM);
    }

    /// How much of what a source is to give it has given, and how long the rest takes at the pace so far.
    fn progress(&self, pen: &mut Pen<'_>, y: u16, stage: &StageSnapshot) {
        let Some(all) = stage.expected else { return };
        let done = stage.items_out.min(all);
        let Columns { name, bar, state, count: counts, .. } = pen.columns;
        pen.cell(y, name, &stage.name, PLAIN);
        pen.cell(y, bar, &gauge(done, all, bar.width), Style::new().fg(Color::Green));
        let percent = if all == 0 { 100 } else { u128::from(done) * 100 / u128::from(all) };
        let left = if done > 0 && done < all && !self.total.ended {
            let left = self.total.elapsed.mul_f64((all - done) as f64 / done as f64);
            format!(", {} left", time(left))
        } else {
            String::new()
        };
        pen.cell(y, state.and(counts), &format!("{percent} % of {}{left}", count(all)), PLAIN);
    }

    /// What stands below the tree.
    fn remarks(&self, width: u16) -> Vec<Remark<'_>> {
        let expecting = self.total.stages.iter().filter(|stage| stage.expected.is_some());
        let bottleneck = self.bottleneck.as_ref().map(|bottleneck| format!("bottleneck: {bottleneck}"));
        let waits = self.total.links.iter().filter_map(|link| {
            let why = Queue::of(link)?.paused?.words;
            Some(format!("link `{}` is paused: {why}", link.name))
        });
        let words = bottleneck.into_iter().chain(waits).flat_map(|words| wrapped(&words, width));
        expecting.map(Remark::Progress).chain(words.map(Remark::Words)).collect()
    }

    fn remark(&self, pen: &mut Pen<'_>, y: u16, remark: &Remark<'_>) {
        match remark {
            Remark::Progress(source) => self.progress(pen, y, source),
            Remark::Words(words) => drop(pen.text(y, 0, pen.area.width, words, BOLD)),
        }
    }

    fn keys(&self, pen: &mut Pen<'_>, y: u16) {
        let mut line = Vec::new();
        if !self.total.ended {
            KEYS.iter()
                .for_each(|(key, meaning)| line.extend([(*key, BOLD), (" ", PLAIN), (meaning, PLAIN), ("  ", PLAIN)]));
            line.push(("  ", PLAIN));
        }
        LETTERS.iter().for_each(|(letter, word, style)| {
            line.extend([(*letter, *style), (" ", PLAIN), (word, PLAIN), ("  ", PLAIN)]);
        });
        pen.one_after_the_other(y, &line);
    }
}

/// A line below the tree.
enum Remark<'v> {
    /// Of a source that knows how many items it gives.
    Progress(&'v StageSnapshot),
    Words(String),
}

/// How many of a bar's cells each of its [`LETTERS`] has.
fn shares(stage: &StageSnapshot, width: u16) -> [u16; 4] {
    let times = [stage.busy, stage.waiting, stage.blocked, stage.idle];
    let all: f64 = times.iter().map(|time| time.as_secs_f64()).sum();
    let (mut before, mut drawn) = (0.0, 0);
    times.map(|time| {
        before += time.as_secs_f64();
        let up_to = if all > 0.0 { (before / all * f64::from(width)).round() as u16 } else { 0 };
        let cells = up_to - drawn;
        drawn = up_to;
        cells
    })
}

/// `####....`, full only when there is no room left, and empty only when nothing is inside.
fn gauge(part: u64, whole: u64, width: u16) -> String {
    let cells = u128::from(width);
    let full = match (u128::from(part), u128::from(whole)) {
        (0, _) => 0,
        (part, whole) if part >= whole => cells,
        (part, whole) => (part * cells / whole).max(1).min(cells.saturating_sub(1)),
    };
    let full = full as usize;
    "#".repeat(full) + &".".repeat(usize::from(width) - full)
}

/// The words of a text, in lines of at most `width`, as far as words are no longer than that.
fn wrapped(text: &str, width: u16) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if self::width(line) + 1 + self::width(word) <= width => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// How many cells a text takes.
fn width(text: &str) -> u16 {
    u16::try_from(Span::raw(text).width()).unwrap_or(u16::MAX)
}

/// Rows of the screen that are not given away yet.
struct Rows(Rect);

impl Rows {
    fn len(&self) -> usize {
        self.0.height.into()
    }

    fn top(&mut self, rows: usize) -> Self {
        let top = Rect { height: rows.min(self.len()) as u16, ..self.0 };
        self.0.y += top.height;
        self.0.height -= top.height;
        Self(top)
    }

    fn bottom(&mut self, rows: usize) -> Self {
        let height = rows.min(self.len()) as u16;
        self.0.height -= height;
        Self(Rect { y: self.0.bottom(), height, ..self.0 })
    }

    fn lines(&self) -> std::ops::Range<u16> {
        self.0.top()..self.0.bottom()
    }
}

/// Writes into the columns of a buffer.
struct Pen<'b> {
    buffer: &'b mut Buffer,
    area: Rect,
    columns: Columns,
}

impl Pen<'_> {
    /// A text at `x`, cut at `width` cells, which `…` shows. Gives where it ends.
    fn text(&mut self, y: u16, x: u16, width: u16, text: &str, style: Style) -> u16 {
        let from = self.area.x.saturating_add(x);
        if width == 0 || !self.area.contains(Position { x: from, y }) {
            return x;
        }
        let width = width.min(self.area.right() - from);
        let fits = self::width(text) <= width;
        let (mut end, _) = self.buffer.set_stringn(from, y, text, (width - u16::from(!fits)).into(), style);
        if !fits {
            (end, _) = self.buffer.set_stringn(end, y, "…", 1, style);
        }
        end - self.area.x
    }

    fn cell(&mut self, y: u16, column: Column, text: &str, style: Style) {
        self.text(y, column.x, column.width, text, style);
    }

    /// A text at the right edge of its column.
    fn right(&mut self, y: u16, column: Column, text: &str, style: Style) {
        let free = column.width.saturating_sub(width(text));
        self.text(y, column.x + free, column.width - free, text, style);
    }

    fn one_after_the_other(&mut self, y: u16, parts: &[(&str, Style)]) {
        let mut x = 0;
        for (text, style) in parts {
            x = self.text(y, x, self.area.width.saturating_sub(x), text, *style);
        }
    }
}
