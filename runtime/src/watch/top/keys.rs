//! What a key means.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// What is wanted of the display or of the pipeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Pause,
    Resume,
    Finish,
    /// Ctrl-C, which comes as a key, for nobody else reads them.
    Interrupt,
    /// The display only.
    Quit,
    /// So many rows down.
    Scroll(isize),
    /// To draw once more: the size has changed.
    Draw,
}

pub(super) fn wish(event: &Event) -> Option<Wish> {
    let Event::Key(KeyEvent { code, modifiers, kind: KeyEventKind::Press | KeyEventKind::Repeat, .. }) = event else {
        return matches!(event, Event::Resize(..)).then_some(Wish::Draw);
    };
    if modifiers.contains(KeyModifiers::CONTROL) {
        return (*code == KeyCode::Char('c')).then_some(Wish::Interrupt);
    }
    match code {
        KeyCode::Char('p' | 'P') => Some(Wish::Pause),
        KeyCode::Char('r' | 'R') => Some(Wish::Resume),
        KeyCode::Char('f' | 'F') => Some(Wish::Finish),
        KeyCode::Char('q' | 'Q') => Some(Wish::Quit),
        KeyCode::Up => Some(Wish::Scroll(-1)),
        KeyCode::Down => Some(Wish::Scroll(1)),
        KeyCode::PageUp => Some(Wish::Scroll(-10)),
        KeyCode::PageDown => Some(Wish::Scroll(10)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(code: KeyCode, modifiers: KeyModifiers) -> Option<Wish> {
        wish(&Event::Key(KeyEvent::new(code, modifiers)))
    }

    #[test]
    fn keys_in_either_case_are_wishes() {
        for (letter, meant) in [('p', Wish::Pause), ('r', Wish::Resume), ('f', Wish::Finish), ('q', Wish::Quit)] {
            assert_eq!(press(KeyCode::Char(letter), KeyModifiers::NONE), Some(meant));
            assert_eq!(press(KeyCode::Char(letter.to_ascii_uppercase()), KeyModifiers::SHIFT), Some(meant));
            assert_eq!(press(KeyCode::Char(letter), KeyModifiers::CONTROL), None);
        }
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Wish::Interrupt));
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(press(KeyCode::Down, KeyModifiers::NONE), Some(Wish::Scroll(1)));
    }

    #[test]
    fn a_key_that_is_let_go_is_none() {
        let key = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, KeyEventKind::Release);
        assert_eq!(wish(&Event::Key(key)), None);
        assert_eq!(wish(&Event::Resize(20, 5)), Some(Wish::Draw));
    }
}
