//! How long items have been in a link, without a stamp on any: marks in the order of the items, set when somebody looks.

use std::time::Duration;

use tokio::time::Instant;

use super::state::distance;

/// So many are kept at most.
const MOST: usize = 16;

/// At that time, the producer's index was this: what entered before it has been inside for at least as long, if it is still there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    pub(crate) index: usize,
    pub(crate) at: Instant,
}

/// The marks behind which there may be items, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Marks(Vec<Mark>);

impl Marks {
    /// How long the oldest item has been inside at least, as far as the marks and that of a pause tell; sets a further mark.
    pub(crate) fn oldest(&mut self, head: usize, tail: usize, pause: Option<Mark>, now: Instant) -> Option<Duration> {
        let len = distance(tail, head);
        let inside = |mark: &Mark| (1..=len).contains(&distance(mark.index, head));
        self.0.retain(inside);
        let oldest = self.0.iter().chain(pause.as_ref().filter(|pause| inside(pause))).map(|mark| mark.at).min();
        if self.0.last().is_none_or(|last| distance(last.index, head) < len) {
            self.set(Mark { index: tail, at: now });
        }
        oldest.map(|at| now.saturating_duration_since(at))
    }

    /// Where there are many, every other one does.
    fn set(&mut self, mark: Mark) {
        if self.0.len() == MOST {
            let mut stays = false;
            self.0.retain(|_| {
                stays = !stays;
                stays
            });
        }
        self.0.push(mark);
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, advance};

    use super::{MOST, Mark, Marks};

    const SECOND: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn what_was_there_at_the_last_look_is_as_old_as_that() {
        let mut marks = Marks::default();
        assert_eq!(marks.oldest(0, 0, None, Instant::now()), None, "empty");
        assert_eq!(marks.oldest(0, 3, None, Instant::now()), None, "seen for the first time");
        advance(SECOND).await;
        assert_eq!(marks.oldest(0, 5, None, Instant::now()), Some(SECOND), "three are a second old");
        advance(SECOND).await;
        assert_eq!(marks.oldest(2, 5, None, Instant::now()), Some(2 * SECOND), "one of them is still there");
        assert_eq!(
            marks.oldest(3, 5, None, Instant::now()),
            Some(SECOND),
            "they have left, two that came after have not"
        );
        assert_eq!(marks.oldest(5, 5, None, Instant::now()), None, "empty");
    }

    #[tokio::test(start_paused = true)]
    async fn each_look_that_sees_more_is_kept() {
        let mut marks = Marks::default();
        for seen in 1..=3 {
            marks.oldest(0, seen, None, Instant::now());
            advance(SECOND).await;
        }
        assert_eq!(marks.oldest(1, 3, None, Instant::now()), Some(2 * SECOND), "the second came with the second look");
        assert_eq!(marks.oldest(2, 3, None, Instant::now()), Some(SECOND), "the third with the third");
    }

    #[tokio::test(start_paused = true)]
    async fn looks_that_see_no_more_do_not_make_what_is_there_younger() {
        let mut marks = Marks::default();
        marks.oldest(0, 1, None, Instant::now());
        advance(SECOND).await;
        for _ in 0..10 * MOST {
            marks.oldest(0, 2, None, Instant::now());
            advance(SECOND).await;
        }
        assert_eq!(marks.oldest(1, 2, None, Instant::now()), Some(10 * MOST as u32 * SECOND));
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_is_a_mark() {
        let mut marks = Marks::default();
        let pause = Mark { index: 8, at: Instant::now() };
        advance(SECOND).await;
        assert_eq!(marks.oldest(0, 8, Some(pause), Instant::now()), Some(SECOND));
        assert_eq!(marks.oldest(8, 9, Some(pause), Instant::now()), None, "what stood at the pause has left");
    }

    #[tokio::test(start_paused = true)]
    async fn the_oldest_of_many_looks_is_kept_and_the_list_stays_short() {
        let mut marks = Marks::default();
        for look in 1..=10 * MOST {
            marks.oldest(0, look, None, Instant::now());
            advance(SECOND).await;
        }
        assert!(marks.0.len() <= MOST);
        let age = marks.oldest(0, 1000, None, Instant::now());
        assert_eq!(age, Some(10 * MOST as u32 * SECOND), "the first item came at the first look");
        let age = marks.oldest(MOST, 1000, None, Instant::now());
        assert!(age.is_some_and(|age| age <= (10 * MOST - MOST) as u32 * SECOND), "never older than it is: {age:?}");
    }
}
