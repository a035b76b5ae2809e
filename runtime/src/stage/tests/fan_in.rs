//! Random moves on the heads of fan-ins, compared with a model: what each input holds, and the rule that says whose turn it is.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::PipelineError;
use crate::link::state::LinkState;
use crate::link::tests::random::{Dice, Sleeper, cases};
use crate::link::{AnyReceiver, Overflow, Sender, SharedLink, SharedReceiver, SharedSender, ring};
use crate::operators::{concat, interleave, merge, prefer, zip};
use crate::stage::{
    Blueprint, Consumer, Demand, Direct, Head, Inputs, NO_PLACE, Plan, Role, StageSpec, Stream, Taken, and_zip_input,
    input, zip_input,
};

/// An item: its input and its number there.
type Item = (usize, u64);

/// It is travelling with a token.
type Pair = (Item, ());

/// So many of each other input, then a ready one is served (F3).
const MOST: usize = 64;

/// A fan-in and nothing else.
const ALONE: Blueprint = Blueprint {
    file: file!(),
    stages: &[StageSpec { name: "fan-in", operator: "merge", role: Role::Source, task: 0, at: NO_PLACE }],
    edges: &[],
    tasks: 1,
};

/// Rules: F3
#[test]
fn merge_serves_each_ready_input_after_64_of_each_other_in_random_play() {
    cases(1_500, |dice| {
        let count = 1 + dice.below(4);
        play(dice, count, MergeRule { passed: vec![vec![0; count]; count] }, merge);
    });
}

/// Rules: F3
#[test]
fn prefer_serves_the_second_when_it_is_due_in_random_play() {
    cases(1_500, |dice| play(dice, 2, PreferRule { row: 0 }, prefer));
}

/// Rules: F3
#[test]
fn interleave_takes_one_of_each_in_turn_in_random_play() {
    cases(1_500, |dice| {
        let count = 1 + dice.below(4);
        play(dice, count, InterleaveRule { turn: 0 }, interleave);
    });
}

/// Rules: F4
#[test]
fn concat_takes_one_input_after_the_other_in_random_play() {
    cases(1_000, |dice| {
        let count = 1 + dice.below(4);
        play(dice, count, ConcatRule, |inputs, at| {
            let gates: &[&[usize]] = &[&[], &[], &[]];
            concat(inputs, &gates[..count - 1], at)
        });
    });
}

/// Where a fan-in takes the next item from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    From(usize),
    /// From any that has one.
    Any,
    Wait,
    End,
}

/// Whose turn it is.
trait Rule {
    fn next(&mut self, inputs: &[Model]) -> Next;

    /// An item of `input` was given; `ready` tells which inputs had some before.
    fn given(&mut self, input: usize, ready: &[bool]);
}

/// What an input holds.
#[derive(Debug, Default)]
struct Model {
    items: VecDeque<u64>,
    ended: bool,
    made: u64,
}

impl Model {
    fn is_ready(&self) -> bool {
        !self.items.is_empty()
    }

    fn is_over(&self) -> bool {
        self.ended && !self.is_ready()
    }
}

struct MergeRule {
    /// For each input that is ready: so many items of each other have passed it.
    passed: Vec<Vec<usize>>,
}

impl Rule for MergeRule {
    fn next(&mut self, inputs: &[Model]) -> Next {
        if inputs.iter().any(Model::is_ready) {
            Next::Any
        } else if inputs.iter().all(Model::is_over) {
            Next::End
        } else {
            Next::Wait
        }
    }

    fn given(&mut self, input: usize, ready: &[bool]) {
        for (other, passed) in self.passed.iter_mut().enumerate() {
            if other == input || !ready[other] {
                passed.fill(0);
            } else {
                passed[input] += 1;
                assert!(passed[input] <= MOST, "input {other} waits while {input} is served");
            }
        }
    }
}

struct PreferRule {
    row: usize,
}

