//! What must come out: the shape, evaluated step by step over lists, on what its sources gave.
//!
//! A stream is some *lanes*. In each lane the order is known; how lanes mix is not. Of what may be lost only the most and the least are known.

use std::collections::HashMap;

use super::tree::{Arm, Chain, Fan, Head, Node, Policy, Shape, Sink, Step};
use super::world::{KEYS, World, mix};

#[derive(Clone, Debug)]
struct Value {
    value: u64,
    /// Its places in the inputs of the `match`es it is in.
    places: Vec<usize>,
}

#[derive(Clone, Debug, Default)]
pub struct Stream {
    lanes: Vec<Vec<Value>>,
    /// How many items there are at least, and at most.
    pub least: usize,
    pub most: usize,
}

/// What comes to a sink or to a link that may drop.
#[derive(Clone, Debug)]
pub struct Comes {
    pub id: usize,
    pub stream: Stream,
}

/// All that is known of a run before it.
#[derive(Debug, Default)]
pub struct Expected {
    /// In the order of the text.
    pub sinks: Vec<Comes>,
    /// The links that drop, with the stage behind each.
    pub lossy: Vec<(Comes, Option<usize>)>,
}

impl Stream {
    fn new(lanes: Vec<Vec<Value>>) -> Self {
        let all = lanes.iter().map(Vec::len).sum();
        Self { lanes, least: all, most: all }
    }

    pub fn all(&self) -> usize {
        self.lanes.iter().map(Vec::len).sum()
    }

    /// Whether nothing may be lost.
    pub fn is_exact(&self) -> bool {
        self.least == self.all()
    }

    fn is_in_order(&self) -> bool {
        self.is_exact() && self.lanes.len() <= 1
    }

    /// Other lanes; nothing is known of what may be lost, if anything may.
    fn with(&self, lanes: Vec<Vec<Value>>) -> Self {
        let new = Self::new(lanes);
        if self.is_exact() { new } else { Self { least: 0, ..new } }
    }

    fn each(self, f: impl Fn(&Value) -> Vec<Value>) -> Self {
        let lanes = self.lanes.iter().map(|lane| lane.iter().flat_map(&f).collect()).collect();
        self.with(lanes)
    }

    /// One for each.
    fn mapped(mut self, f: impl Fn(u64) -> u64) -> Self {
        self.lanes.iter_mut().flatten().for_each(|value| value.value = f(value.value));
        self
    }

    fn unordered(mut self) -> Self {
        self.lanes = self.lanes.into_iter().flatten().map(|value| vec![value]).collect();
        self
    }

    /// What a stage that goes by the order makes of each lane. Where the order is not known, any of them may come.
    fn in_turn(self, f: impl Fn(&[Value]) -> Vec<Value>) -> Self {
        if !self.is_in_order() {
            return self.lossy();
        }
        Self::new(self.lanes.iter().map(|lane| f(lane)).collect())
    }

    fn lossy(mut self) -> Self {
        self.least = 0;
        self
    }

    fn first(mut self, n: usize) -> Self {
        if self.is_in_order() {
            self.lanes.iter_mut().for_each(|lane| lane.truncate(n));
            return Self::new(self.lanes);
        }
        Self { least: self.least.min(n), most: self.most.min(n), ..self }
    }

    fn union(streams: Vec<Self>) -> Self {
        let mut all = Self::default();
        for stream in streams {
            all.least += stream.least;
            all.most += stream.most;
            all.lanes.extend(stream.lanes);
        }
        all
    }

    fn only_lane(&self) -> &[Value] {
        self.lanes.first().map_or(&[], Vec::as_slice)
    }

    /// Checks what came, of a run that has come to its end or not.
    pub fn check(&self, came: &[u64], ended: bool) -> Result<(), String> {
        let mut known = HashMap::new();
        for (lane, values) in self.lanes.iter().enumerate() {
            for (place, value) in values.iter().enumerate() {
                if known.insert(value.value, (lane, place)).is_some() {
                    return Err("the model has one value twice".into());
                }
            }
        }
        let mut next = vec![0; self.lanes.len()];
        for (index, value) in came.iter().enumerate() {
            match known.remove(value) {
                None => return Err(format!("item {index} is not expected, or came twice")),
                Some((lane, place)) if place < next[lane] => {
                    return Err(format!(
                        "item {index} is number {place} of lane {lane}, after number {}",
                        next[lane] - 1
                    ));
                }
                Some((lane, place)) => next[lane] = place + 1,
            }
        }
        if came.len() > self.most {
            return Err(format!("{} items came, at most {} should", came.len(), self.most));
        }
        if ended && came.len() < self.least {
            return Err(format!("{} items came, at least {} should", came.len(), self.least));
        }
        // One lane, of which all has come so far, has no gaps.
        if self.is_in_order() && next.first().is_some_and(|next| *next > came.len()) {
            return Err("an item is missing in between".into());
        }
        Ok(())
    }
}

