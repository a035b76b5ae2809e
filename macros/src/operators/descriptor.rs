//! What the table says of an operator. Every pass asks these fields; none compares an operator's name.

/// Where an operator may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Begins a chain.
    Source,
    /// Begins a chain; its arguments are chains.
    FanIn,
    /// Stands between two others.
    Stage,
    /// Stands between two others and is their link, not a stage.
    Link,
    /// Ends a chain.
    Sink,
}

/// Where an operator runs (G1, G2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runs {
    /// In the task above it.
    Fused,
    /// In a task of its own, behind a link.
    Task,
}

/// Items that leave for one that enters, until the operator ends (F6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Items {
    One,
    /// One, after the first few: so many as the first argument says, less this.
    Later(u8),
    /// One at the most.
    Fewer,
    Unknown,
}

/// What a link does when it is full (L10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overflow {
    /// It lets the stage above it wait.
    Pauses,
    /// It drops items, and never pauses.
    Loses,
    /// It fails the pipeline, and never pauses.
    Fails,
}

/// How a fan-in joins its inputs (F3, F4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FanIn {
    /// It takes whichever has something; such a fan-in never waits for one of them.
    Ready,
    /// One of each in turn.
    Turns,
    /// One of each together, as tuples.
    Tuples,
    /// One after the other.
    Order,
}

/// What `?` behind the operator tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    /// The items that leave it.
    Items,
    /// What its function returns.
    Function,
    /// Nothing in it can fail.
    Never,
}

/// What an argument that is a function returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// What is wanted; an `async` closure is refused.
    Synchronous,
    /// Futures of it; an `async` closure has a flavour of its own.
    Asynchronous,
}

/// A positional argument.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Argument {
    pub(crate) name: &'static str,
    /// Whether a zero is refused.
    pub(crate) positive: bool,
    /// Whether it is a time.
    pub(crate) time: bool,
    pub(crate) function: Option<Function>,
    /// The function of `runtime/src/operators/given.rs` that asks what the operator needs of it; for an `async` closure that of the name with `_lending`.
    pub(crate) asks: Option<&'static str>,
}

impl Argument {
    pub(crate) const fn asks(self, asks: &'static str) -> Self {
        Argument { asks: Some(asks), ..self }
    }
}

/// A value as it comes.
pub(crate) const fn value(name: &'static str) -> Argument {
    Argument { name, positive: false, time: false, function: None, asks: None }
}

/// A count or a size: never zero.
pub(crate) const fn positive(name: &'static str) -> Argument {
    Argument { positive: true, ..value(name) }
}

/// A time: never zero.
pub(crate) const fn lasting(name: &'static str) -> Argument {
    Argument { time: true, ..positive(name) }
}

/// A function that returns a future.
pub(crate) const fn asynchronous(name: &'static str) -> Argument {
    Argument { function: Some(Function::Asynchronous), ..value(name) }
}

/// A function that is called and done.
pub(crate) const fn function(name: &'static str) -> Argument {
    Argument { function: Some(Function::Synchronous), ..value(name) }
}

/// An argument `name = value`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Named {
    pub(crate) name: &'static str,
    pub(crate) positive: bool,
    pub(crate) pass: Pass,
}

/// How a named argument reaches the runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pass {
    /// As a number, this one unless given.
    Default(usize),
    /// As `Some` or `None`.
    Optional,
    /// Only when given; it chooses the flavour of its name.
    Given,
    /// Not at all: it is the macro's own.
    Nothing,
    /// Instead of the positional arguments; it chooses the flavour of its name.
    Instead,
    /// Not at all: the word chooses the flavour. The first word is the default, and has none.
    Choice(&'static [&'static str]),
}

/// One operator of the language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Descriptor {
    pub(crate) name: &'static str,
    /// What it does, in half a sentence.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the reader of the table"))]
    pub(crate) summary: &'static str,
    pub(crate) kind: Kind,
    pub(crate) runs: Runs,
    pub(crate) arguments: &'static [Argument],
    pub(crate) named: &'static [Named],
    pub(crate) items: Items,
    /// As `Argument::asks`, of the items that come.
    pub(crate) asks: Option<&'static str>,
    /// What a link does when it is full: one for each word of its choice, or the only one.
    pub(crate) overflow: &'static [Overflow],
    pub(crate) fan_in: FanIn,
    /// How many inputs a fan-in has at the most.
    pub(crate) most_inputs: usize,
    pub(crate) tried: Tried,
    /// Type parameters that stand behind those which may be written; `None`: none may be written.
    pub(crate) hidden_types: Option<usize>,
    /// The operators that do the same with futures.
    pub(crate) asynchronously: &'static [&'static str],
    /// Names that users of other libraries would write.
    pub(crate) aliases: &'static [&'static str],
}

