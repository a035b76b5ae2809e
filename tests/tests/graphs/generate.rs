//! Makes the shapes: every block and fan-in alone, and each within, behind and above each other, with stages and policies drawn by
//! dice that fall the same way every time.

use aqueduct_tests::flow::Dice;

use super::tree::{Arm, Chain, Fan, Head, Let, Node, Policy, Shape, Sink, Step};

/// What a graph is built of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Match,
    Broadcast,
    Tap,
    Parallel,
    Copies,
    Merge,
    Concat,
    Zip,
    Interleave,
    Prefer,
}

use Kind::{Broadcast, Concat, Copies, Interleave, Match, Merge, Parallel, Prefer, Tap, Zip};

const BLOCKS: [Kind; 4] = [Match, Broadcast, Tap, Parallel];
const FANS: [Kind; 5] = [Merge, Concat, Zip, Interleave, Prefer];

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Match => "match",
            Broadcast => "broadcast",
            Tap => "tap",
            Parallel => "parallel",
            Copies => "copies",
            Merge => "merge",
            Concat => "concat",
            Zip => "zip",
            Interleave => "interleave",
            Prefer => "prefer",
        }
    }

    fn is_block(self) -> bool {
        BLOCKS.contains(&self)
    }

    fn fan(self, exact: bool) -> Fan {
        match self {
            Concat => Fan::Concat,
            Zip => Fan::Zip { exact },
            Interleave => Fan::Interleave,
            Prefer => Fan::Prefer,
            _ => Fan::Merge,
        }
    }
}

/// Which stages may be drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Draw {
    Any,
    /// The order is kept, and nothing is lost.
    Ordered,
    /// One item for each, in order.
    Same,
    /// Nothing that ends early (in a `parallel`).
    Endless,
}

/// Which stages are drawn more often than all the others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    None,
    /// What is the user's own, or runs on the blocking pool.
    Own,
    /// What has to do with time, or with weight.
    Timed,
    /// What the others never draw.
    Rest,
}

/// All shapes, in order. Always the same.
pub fn all() -> Vec<Shape> {
    let mut shapes = Vec::new();
    let mut add = |name: String, family, make: &dyn Fn(&mut Maker)| {
        let mut maker = Maker::new(shapes.len() as u64);
        make(&mut maker);
        shapes.push(maker.shape(name, family));
    };
    for outer in BLOCKS {
        for turn in 0..3 {
            add(format!("{}.{turn}", outer.word()), outer.word(), &|m| m.row(&[outer], None, None));
        }
        for inner in BLOCKS {
            for turn in 0..2 {
                let name = format!("{}/{}.{turn}", outer.word(), inner.word());
                add(name, outer.word(), &|m| m.row(&[outer], Some(inner), None));
            }
            let name = format!("{} then {}", outer.word(), inner.word());
            add(name, outer.word(), &|m| m.row(&[outer, inner], None, None));
        }
        for fan in FANS {
            let name = format!("{} then {}", fan.word(), outer.word());
            add(name, outer.word(), &|m| m.row(&[outer], None, Some(fan)));
        }
    }
    for turn in 0..3 {
        add(format!("copies.{turn}"), "copies", &|m| m.copies(None, false));
    }
    for inner in BLOCKS.into_iter().chain([Copies]) {
        add(format!("copies/{}", inner.word()), "copies", &|m| m.copies(Some(inner), false));
        add(format!("{} then copies", inner.word()), "copies", &|m| m.copies(Some(inner), true));
    }
    for fan in FANS {
        for turn in 0..3 {
            add(format!("{}.{turn}", fan.word()), fan.word(), &|m| m.fan_row(fan, None));
        }
        for inner in BLOCKS.into_iter().chain(FANS).chain([Copies]) {
            let name = format!("{}/{}", fan.word(), inner.word());
            add(name, fan.word(), &|m| m.fan_row(fan, Some(inner)));
        }
        for turn in 0..4 {
            add(format!("diamond {}.{turn}", fan.word()), "diamond", &|m| m.diamond(fan, None));
        }
        for inner in BLOCKS {
            let name = format!("diamond {}/{}", fan.word(), inner.word());
            add(name, "diamond", &|m| m.diamond(fan, Some(inner)));
        }
    }
    for (family, of) in [("own", Of::Own), ("timed", Of::Timed), ("rest", Of::Rest)] {
        let mut special = |name: String, make: &dyn Fn(&mut Maker)| {
            add(format!("{family}{name}"), family, &|m| {
                m.of = of;
                make(m);
            });
        };
        for turn in 0..3 {
            special(format!(".{turn}"), &|m| m.row(&[], None, None));
            special(format!(" copies.{turn}"), &|m| m.copies(None, false));
            for block in BLOCKS {
                special(format!(" {}.{turn}", block.word()), &|m| m.row(&[block], None, None));
            }
            for fan in FANS {
                special(format!(" {}.{turn}", fan.word()), &|m| m.fan_row(fan, None));
            }
        }
    }
    shapes
}

