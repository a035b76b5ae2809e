//! A shape as a tree: what the generator makes, the renderer writes as `pipeline!` text, and the model evaluates.
//!
//! Each stage has a number, by which its parameters are drawn, its calls are counted, and its faults are told: stage 7 is `s7`.

/// A graph.
#[derive(Debug)]
pub struct Shape {
    pub name: String,
    /// The row of the table it counts for.
    pub family: &'static str,
    pub lets: Vec<Let>,
    /// The chains that end in sinks, in the order of the text.
    pub chains: Vec<Chain>,
    /// How many numbers there are.
    pub stages: usize,
}

/// `let (a, b) = chain -> broadcast;`
#[derive(Debug)]
pub struct Let {
    pub names: Vec<&'static str>,
    pub id: usize,
    pub chain: Chain,
}

#[derive(Debug)]
pub struct Chain {
    pub head: Head,
    pub steps: Vec<Node>,
    pub sink: Option<(usize, Sink)>,
}

#[derive(Debug)]
pub enum Head {
    /// `from(…)`: a source that is asked, awaited and closed.
    Source(usize),
    /// The same, and it asks what becomes of its items.
    Asking(usize),
    /// `iter(…)`.
    Iter(usize),
    /// `iter_blocking(…)`.
    Threaded(usize),
    /// `from(…)` of an inlet that tasks of the test feed.
    Inlet(usize),
    /// `unfold(…)`.
    Unfold(usize),
    /// `repeat_with(…)`, and a `take`.
    Repeat(usize),
    Name(&'static str),
    Fan(usize, Fan, Vec<Chain>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fan {
    Merge,
    Concat,
    /// Of streams whose order is known: the pair is made of both items. Otherwise only the first says what comes out.
    Zip {
        exact: bool,
    },
    Interleave,
    Prefer,
}

#[derive(Debug)]
pub struct Node {
    pub id: usize,
    pub step: Step,
}

#[derive(Debug)]
pub enum Step {
    Map,
    Try,
    Inspect,
    Filter,
    FlatMap,
    Chunks,
    Take,
    Skip(usize),
    Then,
    ThenTry,
    Async,
    AsyncTry,
    FilterAsync,
    Unordered,
    Blocking,
    BlockingTry,
    /// A `Transform` of the test.
    Via,
    Delay,
    Throttle,
    /// Longer than anything takes that goes well.
    Timeout,
    Debounce,
    Sample,
    Conflate,
    FilterMap,
    Scan,
    TakeWhile,
    SkipWhile,
    MapWhile,
    Dedup,
    Keyed,
    /// A stream of each item's pieces, several at a time.
    FlattenUnordered,
    Until,
    Batch,
    BatchBytes,
    ReadyChunks,
    Queue(Policy),
    Match(Vec<Arm>),
    Broadcast(Vec<Arm>),
    Tap(Arm),
    Parallel(Arm),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    Block,
    Low,
    /// With room for a branch that is ahead (F6).
    Ahead,
    /// Its room is counted in bytes.
    Bytes,
    DropOldest,
    DropNewest,
    Fail,
}

#[derive(Debug)]
pub struct Arm {
    pub steps: Vec<Node>,
    pub sink: Option<(usize, Sink)>,
}

#[derive(Clone, Copy, Debug)]
pub enum Sink {
    ForEach,
    ForEachTry,
    Async,
    AsyncTry,
    Blocking,
    BlockingTry,
    /// A `Sink` of the test.
    Into,
    Collect,
    Count,
    Fold,
    First,
    Reduce,
}

impl Head {
    /// What makes the items, where that is neither a name nor a fan-in.
    pub fn origin(&self) -> Option<Part<'static>> {
        Some(match self {
            Self::Source(id) | Self::Asking(id) => Part::Source(*id),
            Self::Iter(id) => Part::Iter(*id),
            Self::Threaded(id) => Part::Threaded(*id),
            Self::Inlet(id) => Part::Inlet(*id),
            Self::Unfold(id) => Part::Unfold(*id),
            Self::Repeat(id) => Part::Repeat(*id),
            Self::Name(_) | Self::Fan(..) => return None,
        })
    }
}

impl Step {
    /// Whether it is fused with what is above it, gives what comes of an item before the next, and makes no copies.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Map | Self::Try | Self::Inspect | Self::Filter | Self::FlatMap | Self::Take | Self::Tap(_) => true,
            Self::FilterMap | Self::Scan | Self::TakeWhile | Self::SkipWhile | Self::MapWhile | Self::Dedup => true,
            Self::Match(arms) => Self::is_plain_match(arms),
            _ => false,
        }
    }