impl Descriptor {
    const fn new(name: &'static str, kind: Kind, arguments: &'static [Argument], summary: &'static str) -> Self {
        Descriptor {
            name,
            summary,
            kind,
            runs: Runs::Fused,
            arguments,
            named: &[],
            items: Items::Unknown,
            asks: None,
            overflow: &[],
            fan_in: FanIn::Ready,
            most_inputs: usize::MAX,
            tried: Tried::Never,
            hidden_types: None,
            asynchronously: &[],
            aliases: &[],
        }
    }

    pub(crate) const fn source(name: &'static str, arguments: &'static [Argument], summary: &'static str) -> Self {
        Descriptor::new(name, Kind::Source, arguments, summary)
    }

    pub(crate) const fn fan_in(name: &'static str, summary: &'static str) -> Self {
        Descriptor { runs: Runs::Task, ..Descriptor::new(name, Kind::FanIn, &[], summary) }
    }

    pub(crate) const fn stage(name: &'static str, arguments: &'static [Argument], summary: &'static str) -> Self {
        Descriptor::new(name, Kind::Stage, arguments, summary)
    }

    pub(crate) const fn link(name: &'static str, arguments: &'static [Argument], summary: &'static str) -> Self {
        Descriptor { items: Items::One, ..Descriptor::new(name, Kind::Link, arguments, summary) }
    }

    pub(crate) const fn sink(name: &'static str, arguments: &'static [Argument], summary: &'static str) -> Self {
        Descriptor::new(name, Kind::Sink, arguments, summary)
    }

    /// A fan-in joins its inputs so.
    pub(crate) const fn joins(self, fan_in: FanIn) -> Self {
        Descriptor { fan_in, ..self }
    }

    pub(crate) const fn most_inputs(self, most_inputs: usize) -> Self {
        Descriptor { most_inputs, ..self }
    }

    /// Runs in a task of its own.
    pub(crate) const fn task(self) -> Self {
        Descriptor { runs: Runs::Task, ..self }
    }

    pub(crate) const fn named(self, named: &'static [Named]) -> Self {
        Descriptor { named, ..self }
    }

    pub(crate) const fn items(self, items: Items) -> Self {
        Descriptor { items, ..self }
    }

    pub(crate) const fn asks(self, asks: &'static str) -> Self {
        Descriptor { asks: Some(asks), ..self }
    }

    pub(crate) const fn overflow(self, overflow: &'static [Overflow]) -> Self {
        Descriptor { overflow, ..self }
    }

    pub(crate) const fn tried(self, tried: Tried) -> Self {
        Descriptor { tried, ..self }
    }

    pub(crate) const fn hidden_types(self, count: usize) -> Self {
        Descriptor { hidden_types: Some(count), ..self }
    }

    pub(crate) const fn asynchronously(self, asynchronously: &'static [&'static str]) -> Self {
        Descriptor { asynchronously, ..self }
    }

    pub(crate) const fn aliases(self, aliases: &'static [&'static str]) -> Self {
        Descriptor { aliases, ..self }
    }

    /// `map_async(n, f)`
    pub(crate) fn signature(&self) -> String {
        let plain = self.arguments.iter().map(|argument| argument.name.to_owned());
        let named = self.named.iter().map(|argument| format!("{} = …", argument.name));
        format!("{}({})", self.name, plain.chain(named).collect::<Vec<_>>().join(", "))
    }

    /// The item that documents the operator.
    pub(crate) fn doc_path(&self) -> String {
        format!("aqueduct::operators::{}", self.name)
    }

    /// Those of the `given` positional arguments that are functions of that kind.
    pub(crate) fn functions<'a, T>(&self, kind: Function, given: &'a [T]) -> impl Iterator<Item = &'a T> {
        let asked = self.arguments.iter().zip(given);
        asked.filter(move |(argument, _)| argument.function == Some(kind)).map(move |(_, given)| given)
    }

    pub(crate) fn named_argument(&self, name: &str) -> Option<&'static Named> {
        self.named.iter().find(|argument| argument.name == name)
    }
}
