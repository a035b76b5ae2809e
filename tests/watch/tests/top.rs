//! `top` and `progress` as their user has them: a program in a pseudo-terminal (`src/bin/shown.rs`), keys pressed, the screen read. Without one: its lines.

#![cfg(all(unix, not(loom)))]

use std::process::{Command, Stdio};

use aqueduct_tests::terminal::Terminal;
use vt100::Color;

const PROGRAM: &str = env!("CARGO_BIN_EXE_shown");

/// The program, shown in a terminal.
fn shown(course: &str) -> Terminal {
    Terminal::run(&[PROGRAM, course], &[])
}

#[test]
fn keys_pause_resume_and_finish() {
    let mut terminal = shown("run");
    terminal.is_drawn().shows("═ waiting").shows(" 0 % of 10.00 M, ").shows("bottleneck: stage `store`");
    assert!(terminal.is_raw() && terminal.text().starts_with("numbers  RUNNING"), "{}", terminal.text());
    terminal.press("p").shows("numbers  PAUSED");
    terminal.press("r").shows("numbers  RUNNING");
    terminal.press("f").is_given_back().shows("outcome: ");
    let (success, text) = terminal.end();
    assert!(success && text.starts_with("numbers  ENDED"), "{text}");
    assert!(text.contains("═ waiting") && text.contains("outcome: Ok(())"), "{text}");
}

#[test]
fn q_leaves_the_display_and_the_pipeline_goes_on() {
    let mut terminal = shown("run");
    terminal.is_drawn().press("q").is_given_back().shows("the pipeline `numbers` goes on");
    // A whole line is read: the terminal is one for lines again.
    terminal.press("ok\n").shows("line: Ok(3)").shows("it went on");
    assert!(terminal.end().0);
}

#[test]
fn ctrl_c_finishes_and_a_second_one_aborts() {
    let mut terminal = shown("run");
    terminal.is_drawn().press("\x03").is_given_back().shows("outcome: Ok(())");
    let mut terminal = shown("stuck");
    // With items in the link; without any the run would end before the second one.
    terminal.is_drawn().shows("paused").press("\x03").shows("numbers  FINISHING");
    terminal.press("\x03").is_given_back().shows("outcome: Err(Aborted)");
}

#[test]
fn a_panic_gives_the_terminal_back_before_its_message() {
    for (course, message, outcome) in [
        ("panics", "the program is on fire", "RUST_BACKTRACE"),
        ("stage-panics", "the store is on fire", "outcome: Err(Panicked)"),
    ] {
        let mut terminal = Terminal::run(&[PROGRAM, course], &[("RUST_BACKTRACE", "0")]);
        terminal.shows(outcome).is_given_back();
        let (_, text) = terminal.end();
        assert!(text.contains(message), "{text}");
    }
}

#[test]
fn dropped_it_gives_the_terminal_back() {
    let mut terminal = shown("dropped");
    terminal.is_drawn().is_given_back().shows("outcome: Ok(())");
    assert!(terminal.end().0);
}

#[test]
fn one_display_at_a_time() {
    let mut terminal = shown("twice");
    terminal.shows("second: Err(").shows("ResourceBusy").shows("outcome: Ok(())").is_given_back();
    assert!(terminal.end().0);
}

#[test]
fn a_progress_bar_stands_on_its_own() {
    let mut terminal = shown("progress");
    terminal.shows("source [").shows("of 10,000,000, ").shows("outcome: Ok(())");
    let (success, text) = terminal.end();
    assert!(success && text.starts_with("source [░") && text.contains("] 0 %, "), "{text}");
}

#[test]
fn the_screen_may_change_its_size() {
    let mut terminal = shown("run");
    terminal.is_drawn().shows("q quit    B busy  W waiting  X blocked  I idle");
    terminal.resize(5, 20).until("a small picture", |screen| screen.contents().contains("\np pause  r resume  f"));
    terminal.resize(40, 140).shows("q quit    B busy  W waiting  X blocked  I idle");
    terminal.press("f").is_given_back().shows("outcome: Ok(())");
}

#[test]
fn no_color_means_none() {
    let coloured = |screen: &vt100::Screen| {
        let cells = (0..24).flat_map(|row| (0..100).filter_map(move |col| screen.cell(row, col)));
        cells.into_iter().any(|cell| cell.fgcolor() != Color::Default || cell.bgcolor() != Color::Default)
    };
    let mut terminal = shown("run");
    terminal.is_drawn().until("a bar in colour", coloured).press("f").shows("outcome: Ok(())");
    let mut terminal = Terminal::run(&[PROGRAM, "run"], &[("NO_COLOR", "1")]);
    terminal.is_drawn().shows("bottleneck: ");
    assert!(!coloured(terminal.screen()));
    terminal.press("f").shows("outcome: Ok(())");
}

#[test]
fn a_dumb_terminal_has_lines() {
    let mut terminal = Terminal::run(&[PROGRAM, "stage-panics"], &[("TERM", "dumb")]);
    terminal.shows("ended after ").shows("outcome: Err(Panicked)");
    assert!(!terminal.screen().alternate_screen());
}

#[test]
fn stdin_and_stdout_may_be_pipes() {
    let mut terminal = Terminal::run(&["sh", "-c", &format!("true | {PROGRAM} run | cat")], &[]);
    terminal.is_drawn().press("p").shows("numbers  PAUSED").press("f").is_given_back().shows("outcome: Ok(())");
    assert!(terminal.end().0);
}

#[test]
fn without_a_terminal_there_are_lines() {
    let mut command = Command::new(PROGRAM);
    let output = command.arg("stage-panics").stdin(Stdio::null()).output().unwrap();
    let lines = String::from_utf8(output.stderr).unwrap();
    let last = lines.lines().last().unwrap();
    let ended = last.strip_prefix("ended after ").expect("how it ended");
    assert!(ended.starts_with(|first: char| first.is_ascii_digit()), "{lines}");
    assert!(last.contains("source ") && last.contains("store 2 items"), "{lines}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "outcome: Err(Panicked)\n");
}
