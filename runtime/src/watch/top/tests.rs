//! The tree and the picture, held against what they are to be.

use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::screen::{Asked, View, draw, lines, text};
use super::tree::{Row, rows};
use crate::{Graph, Location, Snapshot, StageState, pipeline};

const MILLIS: fn(u64) -> Duration = Duration::from_millis;

fn tree(graph: &Graph) -> Vec<String> {
    rows(graph).iter().map(Row::text).collect()
}

/// Draws on a terminal of that size, and gives its lines.
fn drawn(view: &View<'_>, width: u16, height: u16) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| _ = draw(view, frame.area(), frame.buffer_mut())).unwrap();
    lines(terminal.backend().buffer())
}

/// Arms, a link of bytes, an inlet: with figures as of a run of ten seconds, of which the last one is shown.
fn storing() -> (Vec<Row>, Snapshot, Snapshot) {
    let storing = pipeline! {
        #![crate = crate]
        #![name = "storing"]
        iter(0..10_000u32) as rows
            -> match {
                n if n % 7 == 0 => n -> queue(64, overflow = drop_oldest) as rejects -> for_each_async(1, async |_| {}) as log,
                n => n.to_string(),
            }
            -> queue(bytes = 256KiB) as texts
            -> map_async(16, async |text| text) as ask
            -> for_each(drop) as store
    };
    let before = storing.control().snapshot();
    let mut now = before.clone();
    now.elapsed = MILLIS(10_000);
    let mut earlier = before;
    earlier.elapsed = MILLIS(9_000);
    for (stage, before) in now.stages.iter_mut().zip(&mut earlier.stages) {
        // So far, and a second ago.
        (stage.items_in, before.items_in) = match &*stage.name {
            "rows" => (0, 0),
            "match" => (4_300, 3_870),
            "log" => (598, 536),
            _ => (3_686, 3_318),
        };
        let spent = match &*stage.name {
            "rows" | "match" => [500, 0, 500, 0],
            "log" => [0, 250, 0, 750],
            _ => [100, 900, 0, 0],
        };
        [stage.busy, stage.waiting, stage.blocked, stage.idle] = spent.map(MILLIS);
        stage.state = if stage.blocked.is_zero() { StageState::Waiting } else { StageState::Blocked };
        stage.location = Location { file: "src/main.rs", line: 12, column: 16 };
    }
    let stage = |now: &mut Snapshot, name| now.stages.iter().position(|stage| stage.name == name).unwrap();
    let (rows_at, ask) = (stage(&mut now, "rows"), stage(&mut now, "ask"));
    (now.stages[rows_at].items_out, earlier.stages[rows_at].items_out) = (4_300, 3_870);
    now.stages[rows_at].expected = Some(10_000);
    now.stages[ask].in_flight = 16;
    for link in &mut now.links {
        if link.name == "texts" {
            (link.len, link.paused, link.pauses, link.paused_for) = (256 << 10, true, 3, MILLIS(8_200));
            link.oldest = Some(MILLIS(1_400));
        } else {
            (link.len, link.dropped) = (16, 12);
        }
    }
    let span = now.since(&earlier);
    (rows(storing.graph()), now, span)
}

fn view<'v>((tree, total, span): &'v (Vec<Row>, Snapshot, Snapshot)) -> View<'v> {
    View { tree, total, span, bottleneck: span.bottleneck(), asked: Asked::Nothing, scroll: 0, colours: true }
}