struct Maker {
    dice: Dice,
    /// Which sources ask.
    asking: Dice,
    of: Of,
    next: usize,
    lets: Vec<Let>,
    chains: Vec<Chain>,
}

impl Maker {
    fn new(index: u64) -> Self {
        // Number 0 stands for the pipeline's default queue.
        Self {
            dice: Dice(0xA90E_D0C7 ^ (index << 32)),
            asking: Dice(!index),
            of: Of::None,
            next: 1,
            lets: Vec::new(),
            chains: Vec::new(),
        }
    }

    fn shape(self, name: String, family: &'static str) -> Shape {
        Shape { name, family, lets: self.lets, chains: self.chains, stages: self.next }
    }

    fn id(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.dice.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.dice.below(from.len() as u64)).unwrap()]
    }

    fn node(&mut self, step: Step) -> Node {
        Node { id: self.id(), step }
    }

    fn source(&mut self, draw: Draw) -> Head {
        let id = self.id();
        if self.of == Of::Own && self.chance(50) {
            // Several feed an inlet: the order is not known.
            let inlet = draw == Draw::Any && self.chance(60);
            return if inlet { Head::Inlet(id) } else { Head::Threaded(id) };
        }
        if self.of == Of::Rest && self.chance(60) {
            return if self.chance(50) { Head::Unfold(id) } else { Head::Repeat(id) };
        }
        if !self.chance(75) {
            return Head::Iter(id);
        }
        if self.asking.below(2) == 0 { Head::Source(id) } else { Head::Asking(id) }
    }

    // Stages.

    /// One stage that may be drawn; a queue is followed by a stage.
    fn stage(&mut self, draw: Draw) -> Vec<Node> {
        if self.of == Of::Timed && draw != Draw::Same && self.chance(80) {
            return self.timed(draw);
        }
        if self.of == Of::Rest && self.chance(80) {
            let step = self.rest(draw);
            return vec![self.node(step)];
        }
        if self.of == Of::Own && self.chance(50) {
            let step = match self.dice.below(4) {
                0 => Step::Blocking,
                1 => Step::BlockingTry,
                _ => Step::Via,
            };
            return vec![self.node(step)];
        }
        if self.chance(30) {
            let policy = match draw {
                Draw::Any | Draw::Endless => self.pick(&[
                    Policy::Block,
                    Policy::Block,
                    Policy::Low,
                    Policy::Low,
                    Policy::DropOldest,
                    Policy::DropNewest,
                    Policy::Fail,
                ]),
                Draw::Ordered | Draw::Same => self.pick(&[Policy::Block, Policy::Low]),
            };
            let map = self.pick(&[0, 1]);
            let queue = self.node(Step::Queue(policy));
            return vec![queue, self.node(if map == 0 { Step::Map } else { Step::Then })];
        }
        let most = match draw {
            Draw::Same => 7,
            Draw::Ordered => 13,
            Draw::Endless => 14,
            Draw::Any => 15,
        };
        let step = match self.dice.below(most) {
            0 => Step::Map,
            1 => Step::Try,
            2 => Step::Inspect,
            3 => Step::Then,
            4 => Step::ThenTry,
            5 => Step::Async,
            6 => Step::AsyncTry,
            7 => Step::Filter,
            8 => Step::FlatMap,
            9 => Step::FilterAsync,
            10 => self.pick_step([Step::Chunks, Step::Batch]),
            11 => Step::Delay,
            12 => Step::Throttle,
            13 => Step::Unordered,
            _ => Step::Take,
        };
        vec![self.node(step)]
    }

    fn timed(&mut self, draw: Draw) -> Vec<Node> {
        // The last three let items go.
        let most = if draw == Draw::Ordered { 7 } else { 10 };
        let step = match self.dice.below(most) {
            0 => Step::Delay,
            1 => Step::Throttle,
            2 => Step::Timeout,
            3 => Step::Batch,
            4 => Step::BatchBytes,
            5 => Step::ReadyChunks,
            6 => {
                let queue = self.node(Step::Queue(Policy::Bytes));
                return vec![queue, self.node(Step::Map)];
            }
            7 => Step::Debounce,
            8 => Step::Sample,
            _ => {
                // What is below it is slow, or there would be nothing to fold.
                let steps = [Step::Conflate, Step::Queue(Policy::Block), Step::Then];
                return steps.into_iter().map(|step| self.node(step)).collect();
            }
        };
        vec![self.node(step)]
    }

    fn rest(&mut self, draw: Draw) -> Step {
        let most = match draw {
            Draw::Same => 1,
            Draw::Ordered => 4,
            Draw::Endless => 6,
            Draw::Any => 9,
        };
        match self.dice.below(most) {
            0 => Step::Scan,
            1 => Step::FilterMap,
            2 => Step::SkipWhile,
            3 => Step::Dedup,
            4 => Step::Keyed,
            5 => Step::FlattenUnordered,
            6 => Step::TakeWhile,
            7 => Step::MapWhile,
            _ => Step::Until,
        }
    }

    fn pick_step(&mut self, [one, other]: [Step; 2]) -> Step {
        if self.chance(50) { one } else { other }
    }

    fn stages(&mut self, draw: Draw, most: u64) -> Vec<Node> {
        (0..self.dice.below(most + 1)).flat_map(|_| self.stage(draw)).collect()
    }

    fn sink(&mut self, draw: Draw) -> (usize, Sink) {
        use Sink::{Async, AsyncTry, Blocking, BlockingTry, Collect, Count, First, Fold, ForEach, ForEachTry, Into};
        if self.of == Of::Own && self.chance(60) {
            return (self.id(), self.pick(&[Into, Into, Blocking, BlockingTry]));
        }
        if self.of == Of::Rest && draw == Draw::Any && self.chance(50) {
            return (self.id(), Sink::Reduce);
        }
        let all = [ForEach, Async, Collect, Async, AsyncTry, ForEachTry, Count, Fold, Collect, First];
        let most = if draw == Draw::Any { all.len() } else { all.len() - 1 };
        (self.id(), self.pick(&all[..most]))
    }

    // Blocks.

    /// An arm: one that has a stage of its own right away, so that what comes out of it can be told from what comes out of others.
    fn arm(&mut self, open: bool, draw: Draw, inner: Option<Kind>) -> Arm {
        let mut steps = Vec::new();
        if draw == Draw::Any && self.chance(25) {
            let policy = self.pick(&[
                Policy::Block,
                Policy::Low,
                Policy::Low,
                Policy::Fail,
                Policy::DropOldest,
                Policy::DropNewest,
            ]);
            steps.push(self.node(Step::Queue(policy)));
        }
        let first = self.pick(&[0, 0, 1, 2]);
        steps.push(self.node(match first {
            0 => Step::Map,
            1 => Step::Try,
            _ => Step::Then,
        }));
        if self.chance(60) {
            steps.extend(self.stage(draw));
        }
        if let Some(inner) = inner {
            let open = open || self.chance(50);
            steps.push(self.block(inner, open, draw, None));
            let is_end = !open && inner != Tap;
            if is_end {
                return Arm { steps, sink: None };
            }
            if self.chance(40) {
                steps.extend(self.stage(draw));
            }
        }
        let sink = if open { None } else { Some(self.sink(draw)) };
        Arm { steps, sink }
    }

    fn block(&mut self, kind: Kind, open: bool, draw: Draw, inner: Option<Kind>) -> Node {
        let id = self.id();
        let step = match kind {
            Match | Broadcast => {
                let count = 2 + self.dice.below(2);
                let (first_open, within) = (self.dice.below(count), self.dice.below(count));
                let mut arms = Vec::new();
                for index in 0..count {
                    let open = open && (index == first_open || self.chance(50));
                    arms.push(self.arm(open, draw, inner.filter(|_| index == within)));
                }
                if kind == Match { Step::Match(arms) } else { Step::Broadcast(arms) }
            }
            Tap => {
                let policy = self.pick(&[Policy::DropOldest, Policy::DropNewest]);
                let queue = self.node(Step::Queue(policy));
                let mut arm = self.arm(false, Draw::Endless, inner);
                arm.steps.insert(0, queue);
                Step::Tap(arm)
            }
            _ => Step::Parallel(self.arm(open, Draw::Endless, inner)),
        };
        Node { id, step }
    }

    // Whole graphs.

    /// The rest of a chain, behind what it is about.
    fn end(&mut self, head: Head, mut steps: Vec<Node>, open: bool) {
        let sink = if open {
            steps.extend(self.stages(Draw::Any, 2));
            Some(self.sink(Draw::Any))
        } else {
            None
        };
        self.chains.push(Chain { head, steps, sink });
    }

    /// Blocks in a row, below a source or a fan-in; the first with another in an arm.
    fn row(&mut self, blocks: &[Kind], inner: Option<Kind>, fan: Option<Kind>) {
        let head = match fan {
            Some(fan) => self.fan(fan, None),
            None => self.source(Draw::Any),
        };
        let mut steps = self.stages(Draw::Any, 2);
        let mut open = true;
        for (index, block) in blocks.iter().enumerate() {
            open = *block == Tap || index + 1 < blocks.len() || self.chance(60);
            steps.push(self.block(*block, open, Draw::Any, inner));
            if open && self.chance(40) {
                steps.extend(self.stage(Draw::Any));
            }
        }
        self.end(head, steps, open);
    }

    fn fan(&mut self, fan: Kind, inner: Option<Kind>) -> Head {
        let id = self.id();
        let count = if matches!(fan, Zip | Prefer) { 2 } else { 2 + self.dice.below(2) };
        let within = self.dice.below(count);
        let exact = fan == Zip && inner.is_none();
        let draw = if exact || fan != Zip && self.chance(30) { Draw::Ordered } else { Draw::Any };
        let mut inputs = Vec::new();
        for index in 0..count {
            let inner = inner.filter(|_| index == within);
            let head = match inner {
                Some(kind) if FANS.contains(&kind) => self.fan(kind, None),
                Some(Copies) => self.copy_head(),
                _ => self.source(draw),
            };
            let mut steps = self.stages(draw, 2);
            if let Some(kind) = inner.filter(|kind| kind.is_block()) {
                steps.push(self.block(kind, true, Draw::Any, None));
            }
            if self.chance(30) && !matches!(steps.last(), Some(Node { step: Step::Queue(_), .. })) {
                let policies = [Policy::Block, Policy::Low, Policy::DropOldest, Policy::DropNewest, Policy::Fail];
                let policy = self.pick(&policies[..if draw == Draw::Any { 5 } else { 2 }]);
                steps.push(self.node(Step::Queue(policy)));
            }
            inputs.push(Chain { head, steps, sink: None });
        }
        Head::Fan(id, fan.fan(exact), inputs)
    }

    /// One of two copies; the other ends by itself.
    fn copy_head(&mut self) -> Head {
        let (head, steps) = (self.source(Draw::Any), self.stages(Draw::Any, 1));
        let id = self.id();
        self.lets.push(Let { names: vec!["a", "b"], id, chain: Chain { head, steps, sink: None } });
        let steps = self.arm(true, Draw::Any, None).steps;
        self.end(Head::Name("b"), steps, true);
        Head::Name("a")
    }

    fn fan_row(&mut self, fan: Kind, inner: Option<Kind>) {
        let head = self.fan(fan, inner);
        let steps = self.stages(Draw::Any, 1);
        self.end(head, steps, true);
    }

    fn copies(&mut self, inner: Option<Kind>, before: bool) {
        let head = self.source(Draw::Any);
        let mut steps = self.stages(Draw::Any, 2);
        let names: &[_] = if self.chance(50) { &["a", "b"] } else { &["a", "b", "c"] };
        if let Some(inner) = inner.filter(|_| before) {
            if inner == Copies {
                let id = self.id();
                self.lets.push(Let { names: vec!["d", "e"], id, chain: Chain { head, steps, sink: None } });
                let steps = self.arm(true, Draw::Any, None).steps;
                self.end(Head::Name("d"), steps, true);
                return self.copied(names, Head::Name("e"), Vec::new(), None);
            }
            steps.push(self.block(inner, true, Draw::Any, None));
        }
        self.copied(names, head, steps, inner.filter(|_| !before));
    }

    fn copied(&mut self, names: &[&'static str], head: Head, steps: Vec<Node>, inner: Option<Kind>) {
        let id = self.id();
        self.lets.push(Let { names: names.to_vec(), id, chain: Chain { head, steps, sink: None } });
        for (index, name) in names.iter().enumerate() {
            let mut arm = self.arm(true, Draw::Any, None).steps;
            match inner.filter(|_| index == 0) {
                Some(Copies) => {
                    let id = self.id();
                    let chain = Chain { head: Head::Name(name), steps: arm, sink: None };
                    self.lets.push(Let { names: vec!["x", "y"], id, chain });
                    for name in ["x", "y"] {
                        let steps = self.arm(true, Draw::Any, None).steps;
                        self.end(Head::Name(name), steps, true);
                    }
                }
                Some(inner) => {
                    let open = inner == Tap || self.chance(50);
                    arm.push(self.block(inner, open, Draw::Any, None));
                    self.end(Head::Name(name), arm, open);
                }
                None => self.end(Head::Name(name), arm, true),
            }
        }
    }

    /// Copies that meet again, in a way that cannot stick (F6).
    fn diamond(&mut self, fan: Kind, inner: Option<Kind>) {
        let (head, mut steps) = (self.source(Draw::Ordered), self.stages(Draw::Ordered, 1));
        // A stage of the block's own task, as often as not.
        if self.chance(50) {
            steps.extend(self.stage(Draw::Same));
        }
        let names: &[_] = if matches!(fan, Zip | Prefer) || self.chance(50) { &["a", "b"] } else { &["a", "b", "c"] };
        let id = self.id();
        self.lets.push(Let { names: names.to_vec(), id, chain: Chain { head, steps, sink: None } });
        let in_step = matches!(fan, Zip | Interleave) && inner.is_none() && self.chance(75);
        // One branch may be behind by as many as it skips; the others wait for it in their links.
        let skips = if in_step && self.chance(40) { self.pick(&[0, 1, 2, 3]) } else { 0 };
        let mut inputs = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let mut steps = Vec::new();
            if skips > 0 {
                steps.push(self.node(if index == 0 { Step::Skip(skips) } else { Step::Queue(Policy::Ahead) }));
            }
            let waits = matches!(fan, Zip | Interleave) || fan == Concat && index > 0;
            if !in_step && waits {
                // It never holds the others.
                let policy = self.pick(&[Policy::DropOldest, Policy::DropNewest, Policy::Fail]);
                steps.push(self.node(Step::Queue(policy)));
            }
            steps.push(self.node(Step::Map));
            steps.extend(self.stages(if in_step { Draw::Same } else { Draw::Any }, 2));
            if let Some(inner) = inner.filter(|_| index == 0) {
                steps.push(self.block(inner, true, Draw::Any, None));
            }
            inputs.push(Chain { head: Head::Name(name), steps, sink: None });
        }
        let id = self.id();
        let steps = self.stages(Draw::Any, 1);
        self.end(Head::Fan(id, fan.fan(in_step), inputs), steps, true);
    }
}
