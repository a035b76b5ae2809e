//! What the user gives an operator, asked for before the operator gets it, so that rustc says once what is wrong with it.
//!
//! An operator whose type is opaque has its bounds asked for again wherever that type is named: one mistake would be said at every
//! operator behind it and at the run. So expanded code asks here first. What it gets back and passes on is the same value, as the associated type of
//! a trait: if the answer is no, rustc knows no such type, and has nothing to say of what follows. That takes two implementations, of which the second
//! fits nothing: a single one rustc would believe before it has looked at its bounds.
//!
//! The functions are named in the macro's descriptors (`asks`).

use std::hash::Hash;
use std::marker::PhantomData;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::Transform;
use crate::connectors::IntoSource;
use crate::stage::{Direct, Stream};

/// The type of a stream's items, by which rustc knows a closure's argument.
pub struct Items<A>(PhantomData<fn() -> A>);

/// Marks an answer.
pub enum Yes {}

/// Marks the answer that nothing gives.
pub enum No {}

/// Nothing is this.
pub trait Nothing {}

/// The items of `s`.
pub fn items<A, Tok, H, P>(_: &Stream<A, Tok, H, P>) -> Items<A> {
    Items(PhantomData)
}

/// A question: is `$given`, with the types `$other`, a `$name`? It is where the bounds hold. There is no answer yet while `$asked` is not known.
macro_rules! question {
    ($(#[$words:meta])* $given:ident as $name:ident $(<$($other:ident),+>)? $([$($is:tt)+])? asked $asked:ident where $($bounds:tt)+) => {
        $(#[$words])*
        /// What was given, if the answer is yes.
        pub trait $name<$($($other,)+)? M> $(: $($is)+)? {
            /// What was given.
            type Given;
            /// Gives it back.
            fn given(self) -> Self::Given;
        }

        #[diagnostic::do_not_recommend]
        impl<$($($other,)+)? $given> $name<$($($other,)+)? Yes> for $given where $($bounds)+ {
            type Given = $given;

            #[inline(always)]
            fn given(self) -> $given {
                self
            }
        }

        #[diagnostic::do_not_recommend]
        impl<$($($other,)+)? $given> $name<$($($other,)+)? No> for $given where $asked: Nothing, $($bounds)+ {
            type Given = $given;

            fn given(self) -> $given {
                self
            }
        }
    };
}

question! {
    #[diagnostic::on_unimplemented(
        message = "this function must return a future, but returns `{R}`",
        label = "not asynchronous",
        note = "write `async` before it, as in `async |item| …`, or use an operator whose function is not asynchronous"
    )]
    F as ReturnsFuture<R> asked R where R: Future
}

question! {
    #[diagnostic::on_unimplemented(
        message = "this function must return a future of a `bool`, but returns `{R}`",
        label = "not asynchronous, or no `bool`",
        note = "write `async` before it, as in `async |item| …`"
    )]
    F as ReturnsFutureOfBool<R> asked R where R: Future<Output = bool>
}

question! {
    #[diagnostic::on_unimplemented(
        message = "the keys are `{R}`, which cannot be compared",
        label = "gives what is no key",
        note = "a key is `Hash` and `Eq`"
    )]
    F as ReturnsKey<R> asked R where R: Hash + Eq
}

question! {
    #[diagnostic::on_unimplemented(
        message = "this function does not take items of type `{A}`",
        label = "takes something else"
    )]
    F as Lends<A, R> [AsyncFn(A) -> R] asked F where F: AsyncFn(A) -> R
}

question! {
    #[diagnostic::on_unimplemented(
        message = "this function does not take items of type `{A}`",
        label = "takes something else"
    )]
    F as LendsEach<A, R> [AsyncFnMut(A) -> R] asked F where F: AsyncFnMut(A) -> R
}

question! {
    #[diagnostic::on_unimplemented(
        message = "this function does not take items of type `&{A}`, or gives no `bool`",
        label = "takes something else"
    )]
    F as LendsToFilter<A> [AsyncFnMut(&A) -> bool] asked F where F: AsyncFnMut(&A) -> bool
}

question! {
    #[diagnostic::on_unimplemented(
        message = "this function does not take items of type `{A}`",
        label = "takes something else"
    )]
    F as Blocks<A, R> [Fn(A) -> R] asked F where F: Fn(A) -> R
}

question! {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot transform items of type `{A}`",
        label = "`via(…)` takes an `aqueduct::Transform<{A}>` that is `Send`",
        note = "a function goes into `map(…)` or `then(…)`"
    )]
    T as TransformOf<A> asked T where T: Transform<A, Out: Send> + Send
}