#[test]
fn a_chain_stands_below_itself() {
    let chain =
        pipeline! { #![crate = crate] iter(0..9u8) -> map(|n| n) -> queue(4) as waiting -> batch(2, 1s) -> count() };
    assert_eq!(tree(chain.graph()), ["iter", "map", "═ waiting", "batch", "count"]);
}

#[test]
fn arms_are_indented_and_what_follows_the_open_ones_is_not() {
    let block = pipeline! {
        #![crate = crate]
        iter(0..9u8)
            -> match {
                0 => 0 -> queue(4) as none -> count() as zeros,
                1 => 1 -> broadcast { count() as ones, last() },
                2 => 2,
                n => n -> map(|n| n + 1) -> filter(|n| n % 2 == 0),
            }
            -> batch(2, 1s)
            -> count()
    };
    let expected = [
        "iter",
        "match",
        "├ 0 ═ none",
        "│ zeros",
        "├ 1 broadcast",
        "│ ├ copy ones",
        "│ ╰ copy last",
        "├ n map",
        "│ filter",
        "╰ 2 →",
        "═",
        "batch",
        "count",
    ];
    assert_eq!(tree(block.graph()), expected);
}

#[test]
fn sources_that_meet_stand_side_by_side() {
    let merged = pipeline! {
        #![crate = crate]
        let (a, b) = iter(0..9u8) as left -> broadcast;
        let pairs = zip(a -> map(|n| n), b);
        merge(pairs -> map(|(a, _)| a), iter(0..9u8) as right) -> count()
    };
    let expected = [
        "├ left",
        "│ broadcast",
        "│ ├ copy ═",
        "│ │ → zip",
        "│ ╰ copy map_1",
        "│   ═",
        "│   → zip",
        "│ zip",
        "│ map_2",
        "│ ═",
        "│ → merge",
        "╰ right",
        "  ═",
        "  → merge",
        "merge",
        "count",
    ];
    assert_eq!(tree(merged.graph()), expected);
}

#[test]
fn a_tap_is_an_aside_and_an_inlet_is_the_program() {
    let (_orders, source) = crate::inlet::<u64>(4);
    let tapped = pipeline! {
        #![crate = crate]
        from(source) as orders -> tap { queue(2) as seen -> count() } -> parallel(3) { map(|n| n) -> count() as sums }
    };
    let expected = ["inlet", "═", "orders", "tap", "╰ tap ═ seen", "  count", "═", "parallel", "each map", "sums"];
    assert_eq!(tree(tapped.graph()), expected);
}

#[test]
fn the_picture_is_that_of_the_readme() {
    let seen = storing();
    let picture = drawn(&view(&seen), 80, 17).join("\n");
    let readme = include_str!("../../../../README.md");
    let shown = readme.split("```text\n").find(|block| block.starts_with("storing  RUNNING"));
    let (shown, _) = shown.and_then(|block| block.split_once("\n```")).expect("the README shows it");
    assert_eq!(shown, picture, "the README is to show:\n{picture}");
}

#[test]
fn a_wide_one_has_notes() {
    let seen = storing();
    let lines = drawn(&view(&seen), 130, 20);
    assert!(lines[4].ends_with(" 16 of 64 items      12 dropped"), "{lines:#?}");
    assert!(lines[6].ends_with(" 256 of 256 KiB      oldest 1.4 s, 3 pauses, 8.2 s"), "{lines:#?}");
    assert!(lines[7].ends_with(" 368     3 686 16 in flight"), "{lines:#?}");
}

#[test]
fn every_size_can_be_drawn() {
    let seen = storing();
    for (width, height) in (0..30).flat_map(|width| (0..20).map(move |height| (width, height))) {
        drawn(&view(&seen), width, height);
    }
    let smallest = [
        "storing  RUNNING  1…",
        "rows         blocked",
        "match        blocked",
        "├ n if n % …",
        "p pause  r resume  f",
    ];
    assert_eq!(drawn(&view(&seen), 20, 5), smallest);
}

#[test]
fn a_long_tree_is_scrolled_and_not_beyond_its_end() {
    let seen = storing();
    let lines = |scroll| drawn(&View { scroll, ..view(&seen) }, 60, 8);
    assert!(lines(0)[1].starts_with("1-5 of 7 ↑↓") && lines(0)[2].starts_with("rows"), "{:#?}", lines(0));
    assert!(lines(2)[1].starts_with("3-7 of 7") && lines(2)[2].starts_with("├"), "{:#?}", lines(2));
    assert_eq!(lines(100), lines(2));
}

#[test]
fn names_of_any_width_keep_to_their_column() {
    let wide = pipeline! {
        #![crate = crate]
        #![name = "件\u{1b}[31m"]
        iter([1u8]) as 数えられない長い名前の源 -> count()
    };
    let (tree, now) = (rows(wide.graph()), wide.control().snapshot());
    let lines = drawn(&view(&(tree, now.clone(), now)), 40, 6);
    assert_eq!(lines[0], "件[31m  NOT STARTED  0.0 s");
    assert!(lines[2].starts_with("数えられない長…  idle "), "{lines:#?}");
}

#[test]
fn colours_are_left_out_where_nobody_wants_them() {
    let seen = storing();
    let coloured = |colours| {
        let mut terminal = Terminal::new(TestBackend::new(80, 20)).unwrap();
        terminal.draw(|frame| _ = draw(&View { colours, ..view(&seen) }, frame.area(), frame.buffer_mut())).unwrap();
        terminal.backend().buffer().content.iter().any(|cell| cell.fg != Color::Reset || cell.bg != Color::Reset)
    };
    assert!(coloured(true) && !coloured(false));
}

#[test]
fn the_title_says_what_was_asked() {
    let mut seen = storing();
    let title = |seen: &_, asked| drawn(&View { asked, ..view(seen) }, 60, 8).remove(0);
    assert_eq!(title(&seen, Asked::Nothing), "storing  RUNNING  10.0 s");
    assert_eq!(title(&seen, Asked::Finish), "storing  FINISHING  10.0 s");
    assert_eq!(title(&seen, Asked::Abort), "storing  ABORTING  10.0 s");
    seen.1.paused = true;
    assert_eq!(title(&seen, Asked::Nothing), "storing  PAUSED  10.0 s");
    seen.1.ended = true;
    assert_eq!(title(&seen, Asked::Finish), "storing  ENDED  10.0 s");
}

#[test]
fn at_the_end_it_is_text_without_keys() {
    let mut seen = storing();
    seen.1.ended = true;
    let text = text(&View { span: &seen.1, scroll: 3, ..view(&seen) }, 80);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "storing  ENDED  10.0 s");
    assert!(lines[2].starts_with("rows ") && lines[2].ends_with("blocked       430     4 300"), "{text}");
    assert!(lines[10].starts_with("bottleneck: stage `ask`"), "{text}");
    assert_eq!(lines[14..], ["B busy  W waiting  X blocked  I idle"], "{text}");
}

