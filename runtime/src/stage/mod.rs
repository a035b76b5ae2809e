//! Stages: what a task is made of, and the loop that drives it.
//!
//! A task is a *head* (where its items come from: a source, a link, or an asynchronous stage behind a link), a *part* (its fused
//! stages, an iterator adapter over a run of items) and a *consumer* (a sink, or the next link). Read in this order: [`head`],
//! [`part`], [`consumer`], [`line`] (the last two together), [`drive`] (THE loop), [`task`] (what surrounds it: panics, failure, end), [`run`] and [`cells`] (what all tasks of a
//! pipeline share), [`figures`] (what they count, for those who look), [`pace`] (when
//! others get their turn), [`clock`] (what time it is, once a run), [`port`], [`input`] and [`body`] (asynchronous stages written as async blocks),
//! [`steps`] (one future after the other), [`arm`] and [`arms`] (what a block gives items
//! to), [`inputs`], [`same`] and [`partners`] (what fan-ins read, of one type or of several), [`in_flight`] (many futures in
//! reused slots), [`alarm`] (a timer that is set often), [`paired`] and [`group`] (tokens beside items),
//! [`stream`], [`plan`] and [`output`] (the values that expanded code builds tasks with),
//! [`fused`] (the end of a segment), [`local`] (`run_local`'s executor), [`shuffled`] (the one for tests).

mod alarm;
mod arm;
mod arms;
mod body;
mod cells;
pub(crate) mod clock;
mod consumer;
mod drive;
mod figures;
mod fused;
mod group;
mod guard;
mod head;
mod in_flight;
mod input;
mod inputs;
mod line;
mod local;
mod meet;
mod output;
mod pace;
pub(crate) mod paired;
mod part;
mod partners;
mod plan;
mod port;
mod remains;
mod retold;
mod run;
mod same;
#[cfg(feature = "testkit")]
mod shuffled;
mod steps;
mod stream;
mod task;
#[cfg(test)]
mod tests;

pub(crate) use alarm::{Alarm, later};
pub use arm::{Arm, Branch, Gives, branch, closed, copy_of, gives_nothing, nowhere, open};
pub(crate) use arm::{Closed as ClosedArm, Nowhere, Open as OpenArm};
pub use arms::Arms;
pub use body::{Body, Worker};
pub use cells::{StageCell, TaskCell, Told, Wait};
pub use consumer::{Consumer, Demand, Taken};
pub use drive::Chain;
pub(crate) use figures::TaskFigures;
pub use fused::Fused;
pub(crate) use group::Group;
pub(crate) use guard::Guard;
pub use head::{Arrivals, Counted, Head};
pub(crate) use in_flight::InFlight;
pub use input::Input;
pub(crate) use inputs::Joined;
pub use inputs::{Inputs, input, inputs};
pub use line::Line;
pub(crate) use local::Local;
pub use local::Order;
pub use meet::Meet;
pub use output::{Outcome, Output, outputs};
pub(crate) use pace::Pace;
pub(crate) use part::Tried;
pub use part::{Cut, Direct, Pair, Part, Then, WayOut};
pub use partners::{Partners, and_zip_input, zip_input};
pub use plan::{At, Blueprint, Copying, Edge, EdgeSpec, Plan, Role, StageSpec};
pub(crate) use plan::{DEFAULT_QUEUE, NO_PLACE};
pub(crate) use port::Command;
pub use port::Port;
pub(crate) use retold::{Lowered, Raised};
pub use run::Run;
pub(crate) use run::RunEnd;
pub use same::{HasItem, SameItem};
pub use steps::Steps;
pub use stream::{Closed, Out, Stream, link, split, try_items};
pub use task::{Copies, Drive, DynDrive, SendTasks, Stop, Tasks, copies};
pub(crate) use task::{Supervised, guarded};