    /// Whether the order of the input holds behind a `match` with these arms.
    pub fn is_plain_match(arms: &[Arm]) -> bool {
        arms.iter().filter(|arm| arm.is_open()).all(Arm::is_plain)
    }

    pub fn arms(&self) -> &[Arm] {
        match self {
            Self::Match(arms) | Self::Broadcast(arms) => arms,
            Self::Tap(arm) | Self::Parallel(arm) => std::slice::from_ref(arm),
            _ => &[],
        }
    }

    /// Whether it is a block that nothing comes out of.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Match(_) | Self::Broadcast(_) | Self::Parallel(_)) && !self.arms().iter().any(Arm::is_open)
    }

    pub fn drops(&self) -> bool {
        matches!(self, Self::Queue(Policy::DropOldest | Policy::DropNewest))
    }

    /// Whether it can fail by an `Err`.
    pub fn can_fail(&self) -> bool {
        matches!(self, Self::Try | Self::ThenTry | Self::AsyncTry | Self::BlockingTry)
    }

    /// Whether it calls a function of the test, once for each item.
    pub fn has_calls(&self) -> bool {
        use Step::{
            Async, Blocking, Filter, FilterAsync, FilterMap, FlatMap, Inspect, Keyed, Map, Scan, Then, Unordered,
        };
        let fused = matches!(self, Map | Inspect | Filter | FilterMap | FlatMap | Scan);
        fused || matches!(self, Then | Async | FilterAsync | Unordered | Keyed | Blocking) || self.can_fail()
    }
}

impl Arm {
    pub fn is_open(&self) -> bool {
        self.sink.is_none() && !self.steps.last().is_some_and(|node| node.step.is_end())
    }

    pub fn is_plain(&self) -> bool {
        self.steps.iter().all(|node| node.step.is_plain())
    }
}

/// Something with a number.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    Source(usize),
    Iter(usize),
    Threaded(usize),
    Inlet(usize),
    Unfold(usize),
    Repeat(usize),
    Fan(usize, Fan),
    Step(usize, &'a Step),
    /// The sink's step; within a `parallel`?
    Sink(usize, Sink, bool),
    /// `broadcast` with names.
    Copies(usize),
}

impl Part<'_> {
    pub fn id(&self) -> usize {
        match self {
            Part::Source(id) | Part::Iter(id) | Part::Threaded(id) | Part::Inlet(id) | Part::Copies(id) => *id,
            Part::Unfold(id) | Part::Repeat(id) | Part::Fan(id, _) | Part::Step(id, _) | Part::Sink(id, ..) => *id,
        }
    }

    /// Whether it is asked for items.
    pub fn is_source(&self) -> bool {
        matches!(self, Part::Source(_) | Part::Iter(_) | Part::Threaded(_) | Part::Unfold(_) | Part::Repeat(_))
    }

    fn ends_early(&self) -> bool {
        matches!(
            self,
            Part::Fan(_, Fan::Zip { .. })
                | Part::Step(_, Step::Take | Step::TakeWhile | Step::MapWhile | Step::Until)
                | Part::Sink(_, Sink::First, _)
        )
    }
}

