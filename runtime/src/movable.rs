//! What must be `Send` for a pipeline to run on tokio, asked for before rustc looks into the types of its tasks.
//!
//! A task's type names all that is in it, and rustc, which finds that something deep inside is not `Send`, names each type on the way out. So
//! `run` and `spawn` ask a shorter question first: of a list of what is the user's, the closures and the items of links. What fails here is told
//! here, once, at the closure; the tasks themselves would only say the same.
//!
//! The list may leave things out (what is in a source, or in a stage's future, is found in the task), but must name nothing that a task
//! does not hold: `Rc`s that stay in one task are none of a link's items.

use crate::Token;
use crate::link::{Sender, SharedSender};
use crate::operators::broadcast::Broadcast;
use crate::operators::chunks::Chunks;
use crate::operators::collect::Collect;
use crate::operators::count::Count;
use crate::operators::dedup::Dedup;
use crate::operators::dedup_by_key::DedupByKey;
use crate::operators::discard::Discard;
use crate::operators::enumerate::Enumerate;
use crate::operators::filter::Filter;
use crate::operators::filter_map::FilterMap;
use crate::operators::first::First;
use crate::operators::flat_map::FlatMap;
use crate::operators::flatten::Flatten;
use crate::operators::fold::{Fold, TryFold};
use crate::operators::for_each::{ForEach, TryForEach};
use crate::operators::inspect::Inspect;
use crate::operators::last::Last;
use crate::operators::map::Map;
use crate::operators::map_while::MapWhile;
use crate::operators::reduce::{Reduce, TryReduce};
use crate::operators::route::Route;
use crate::operators::scan::Scan;
use crate::operators::skip::Skip;
use crate::operators::skip_while::SkipWhile;
use crate::operators::step_by::StepBy;
use crate::operators::take::Take;
use crate::operators::take_while::TakeWhile;
use crate::operators::tap::Tap;
use crate::operators::windows::Windows;
use crate::stage::{Chain, ClosedArm, Copies, Direct, Nowhere, OpenArm, Then, Tried, Worker};

/// What of the user's is in a task, or in a list of tasks.
pub trait Holds {
    /// A list of [`Held`]: `((first, second), third)`.
    type Held;
}

/// Something of the user's.
pub struct Held<T>(T);

/// What may move to another thread.
pub trait CanMove {}

impl<T: Send> CanMove for Held<T> {}
impl<A: CanMove, B: CanMove> CanMove for (A, B) {}
impl CanMove for () {}

/// `type, its parameters => what it holds`.
macro_rules! holds {
    ($([$($parameters:tt)*] $held_by:ty => $held:ty;)+) => {
        $(impl<$($parameters)*> Holds for $held_by {
            type Held = $held;
        })+
    };
}

// Tasks, lines and arms.
holds! {
    [] () => ();
    [D: Holds, Ts: Holds] (D, Ts) => (Ts::Held, D::Held);
    [Ts: Holds] Option<Ts> => Ts::Held;
    [Ts: Holds] Copies<Ts> => Ts::Held;
    [H, P: Holds, K: Holds] Chain<H, P, K> => (P::Held, K::Held);
    [F] Worker<F> => ();
    [P: Holds, Q: Holds] Then<P, Q> => (P::Held, Q::Held);
    [A, P: Holds, K: Holds] ClosedArm<A, P, K> => (P::Held, K::Held);
    [A, P: Holds] OpenArm<A, P> => P::Held;
}

// The ends of links above them.
holds! {
    [A, Tok] Sender<(A, Tok)> => Held<A>;
    [A, Tok] SharedSender<(A, Tok)> => Held<A>;
    [] Nowhere => ();
}

#[cfg(feature = "remote")]
impl<A, Tok, B: crate::remote::Broker, C: crate::remote::Codec> Holds for crate::remote::RemoteSender<A, Tok, B, C> {
    type Held = ();
}

// Fused stages.
holds! {
    [] Direct => ();
    [T, E] Tried<T, E> => ();
    [A, Tok: Token] Chunks<A, Tok> => Held<A>;
    [A] Dedup<A> => Held<A>;
    [K, F] DedupByKey<K, F> => (Held<F>, Held<K>);
    [] Enumerate => ();
    [F] Filter<F> => Held<F>;
    [F] FilterMap<F> => Held<F>;
    [I, F, Tok] FlatMap<I, F, Tok> => (Held<F>, Held<I>);
    [I, Tok] Flatten<I, Tok> => Held<I>;
    [F] Inspect<F> => Held<F>;
    [F] Map<F> => Held<F>;
    [F] MapWhile<F> => Held<F>;
    [S, F] Scan<S, F> => (Held<F>, Held<S>);
    [] Skip => ();
    [F] SkipWhile<F> => Held<F>;
    [] StepBy => ();
    [] Take => ();
    [F] TakeWhile<F> => Held<F>;
    [A, Tok] Windows<A, Tok> => Held<A>;
    [A, Tok, B, R: Holds] Broadcast<A, Tok, B, R> => (Held<A>, R::Held);
    [B, Tok, C, F, R: Holds] Route<B, Tok, C, F, R> => (Held<F>, R::Held);
    [A, Tok] Tap<A, Tok> => Held<A>;
}

// Fused sinks.
holds! {
    [C, Tok: Token] Collect<C, Tok> => Held<C>;
    [Tok: Token] Count<Tok> => ();
    [] Discard => ();
    [A, Tok] First<A, Tok> => Held<A>;
    [B, F, Tok: Token] Fold<B, F, Tok> => (Held<F>, Held<B>);
    [B, F, Tok: Token] TryFold<B, F, Tok> => (Held<F>, Held<B>);
    [F] ForEach<F> => Held<F>;
    [F] TryForEach<F> => Held<F>;
    [A, Tok] Last<A, Tok> => Held<A>;
    [A, F, Tok: Token] Reduce<A, F, Tok> => (Held<F>, Held<A>);
    [A, F, Tok: Token] TryReduce<A, F, Tok> => (Held<F>, Held<A>);
}