/// Evaluates a shape on what its sources gave: how many items each of those who feed it did.
pub fn expect(shape: &Shape, world: &World, given: impl Fn(usize) -> Vec<usize>) -> Expected {
    let mut model = Model { world, given: &given, names: HashMap::new(), expected: Expected::default() };
    for binding in &shape.lets {
        if let Some(stream) = model.chain(&binding.chain) {
            binding.names.iter().for_each(|name| drop(model.names.insert(name, stream.clone())));
        }
    }
    shape.chains.iter().for_each(|chain| drop(model.chain(chain)));
    model.expected
}

struct Model<'a> {
    world: &'a World,
    given: &'a dyn Fn(usize) -> Vec<usize>,
    names: HashMap<&'static str, Stream>,
    expected: Expected,
}

impl Model<'_> {
    fn chain(&mut self, chain: &Chain) -> Option<Stream> {
        let stream = match &chain.head {
            Head::Name(name) => self.names.remove(name).expect("a name that is known"),
            Head::Fan(id, fan, inputs) => {
                let inputs = inputs.iter().map(|input| self.chain(input).expect("an open chain")).collect();
                joined(*id, *fan, inputs)
            }
            head => {
                let id = head.origin().expect("it makes the items").id();
                let given = (self.given)(id);
                let lane = |(first, count): (usize, &usize)| {
                    let numbers = (0..*count).map(|number| number * given.len() + first);
                    let values = numbers.map(|number| self.world.first(id, number));
                    values.map(|value| Value { value, places: Vec::new() }).collect()
                };
                Stream::new(given.iter().enumerate().map(lane).collect())
            }
        };
        self.steps(stream, &chain.steps, chain.sink)
    }

    fn arm(&mut self, stream: Stream, arm: &Arm) -> Option<Stream> {
        self.steps(stream, &arm.steps, arm.sink)
    }

    fn steps(&mut self, mut stream: Stream, steps: &[Node], sink: Option<(usize, Sink)>) -> Option<Stream> {
        for (index, node) in steps.iter().enumerate() {
            if node.step.drops() {
                let next = steps.get(index + 1).filter(|next| next.step.has_calls()).map(|next| next.id);
                self.expected.lossy.push((Comes { id: node.id, stream: stream.clone() }, next));
            }
            stream = self.step(stream, node)?;
        }
        let Some((id, sink)) = sink else { return Some(stream) };
        if matches!(sink, Sink::First) {
            stream = stream.first(1);
        }
        if matches!(sink, Sink::Blocking | Sink::BlockingTry) {
            stream = stream.unordered();
        }
        self.expected.sinks.push(Comes { id, stream });
        None
    }

    fn step(&mut self, stream: Stream, node: &Node) -> Option<Stream> {
        let (id, world) = (node.id, self.world);
        let passes = |value| mix(value, id as u64);
        let keeps = |value: &&Value| world.keeps(value.value, id);
        let kept = |value: &Value| Some(value).filter(keeps).into_iter().cloned().collect();
        let taken = |lane: &[Value]| lane.iter().take_while(keeps).cloned().collect();
        Some(match &node.step {
            Step::Map
            | Step::Try
            | Step::Then
            | Step::ThenTry
            | Step::Async
            | Step::AsyncTry
            | Step::Blocking
            | Step::BlockingTry
            | Step::Via
            | Step::Scan => stream.mapped(passes),
            Step::Inspect | Step::Delay | Step::Throttle | Step::Timeout => stream,
            Step::Chunks | Step::Batch | Step::BatchBytes | Step::ReadyChunks => stream,
            Step::Queue(Policy::Block | Policy::Low | Policy::Ahead | Policy::Bytes | Policy::Fail) => stream,
            Step::Queue(Policy::DropOldest | Policy::DropNewest) => stream.lossy(),
            Step::Debounce | Step::Sample | Step::Conflate | Step::Until => stream.lossy(),
            Step::Filter | Step::FilterAsync => stream.each(kept),
            Step::FilterMap => stream.each(kept).mapped(passes),
            Step::TakeWhile => stream.in_turn(taken),
            Step::MapWhile => stream.in_turn(taken).mapped(passes),
            Step::SkipWhile => stream.in_turn(|lane| lane.iter().skip_while(keeps).cloned().collect()),
            Step::Dedup => stream.in_turn(|lane| {
                let mut rest = lane.to_vec();
                rest.dedup_by_key(|value| world.key(value.value, id));
                rest
            }),
            Step::Keyed => {
                let key = |value: &Value, key| world.key(value.value, id) == key;
                let lanes = stream.lanes.iter().flat_map(|lane| {
                    (0..KEYS).map(move |n| lane.iter().filter(move |value| key(value, n)).cloned().collect())
                });
                stream.with(lanes.collect()).mapped(passes)
            }
            Step::FlattenUnordered => {
                let lanes = stream.lanes.iter().flatten().map(|value| pieces(world, value, id));
                stream.with(lanes.collect())
            }
            Step::FlatMap => stream.each(|value| pieces(world, value, id)),
            Step::Take => stream.first(world.params[id].take),
            Step::Skip(n) => {
                assert!(stream.is_in_order(), "the generator knows the order");
                Stream::new(stream.lanes.into_iter().map(|lane| lane.into_iter().skip(*n).collect()).collect())
            }
            Step::Unordered => stream.mapped(passes).unordered(),
            Step::Match(arms) => return self.route(stream, id, arms),
            Step::Broadcast(arms) => {
                let open: Vec<_> = arms.iter().filter_map(|arm| self.arm(stream.clone(), arm)).collect();
                if open.is_empty() {
                    return None;
                }
                Stream::union(open)
            }
            Step::Tap(arm) => {
                let _ = self.arm(stream.clone(), arm);
                stream
            }
            Step::Parallel(arm) => return self.arm(stream.unordered(), arm),
        })
    }

    fn route(&mut self, stream: Stream, id: usize, arms: &[Arm]) -> Option<Stream> {
        let mut open = Vec::new();
        let last = arms.len() - 1;
        for (index, arm) in arms.iter().enumerate() {
            let mine = |value: u64| self.world.route(value, id, arms.len()).min(last) == index;
            let lanes = stream.lanes.iter().map(|lane| {
                let all = lane.iter().enumerate().filter(|(_, value)| mine(value.value));
                all.map(|(place, value)| {
                    let mut value = value.clone();
                    value.places.push(place);
                    value
                })
                .collect()
            });
            let stream = stream.with(lanes.collect());
            open.extend(self.arm(stream, arm));
        }
        if open.is_empty() {
            return None;
        }
        let mut out = if Step::is_plain_match(arms) {
            // The order of the input holds.
            let (least, most) = (open.iter().map(|arm| arm.least).sum(), open.iter().map(|arm| arm.most).sum());
            let lanes = (0..stream.lanes.len()).map(|lane| {
                let mut values: Vec<_> = open.iter().flat_map(|arm| arm.lanes[lane].iter().cloned()).collect();
                values.sort_by_key(|value| value.places.last().copied());
                values
            });
            Stream { lanes: lanes.collect(), least, most }
        } else {
            Stream::union(open)
        };
        for value in out.lanes.iter_mut().flatten() {
            value.places.pop();
        }
        Some(out)
    }
}

