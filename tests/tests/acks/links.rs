//! What links do with the tokens of items that find no room.

use aqueduct::{ErrorKind, Weigh};
use aqueduct_tests::ends::within;

use crate::{stuck, told};

/// Of each item nothing ever comes.
async fn never<T>(_: T) -> T {
    std::future::pending().await
}

#[derive(Debug)]
struct Heavy;

impl Weigh for Heavy {
    fn weight(&self) -> usize {
        10
    }
}

/// The sink has the first item, or one in its link and one in hand; of the rest the link keeps what it has room for.
#[tokio::test(start_paused = true)]
async fn what_a_link_drops_is_done() {
    within(async {
        let stuck = |text: (String, String)| (text.0.clone(), text.1 == text.0.replace('.', "-"));
        let oldest = stuck(stuck!(8; queue(2, overflow = drop_oldest) -> then(never::<usize>)));
        assert_eq!(oldest, (".ddddd..".into(), true));
        let newest = stuck(stuck!(8; queue(2, overflow = drop_newest) -> then(never::<usize>)));
        assert_eq!(newest, ("...ddddd".into(), true));
        let latest = stuck(stuck!(8; latest() -> then(never::<usize>)));
        assert_eq!(latest, (".dddddd.".into(), true));
        let heavy =
            stuck(stuck!(8; map(|_| Heavy) -> queue(bytes = 20, overflow = drop_oldest) -> then(never::<Heavy>)));
        assert_eq!(heavy, (".ddddd..".into(), true));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn what_overflows_is_dropped_and_so_is_all_that_was_inside() {
    within(async {
        let told = told!(8; queue(2, overflow = fail) -> then(never::<usize>) -> for_each(drop));
        assert_eq!(told.0, Err(ErrorKind::Overflow));
        assert!(!told.1.contains(['d', 'F']), "none has left, none was at fault: {}", told.1);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_link_that_blocks_holds_all() {
    within(async {
        let (before, after) = stuck!(8; queue(2) -> map(|_| Heavy) -> queue(bytes = 99) -> map(|n| n));
        assert_eq!((&*before, &*after), ("........", "--------"));
    })
    .await;
}
