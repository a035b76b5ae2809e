//! No loom model: tokens of an item share one atomic, which only ever grows, and a function that whoever drops the last `Arc` calls. That the last
//! sees what the others have said before they let go is what std's `Arc` promises, and loom would put its own in its place.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, channel};

use super::{Ack, Token, Verdict, panic_is_over};

use Verdict::{Done, Dropped, Failed};

/// A token, and what it tells.
fn asked() -> (Ack, Receiver<Verdict>) {
    let (tell, told) = channel();
    (Ack::new(move |verdict| tell.send(verdict).unwrap_or_default()), told)
}

fn all(told: &Receiver<Verdict>) -> Vec<Verdict> {
    told.try_iter().collect()
}

fn say(ack: Ack, verdict: Verdict) {
    match verdict {
        Done => ack.done(),
        Dropped => drop(ack),
        Failed => ack.failed(),
    }
}

#[test]
fn a_token_tells_once_what_was_said() {
    for verdict in [Done, Dropped, Failed] {
        let (ack, told) = asked();
        assert!(ack.is_asked() && all(&told).is_empty());
        say(ack, verdict);
        assert_eq!(all(&told), [verdict]);
    }
}

#[test]
fn it_tells_with_the_last_part_and_the_worst_counts() {
    for first in [Done, Dropped, Failed] {
        for second in [Done, Dropped, Failed] {
            for third in [Done, Dropped, Failed] {
                let (ack, told) = asked();
                let (split, again) = (ack.split(), ack.split());
                say(split, first);
                say(ack, second);
                assert_eq!(all(&told), [], "a part is left");
                say(again, third);
                assert_eq!(all(&told), [first.max(second).max(third)]);
            }
        }
    }
}

#[test]
fn a_token_of_nobody_is_like_none() {
    let none = Ack::none();
    assert!(!none.is_asked() && !none.split().is_asked());
    none.failed();
    assert!(!Ack::join([]).is_asked());
    assert!(!Ack::join([Ack::none(), Ack::default()]).is_asked());
    assert_eq!(format!("{:?} {:?}", Ack::none(), asked().0), "Ack(none) Ack(asked)");
}

#[test]
fn what_becomes_of_a_joined_token_becomes_of_all() {
    for verdict in [Done, Dropped, Failed] {
        let ((one, told_one), (two, told_two)) = (asked(), asked());
        let rest = two.split();
        let joined = Ack::join([one, Ack::none(), two]);
        let split = joined.split();
        say(joined, verdict);
        assert_eq!((all(&told_one), all(&told_two)), (vec![], vec![]));
        split.done();
        assert_eq!((all(&told_one), all(&told_two)), (vec![verdict], vec![]), "of the second a part is left");
        rest.done();
        assert_eq!(all(&told_two), [verdict]);
    }
}

/// The pieces of a large item in one chunk are one token, and no list.
#[test]
fn tokens_of_one_item_are_joined_to_itself() {
    let (ack, told) = asked();
    let mut group = Default::default();
    for _ in 0..1000 {
        ack.split().add_to(&mut group);
    }
    assert_eq!(format!("{group:?}"), "Acks { tokens: [Ack(asked)], awaited: false }");
    let joined = <Ack as Token>::join(&mut group);
    assert!(joined.is_of_the_same(&ack));
    assert_eq!(format!("{group:?}"), "Acks { tokens: [], awaited: false }");
    ack.done();
    assert_eq!(all(&told), []);
    joined.done();
    assert_eq!(all(&told), [Done]);
}

#[test]
fn a_group_that_is_dropped_drops_all_in_it() {
    let ((one, told_one), (two, told_two)) = (asked(), asked());
    let mut group = Default::default();
    one.add_to(&mut group);
    two.add_to(&mut group);
    drop(group);
    assert_eq!((all(&told_one), all(&told_two)), (vec![Dropped], vec![Dropped]));
}

/// A panic that drops these tokens, in this order.
fn panic_with(acks: Vec<Ack>) {
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let _acks = acks;
        resume_unwind(Box::new("planned"));
    }));
    assert!(caught.is_err());
    panic_is_over();
}

#[test]
fn the_first_token_that_a_panic_drops_is_to_blame_and_no_other() {
    for _ in 0..2 {
        let ((one, told_one), (two, told_two)) = (asked(), asked());
        panic_with(vec![one, two]);
        assert_eq!((all(&told_one), all(&told_two)), (vec![Failed], vec![Dropped]));
        let (later, told) = asked();
        drop(later);
        assert_eq!(all(&told), [Dropped], "the panic is over");
    }
    let (ack, told) = asked();
    panic_with(vec![Ack::none(), Ack::join([ack, Ack::none()])]);
    assert_eq!(all(&told), [Failed], "nobody asks about the first");
}

#[test]
fn where_nobody_asks_a_token_costs_and_says_nothing() {
    assert!(!().is_asked() && !().into_ack().is_asked());
    let (ack, told) = asked();
    let () = <() as Token>::from_ack(ack);
    assert_eq!(all(&told), [Done], "a transform has given it to those who do not ask");
    assert_eq!(size_of::<(u64, <() as Token>::Group)>(), 8);
    assert_eq!(size_of::<Ack>(), 8);
}

#[test]
fn whichever_thread_is_last_knows_the_worst() {
    for turn in 0..500 {
        let (ack, told) = asked();
        let parts: Vec<_> = (0..4).map(|_| ack.split()).collect();
        ack.done();
        std::thread::scope(|scope| {
            for (index, part) in parts.into_iter().enumerate() {
                scope.spawn(move || say(part, if index == turn % 5 { Failed } else { Done }));
            }
        });
        assert_eq!(all(&told), [if turn % 5 < 4 { Failed } else { Done }]);
    }
}