impl Rule for PreferRule {
    fn next(&mut self, inputs: &[Model]) -> Next {
        let due = self.row == MOST && inputs[1].is_ready();
        match inputs {
            [first, _] if first.is_ready() && !due => Next::From(0),
            [_, second] if second.is_ready() => Next::From(1),
            [first, second] if first.is_over() && second.is_over() => Next::End,
            _ => Next::Wait,
        }
    }

    fn given(&mut self, input: usize, _: &[bool]) {
        self.row = match input {
            0 if self.row == MOST => 1,
            0 => self.row + 1,
            _ => 0,
        };
    }
}

struct InterleaveRule {
    turn: usize,
}

impl Rule for InterleaveRule {
    fn next(&mut self, inputs: &[Model]) -> Next {
        if inputs.iter().all(Model::is_over) {
            return Next::End;
        }
        while inputs[self.turn % inputs.len()].is_over() {
            self.turn += 1;
        }
        let turn = self.turn % inputs.len();
        if inputs[turn].is_ready() { Next::From(turn) } else { Next::Wait }
    }

    fn given(&mut self, input: usize, _: &[bool]) {
        self.turn = input + 1;
    }
}

struct ConcatRule;

impl Rule for ConcatRule {
    fn next(&mut self, inputs: &[Model]) -> Next {
        match inputs.iter().position(|input| !input.is_over()) {
            None => Next::End,
            Some(first) if inputs[first].is_ready() => Next::From(first),
            Some(_) => Next::Wait,
        }
    }

    fn given(&mut self, _: usize, _: &[bool]) {}
}

/// The upper end of a link.
enum Upper<T> {
    Ring(Sender<T>),
    Shared(SharedSender<T>, Overflow),
}

impl<T> Upper<T> {
    /// Takes what `items` gives, as far as there is room.
    fn push(&mut self, items: impl Iterator<Item = T>, cx: &mut Context<'_>) {
        fn run<T, C: Consumer<T>>(consumer: &mut C, items: impl Iterator<Item = T>, cx: &mut Context<'_>) {
            if consumer.poll_ready(cx) == Poll::Ready(Demand::Open) {
                let taken: Result<Taken, PipelineError> = consumer.consume(items);
                taken.expect("no link of these fails");
                consumer.publish();
            }
        }
        match self {
            Self::Ring(sender) => run(sender, items, cx),
            Self::Shared(sender, _) => run(sender, items, cx),
        }
    }

    fn end(&mut self, cx: &mut Context<'_>) {
        let finished = match self {
            Self::Ring(sender) => sender.poll_finish(cx),
            Self::Shared(sender, _) => sender.poll_finish(cx),
        };
        assert!(matches!(finished, Poll::Ready(Ok(()))));
    }

    fn is_gone(&mut self, cx: &mut Context<'_>) -> bool {
        match self {
            Self::Ring(sender) => sender.poll_gone(cx).is_ready(),
            Self::Shared(sender, _) => sender.poll_gone(cx).is_ready(),
        }
    }
}

/// A link of any kind and size.
fn link(dice: &mut Dice) -> (Upper<Pair>, AnyReceiver<Item, ()>, usize) {
    let capacity = if dice.one_in(2) { 1 + dice.below(9) } else { 1 + dice.below(300) };
    let state = Arc::new(LinkState::new(capacity, dice.below(capacity)));
    if dice.below(3) > 0 {
        let (sender, receiver) = ring(state);
        return (Upper::Ring(sender), receiver.into(), capacity);
    }
    let overflow = if dice.one_in(2) { Overflow::Block } else { Overflow::DropOldest };
    let link = SharedLink::new(state);
    let sender = SharedSender::new(Arc::clone(&link), overflow, |_| 1);
    (Upper::Shared(sender, overflow), SharedReceiver::new(link).into(), capacity)
}

