//! The end of a segment, without the task that reads it.

use std::task::{Context, Poll, Waker};

use crate::operators::{chunks, iter};
use crate::stage::{Blueprint, Fused, Head, NO_PLACE, Plan, Role, StageSpec};

const SOURCE: StageSpec = StageSpec { name: "from", operator: "from", role: Role::Source, task: 0, at: NO_PLACE };
const ALONE: Blueprint = Blueprint { file: file!(), stages: &[SOURCE], edges: &[], tasks: 1 };

#[test]
fn a_run_of_none_has_nothing_also_when_there_is_a_rest() {
    let mut plan = Plan::new(ALONE, "test", 1);
    let inside = chunks(iter(0..3, plan.at(0)), 2, plan.at(0));
    let mut fused = Fused::new(inside.head, inside.part, plan.at(0).cell());
    let _run = plan.finish();
    let mut given = Vec::new();
    while fused.poll_items(&mut Context::from_waker(Waker::noop())).map(|items| items.expect("it does not fail"))
        == Poll::Ready(true)
    {
        assert_eq!(fused.items(0).count(), 0);
        given.extend(fused.items(8));
        fused.settle();
    }
    assert_eq!(given, [(vec![0, 1], ()), (vec![2], ())]);
}
