//! The `pipeline!` macro of `aqueduct`.
//!
//! This crate is an implementation detail: depend on `aqueduct`, which re-exports the macro and holds the runtime its
//! expansion names. `driver` shows the way of a text through the passes; each pass's folder opens with what lives there.

#![forbid(unsafe_code)]
#![cfg_attr(
    not(any(test, fuzzing)),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::unreachable)
)]

mod ast;
mod check;
mod diagnostic;
mod driver;
mod expand;
mod graph;
mod literal;
mod message;
mod nearest;
mod operators;
mod parse;
mod plan;
#[cfg(any(test, fuzzing))]
pub mod robust;
mod tidy;
#[cfg(test)]
mod time_limit;

/// Turns chains of `source -> stage -> sink` into a lazy, type-checked `Pipeline`.
///
/// ```text
/// let words = pipeline! {
///     #![queue = 64]
///     let lines = lines(file)? as text;
///     lines
///         -> map(|line| line.len())
///         -> queue(1024, low = 256) as room
///         -> map_async(16, async move |n| store.put(n).await)?
///         -> batch(500, 1.5s)
///         -> for_each_async(4, async move |rows| db.insert(rows).await)?
/// };
/// words.run().await?;
/// ```
///
/// # The language
///
/// * A name before `(` is an operator: see the module `operators` of the `aqueduct` crate. Sources, stages and sinks of your own
///   come in by `from(…)`, `via(…)` and `into(…)`.
/// * `let name = chain;` names a stream. It stands at the head of a later chain, once.
/// * `?` behind an operator says that its items are `Result`s: `Ok` flows on, the first `Err` fails the pipeline. Behind
///   `for_each`, `for_each_async` and `fold` it is the function's result that is tried.
/// * `as name` names a stage, or behind `queue` its link, in errors, graphs and snapshots.
/// * An argument is a Rust expression, or a whole literal with a unit: `ns us ms s m h` for times, `B KiB MiB GiB` for sizes.
/// * Closures capture as they do everywhere in Rust; one that begins with `async` may lend what it captures to its futures.
///
/// # Options
///
/// `#![option = value]` stands before the first chain.
///
/// | option | value | default |
/// |---|---|---|
/// | `queue` | capacity of the links that no `queue(…)` sets up | 256 |
/// | `name` | name of the pipeline | `"pipeline"` |
/// | `crate` | path of the `aqueduct` crate, where it has another name | `::aqueduct` |
#[cfg(not(fuzzing))]
#[proc_macro]
pub fn pipeline(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    driver::expand(input.into()).into()
}