/// The upper ends, and what is in the links.
struct Above {
    uppers: Vec<Upper<Pair>>,
    capacities: Vec<usize>,
    models: Vec<Model>,
    producer: Sleeper,
}

impl Above {
    /// Links for `count` inputs.
    fn new(dice: &mut Dice, count: usize) -> (Self, Vec<AnyReceiver<Item, ()>>) {
        let mut above = Self { uppers: vec![], capacities: vec![], models: vec![], producer: Sleeper::default() };
        let mut receivers = Vec::new();
        for _ in 0..count {
            let (upper, receiver, capacity) = link(dice);
            above.uppers.push(upper);
            above.capacities.push(capacity);
            above.models.push(Model::default());
            receivers.push(receiver);
        }
        (above, receivers)
    }

    /// Something comes, or an input ends.
    fn happen(&mut self, dice: &mut Dice) {
        let at = dice.below(self.uppers.len());
        let waker = self.producer.waker();
        let cx = &mut Context::from_waker(&waker);
        let (upper, model) = (&mut self.uppers[at], &mut self.models[at]);
        if model.ended {
            return;
        }
        if dice.one_in(16) {
            upper.end(cx);
            model.ended = true;
            return;
        }
        let most = if dice.one_in(3) { dice.below(200) } else { dice.below(6) };
        let made = Cell::new(model.made);
        let new = std::iter::from_fn(|| Some(((at, made.replace(made.get() + 1)), ()))).take(most);
        upper.push(new, cx);
        model.items.extend(model.made..made.get());
        model.made = made.get();
        if let Upper::Shared(_, Overflow::DropOldest) = upper {
            while model.items.len() > self.capacities[at] {
                model.items.pop_front();
            }
        }
    }

    fn all_gone(&mut self) -> bool {
        let waker = self.producer.waker();
        self.uppers.iter_mut().all(|upper| upper.is_gone(&mut Context::from_waker(&waker)))
    }

    /// The item was taken.
    fn taken(&mut self, (input, number): Item) {
        assert_eq!(self.models[input].items.pop_front(), Some(number), "the order of input {input}");
    }
}

/// One game of 120 moves with a fan-in that `join` makes of `count` links.
fn play<H: Head<Item = Pair>, R: Rule>(
    dice: &mut Dice,
    count: usize,
    mut rule: R,
    join: impl FnOnce(Inputs<Item, ()>, crate::stage::At<'_, '_>) -> Stream<Item, (), H, Direct>,
) {
    let mut plan = Plan::new(ALONE, "test", 1);
    let (mut above, receivers) = Above::new(dice, count);
    let mut streams = receivers.into_iter().map(Stream::source);
    let first = input(streams.next().expect("one at least"));
    let inputs =
        streams.fold(first, |inputs, stream: Stream<Item, (), AnyReceiver<Item, ()>, Direct>| inputs.and(stream));
    let mut head = join(inputs, plan.at(0)).head;
    let mut task = Sleeper::default();
    for _ in 0..120 {
        for _ in 0..dice.below(4) {
            above.happen(dice);
        }
        let next = rule.next(&above.models);
        if next != Next::Wait {
            task.expect_woken();
        }
        let polled = head.poll_items(&mut Context::from_waker(&task.waker()));
        task.told(polled.is_pending());
        match polled {
            Poll::Pending => assert_eq!(next, Next::Wait, "it waits"),
            Poll::Ready(Ok(false)) => {
                assert_eq!(next, Next::End, "it ends");
                assert_eq!(head.items(10).count(), 0);
                break;
            }
            Poll::Ready(Ok(true)) => {
                assert!(matches!(next, Next::From(_) | Next::Any), "it has an item, but {next:?}");
                let pulled = pull(dice, &mut head, &mut above, &mut rule);
                assert_eq!(head.settle(), pulled);
            }
            Poll::Ready(Err(failure)) => panic!("{failure}"),
        }
        assert_eq!(head.settle(), 0);
        if dice.one_in(100) {
            head.cancel();
            assert!(above.all_gone());
            assert!(matches!(head.poll_items(&mut Context::from_waker(&task.waker())), Poll::Ready(Ok(false))));
            assert_eq!(head.items(10).count(), 0);
            return;
        }
    }
}