question! {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a future",
        label = "`take_until(…)` takes a future",
        note = "for a condition on the items write `take_while(…)`"
    )]
    F as IsFuture asked F where F: Future
}

question! {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a reader",
        label = "this takes what implements tokio's `AsyncRead`",
        note = "a file is opened by `tokio::fs::File::open`, not by `std::fs`; bytes in memory are read as `&[u8]`"
    )]
    R as IsReader asked R where R: AsyncRead
}

question! {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a writer",
        label = "this takes what implements tokio's `AsyncWrite`",
        note = "a file is created by `tokio::fs::File::create`, not by `std::fs`; bytes in memory are written to a `Vec<u8>`"
    )]
    W as IsWriter asked W where W: AsyncWrite
}

question! {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be iterated on the blocking pool",
        label = "`iter_blocking(…)` takes an iterator, or what can become one",
        note = "it goes to another thread: the iterator and its items are `Send` and borrow nothing"
    )]
    I as IsBlockingIterator asked I where I: IntoIterator<Item: Send, IntoIter: Send + 'static>
}

question! {
    #[diagnostic::on_unimplemented(
        message = "`{Self}` is not a futures stream",
        label = "`stream(…)` takes a futures `Stream`",
        note = "an iterator goes into `iter(…)`, a tokio receiver into `recv(…)`, a source of your own into `from(…)`"
    )]
    S as IsStream asked S where S: futures_core::Stream
}

question! {
    #[diagnostic::on_unimplemented(
        message = "items of type `{A}` are no streams",
        label = "nothing to flatten",
        note = "what iterators give comes out of `flatten()`"
    )]
    S as OfStreams<A> asked A where A: futures_core::Stream
}

/// The stream before `flatten_unordered`.
pub fn streams<A, Tok, H, M>(s: Stream<A, Tok, H, Direct>) -> <Stream<A, Tok, H, Direct> as OfStreams<A, M>>::Given
where
    Stream<A, Tok, H, Direct>: OfStreams<A, M>,
{
    OfStreams::given(s)
}

/// `f` of the operators that run several futures at once.
pub fn asynchronous<A, F, R, M>(_: &Items<A>, f: F) -> F::Given
where
    F: FnMut(A) -> R,
    F: ReturnsFuture<R, M>,
{
    f.given()
}

pub use asynchronous as step;

/// An async closure for operators that run several futures at once, which it may lend what it captures.
pub fn asynchronous_lending<A, F: Lends<A, R, M>, R, M>(_: &Items<A>, f: F) -> F::Given {
    f.given()
}

/// An async closure for `then`, which may change what it captures.
pub fn step_lending<A, F: LendsEach<A, R, M>, R, M>(_: &Items<A>, f: F) -> F::Given {
    f.given()
}

/// `f` of `filter_async`.
pub fn filter<A, F, R, M>(_: &Items<A>, f: F) -> F::Given
where
    F: FnMut(&A) -> R,
    F: ReturnsFutureOfBool<R, M>,
{
    f.given()
}

/// An async closure for `filter_async`.
pub fn filter_lending<A, F: LendsToFilter<A, M>, M>(_: &Items<A>, f: F) -> F::Given {
    f.given()
}

/// The key of `map_async_keyed`.
pub fn key<A, F, R, M>(_: &Items<A>, f: F) -> F::Given
where
    F: FnMut(&A) -> R,
    F: ReturnsKey<R, M>,
{
    f.given()
}

/// `f` of `map_blocking`.
pub fn blocking<A, F: Blocks<A, R, M>, R, M>(_: &Items<A>, f: F) -> F::Given {
    f.given()
}

/// What `via` takes.
pub fn transform<A, T: TransformOf<A, M>, M>(_: &Items<A>, transform: T) -> T::Given {
    transform.given()
}

/// What `take_until` takes.
pub fn future<A, F: IsFuture<M>, M>(_: &Items<A>, future: F) -> F::Given {
    future.given()
}

/// What `write` and `write_lines` take.
pub fn writer<A, W: IsWriter<M>, M>(_: &Items<A>, writer: W) -> W::Given {
    writer.given()
}

/// What `lines` and `bytes` take.
pub fn reader<R: IsReader<M>, M>(reader: R) -> R::Given {
    reader.given()
}

/// What `iter_blocking` takes.
pub fn blocking_iterator<I: IsBlockingIterator<M>, M>(items: I) -> I::Given {
    items.given()
}

/// What `stream` takes.
pub fn stream<S: IsStream<M>, M>(stream: S) -> S::Given {
    stream.given()
}

/// What `from` takes.
pub fn source<'p, S: IntoSource<'p, M>, M>(source: S) -> S::Given {
    source.given()
}