fn pieces(world: &World, value: &Value, id: usize) -> Vec<Value> {
    let base = mix(value.value, id as u64);
    let pieces = 1..=world.pieces(value.value, id);
    pieces.map(|piece| Value { value: mix(base, piece), places: value.places.clone() }).collect()
}

/// What comes out of a fan-in.
fn joined(id: usize, fan: Fan, inputs: Vec<Stream>) -> Stream {
    let in_order = inputs.iter().all(Stream::is_in_order);
    match fan {
        Fan::Zip { exact } => {
            let least = inputs.iter().map(|input| input.least).min().unwrap_or_default();
            let most = inputs.iter().map(|input| input.most).min().unwrap_or_default();
            let [one, other] = &inputs[..] else { unreachable!("two inputs") };
            if exact {
                assert!(in_order, "the generator knows the order");
                let pairs = one.only_lane().iter().zip(other.only_lane());
                let value = |(one, other): (&Value, &Value)| mix(mix(one.value, other.value), id as u64);
                let values = pairs.map(|pair| Value { value: value(pair), places: Vec::new() });
                return Stream::new(vec![values.collect()]);
            }
            Stream { least, most, ..one.clone() }.mapped(|value| mix(value, id as u64))
        }
        Fan::Concat if in_order => {
            Stream::new(vec![inputs.into_iter().flat_map(|input| input.lanes).flatten().collect()])
        }
        Fan::Interleave if in_order => {
            let longest = inputs.iter().map(Stream::all).max().unwrap_or_default();
            let rounds =
                (0..longest).flat_map(|round| inputs.iter().filter_map(move |input| input.only_lane().get(round)));
            Stream::new(vec![rounds.cloned().collect()])
        }
        _ => Stream::union(inputs),
    }
}