/// One run, while more comes; says how many items it gave.
fn pull<H: Head<Item = Pair>, R: Rule>(dice: &mut Dice, head: &mut H, above: &mut Above, rule: &mut R) -> u64 {
    let limit = if dice.one_in(2) { dice.below(5) } else { dice.below(500) };
    let by_hand = if dice.one_in(2) { 0 } else { dice.below(limit + 1) };
    let mut pulled = 0;
    let mut items = head.items(limit);
    assert!(items.size_hint().1.is_some_and(|most| most <= limit), "more than the limit may come");
    let mut one = |(item, ()): Pair| {
        let ready: Vec<_> = above.models.iter().map(Model::is_ready).collect();
        let next = rule.next(&above.models);
        assert!(next == Next::Any || next == Next::From(item.0), "{} was given, it should be {next:?}", item.0);
        above.taken(item);
        rule.given(item.0, &ready);
        pulled += 1;
        if dice.one_in(20) {
            above.happen(dice);
        }
    };
    let mut over = false;
    for _ in 0..by_hand {
        match items.next() {
            Some(item) => one(item),
            None => {
                over = true;
                break;
            }
        }
    }
    if over || by_hand == 0 {
        items.for_each(one);
        assert!(pulled > 0 || limit == 0, "it said that there are items");
    }
    assert!(pulled <= limit as u64);
    pulled
}

/// Rules: F4
#[test]
fn zip_pairs_and_ends_with_the_first_that_can_give_none_in_random_play() {
    cases(1_500, |dice| {
        let mut plan = Plan::new(ALONE, "test", 1);
        let (mut above, receivers) = Above::new(dice, 3);
        let [a, b, c] = <[_; 3]>::try_from(receivers).map(|all| all.map(Stream::source)).ok().expect("three");
        let inputs = and_zip_input(and_zip_input(zip_input(a), b), c);
        let mut head = zip(inputs, |(c, (b, (a, ())))| [a, b, c], plan.at(0)).head;
        let mut task = Sleeper::default();
        for _ in 0..120 {
            for _ in 0..dice.below(6) {
                above.happen(dice);
            }
            let over = above.models.iter().any(Model::is_over);
            let ready = above.models.iter().all(Model::is_ready);
            if over || ready {
                task.expect_woken();
            }
            let polled = head.poll_items(&mut Context::from_waker(&task.waker()));
            task.told(polled.is_pending());
            match polled {
                Poll::Pending => assert!(!over && !ready, "it waits"),
                Poll::Ready(Ok(false)) => {
                    assert!(over, "it ends");
                    assert!(above.all_gone(), "the others are cancelled");
                    return;
                }
                Poll::Ready(Ok(true)) => {
                    assert!(ready && !over, "it has an item");
                    assert!(head.items(0).next().is_none(), "a run of none");
                    let limit = dice.below(300);
                    let mut pulled = 0;
                    let run = head.items(limit);
                    let most = if dice.one_in(2) { limit } else { dice.below(limit + 1) };
                    run.take(most).for_each(|(tuple, ())| {
                        assert_eq!(tuple.map(|(input, _)| input), [0, 1, 2], "in the order of the text");
                        tuple.into_iter().for_each(|item| above.taken(item));
                        pulled += 1;
                        if dice.one_in(20) {
                            above.happen(dice);
                        }
                    });
                    assert!(pulled > 0 || most == 0, "it said that there are items");
                    assert_eq!(head.settle(), pulled);
                }
                Poll::Ready(Err(failure)) => panic!("{failure}"),
            }
            if dice.one_in(200) {
                head.cancel();
                assert!(above.all_gone());
                return;
            }
        }
    });
}