impl Shape {
    /// All parts, in the order of the text.
    pub fn parts(&self) -> Vec<Part<'_>> {
        let mut parts = Vec::new();
        for binding in &self.lets {
            walk_chain(&binding.chain, &mut parts);
            parts.push(Part::Copies(binding.id));
        }
        self.chains.iter().for_each(|chain| walk_chain(chain, &mut parts));
        parts
    }

    /// Where each part stands.
    pub fn places(&self) -> Vec<&'static str> {
        let mut places = vec!["any place"; self.stages];
        for chain in self.lets.iter().map(|binding| &binding.chain).chain(&self.chains) {
            place_chain(chain, "in a chain", &mut places);
        }
        places
    }

    /// For each source that feeds only a later input of a `concat`: the sources that end before its turn comes.
    pub fn gates(&self) -> Vec<Vec<usize>> {
        let mut gates = vec![Vec::new(); self.stages];
        let chains = self.lets.iter().map(|binding| &binding.chain).chain(&self.chains);
        chains.for_each(|chain| drop(gates_of(chain, &mut gates)));
        gates
    }

    pub fn has(&self, what: impl Fn(&Part<'_>) -> bool) -> bool {
        self.parts().iter().any(what)
    }

    /// Whether a part may end before its input has.
    pub fn ends_early(&self) -> bool {
        self.parts().iter().any(Part::ends_early)
    }
}

/// Notes the gates in a chain; gives its sources.
fn gates_of(chain: &Chain, gates: &mut [Vec<usize>]) -> Vec<usize> {
    let mut before = Vec::new();
    match &chain.head {
        Head::Source(id) | Head::Asking(id) | Head::Iter(id) | Head::Threaded(id) | Head::Unfold(id) => {
            before.push(*id);
        }
        // It does not know that it is not asked again.
        Head::Repeat(_) | Head::Inlet(_) | Head::Name(_) => {}
        Head::Fan(_, fan, inputs) => {
            for input in inputs {
                let sources = gates_of(input, gates);
                let mut parts = Vec::new();
                walk_chain(input, &mut parts);
                // One that feeds a sink on its way does not feed the `concat` only.
                if *fan == Fan::Concat && !parts.iter().any(|part| matches!(part, Part::Sink(..))) {
                    sources.iter().for_each(|id| gates[*id].extend(&before));
                }
                // One that ends early does so before its sources know.
                if !parts.iter().any(Part::ends_early) {
                    before.extend(sources);
                }
            }
        }
    }
    before
}

fn place_chain(chain: &Chain, place: &'static str, places: &mut [&'static str]) {
    if let Some(origin) = chain.head.origin() {
        places[origin.id()] = place;
    } else if let Head::Fan(id, _, inputs) = &chain.head {
        places[*id] = place;
        inputs.iter().for_each(|input| place_chain(input, "in a fan-in's input", places));
    }
    place_steps(&chain.steps, chain.sink, place, places);
}

fn place_steps(steps: &[Node], sink: Option<(usize, Sink)>, place: &'static str, places: &mut [&'static str]) {
    for node in steps {
        places[node.id] = place;
        let within = if matches!(node.step, Step::Parallel(_)) { "in a parallel's arm" } else { "in an arm" };
        node.step.arms().iter().for_each(|arm| place_steps(&arm.steps, arm.sink, within, places));
    }
    if let Some((id, _)) = sink {
        places[id] = place;
    }
}

fn walk_chain<'a>(chain: &'a Chain, parts: &mut Vec<Part<'a>>) {
    if let Head::Fan(id, fan, inputs) = &chain.head {
        inputs.iter().for_each(|input| walk_chain(input, parts));
        parts.push(Part::Fan(*id, *fan));
    }
    parts.extend(chain.head.origin());
    walk_steps(&chain.steps, chain.sink, false, parts);
}

fn walk_steps<'a>(steps: &'a [Node], sink: Option<(usize, Sink)>, copied: bool, parts: &mut Vec<Part<'a>>) {
    for node in steps {
        parts.push(Part::Step(node.id, &node.step));
        let copied = copied || matches!(node.step, Step::Parallel(_));
        node.step.arms().iter().for_each(|arm| walk_steps(&arm.steps, arm.sink, copied, parts));
    }
    parts.extend(sink.map(|(id, sink)| Part::Sink(id, sink, copied)));
}