/// Of two parts this process runs the upper one. Nobody takes from the queue.
#[cfg(feature = "remote")]
#[test]
fn a_cut_is_dashed_and_what_is_below_it_runs_elsewhere() {
    use crate::remote::{QueueFigures, QueueLevel, Reason, Received, in_memory};

    let selling = pipeline! {
        #![crate = crate]
        #![name = "shop"]
        #![role = Some("ingest")]
        iter(0..10u32) as numbers -> queue(in_memory("shop"), capacity = 256, role = "work") as orders -> map(|n| n) as work -> count()
    };
    assert_eq!(tree(selling.graph()), ["numbers", "┄ orders (work)", "work", "count"]);
    let mut now = selling.control().snapshot();
    let link = &mut now.links[0];
    (link.len, link.paused, link.pauses) = (256, true, 1);
    let level = QueueLevel { items: 256, pending: 12, unacked: 4, suspects: 1, dead: 2 };
    let received = Received { redelivered: 3, ..Received::default() };
    let queue = QueueFigures {
        level: Some(level),
        paused: Some(Reason::Full),
        received: Some(received),
        oldest_unacked: Some(MILLIS(1_500)),
        ..QueueFigures::default()
    };
    link.queue = Some(queue.clone());
    let lines = |now: &Snapshot| drawn(&view(&(rows(selling.graph()), now.clone(), now.clone())), 170, 12);
    let full = lines(&now);
    assert!(
        full[3].ends_with("full, 2 dead, 1 suspect, 3 redelivered, oldest 1.5 s, 4 messages out, 1 pauses, 0.0 s"),
        "{full:#?}"
    );
    assert!(full[4].starts_with("work ") && full[4].ends_with(" runs elsewhere"), "{full:#?}");
    assert!(full.iter().any(|line| line == "link `orders` is paused: the queue is full"), "{full:#?}");

    now.links[0].queue = Some(QueueFigures { paused: Some(Reason::Disconnected("no server there".into())), ..queue });
    let silent = lines(&now);
    assert!(silent[3].contains(" no answer, 2 dead"), "{silent:#?}");
    assert!(silent.iter().any(|line| line == "link `orders` is paused: no server there"), "{silent:#?}");
}
