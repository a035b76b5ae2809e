//! What a transform of the user's does with tokens: what it emits, holds, and where it fails.

use aqueduct::{Ack, BoxError, Emitter, ErrorKind, Transform, pipeline};
use aqueduct_tests::ends::within;
use aqueduct_tests::pieces::{an_hour, never};

use crate::kit::asked;
use crate::{stuck, told};

/// Gives each item so many times; fails at 3, or panics.
struct Times {
    times: usize,
    at_3: At3,
}

#[derive(Clone, Copy, PartialEq)]
enum At3 {
    Goes,
    Errs,
    ErrsLater,
    Panics,
    PanicsLater,
}

impl Transform<usize> for Times {
    type Out = usize;

    async fn apply(&mut self, item: usize, out: &mut Emitter<'_, usize>) -> Result<(), BoxError> {
        match self.at_3 {
            At3::Errs if item == 3 => return Err("no".into()),
            At3::Panics if item == 3 => std::panic::resume_unwind(Box::new("no")),
            _ => {}
        }
        for _ in 0..self.times {
            out.emit(item).await;
        }
        match self.at_3 {
            At3::ErrsLater if item == 3 => Err("no".into()),
            At3::PanicsLater if item == 3 => {
                tokio::task::yield_now().await;
                std::panic::resume_unwind(Box::new("no"))
            }
            _ => Ok(()),
        }
    }
}

fn times(times: usize, at_3: At3) -> Times {
    Times { times, at_3 }
}

#[tokio::test(start_paused = true)]
async fn an_item_is_done_with_all_that_was_emitted_for_it() {
    within(async {
        assert_eq!(stuck!(4; via(times(0, At3::Goes))).0, "dddd", "nothing comes of it");
        assert_eq!(stuck!(4; via(times(2, At3::Goes))), ("....".into(), "----".into()));
        assert_eq!(told!(4; via(times(2, At3::Goes)) -> for_each(drop)), (Ok(()), "dddd".into()));
        let five = told!(4; via(times(2, At3::Goes)) -> take(5) -> for_each(drop));
        assert_eq!(&five.1[..3], "dd-", "of 2 one copy has left");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn the_item_at_which_it_fails_says_so() {
    within(async {
        for (at_3, kind) in [
            (At3::Errs, ErrorKind::Failed),
            (At3::ErrsLater, ErrorKind::Failed),
            (At3::Panics, ErrorKind::Panicked),
            (At3::PanicsLater, ErrorKind::Panicked),
        ] {
            let (outcome, text) = told!(6; via(times(1, at_3)) -> for_each(drop));
            assert_eq!(outcome, Err(kind));
            assert_eq!(text.matches('F').count(), 1, "{text}");
            assert_eq!(text.find('F'), Some(3), "{text}");
        }
    })
    .await;
}

/// Gives the sums of pairs, and at the end what is left.
#[derive(Default)]
struct Pairs {
    kept: Option<(usize, Ack)>,
    /// It gives nothing at the end.
    forgets: bool,
}

impl Transform<usize> for Pairs {
    type Out = usize;

    async fn apply(&mut self, item: usize, out: &mut Emitter<'_, usize>) -> Result<(), BoxError> {
        match self.kept.take() {
            None => self.kept = Some((item, out.hold())),
            Some((other, held)) => {
                let both = Ack::join([held, out.hold()]);
                out.emit_with(both, other + item).await;
            }
        }
        Ok(())
    }

    async fn finish(&mut self, out: &mut Emitter<'_, usize>) -> Result<(), BoxError> {
        match self.kept.take() {
            Some((left, held)) if !self.forgets => out.emit_with(held, left).await,
            _ => {}
        }
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_it_holds_is_done_with_what_it_gives_for_it() {
    within(async {
        let (before, after) = stuck!(5; via(Pairs::default()));
        assert_eq!((&*before, &*after), (".....", "-----"));
        assert_eq!(told!(5; via(Pairs::default()) -> for_each(drop)), (Ok(()), "ddddd".into()));
        let forgets = told!(5; via(Pairs { forgets: true, ..Pairs::default() }) -> for_each(drop));
        assert_eq!(forgets, (Ok(()), "dddd-".into()), "what it held and forgot comes again");
        let failed = told!(5; via(Pairs::default()) -> for_each(|sum| if sum == 5 { Err("no") } else { Ok(()) })?);
        assert_eq!(failed.0, Err(ErrorKind::Failed));
        assert_eq!(&failed.1[..4], "ddFF", "the pair has failed");
    })
    .await;
}

/// Holds and does not give, but says that it is done.
struct Takes(Vec<Ack>);

impl Transform<usize> for Takes {
    type Out = usize;

    async fn apply(&mut self, item: usize, out: &mut Emitter<'_, usize>) -> Result<(), BoxError> {
        self.0.push(out.hold());
        if item % 2 == 1 {
            self.0.drain(..).for_each(Ack::done);
        }
        Ok(())
    }

    fn holds(&self) -> Option<usize> {
        Some(2)
    }
}

#[tokio::test(start_paused = true)]
async fn what_it_holds_and_has_no_use_for_is_done_when_it_says_so() {
    within(async {
        let (source, told) = asked(5);
        let running = pipeline! { from(source.waits()) -> via(Takes(Vec::new())) -> for_each_async(1, never) }.spawn();
        an_hour().await;
        assert_eq!(told.text(), "dddd.");
        running.control().abort();
        running.await.unwrap_err();
        assert_eq!(told.text(), "dddd-");
    })
    .await;
}

/// Nobody asks: `hold` gives tokens of nobody.
#[tokio::test(start_paused = true)]
async fn a_transform_that_holds_runs_where_nobody_asks() {
    within(async {
        let sums = pipeline! { iter(0..5) -> via(Pairs::default()) -> collect::<Vec<_>>() }.run().await.unwrap();
        assert_eq!(sums, [1, 5, 4]);
    })
    .await;
}
