//! The proofs of what stages are built on: `in_flight` plays random moves on one thread; `loom` and `run` try every interleaving of
//! those who wake futures in flight, and of tasks that end.

#[cfg(not(loom))]
mod in_flight;
#[cfg(loom)]
mod loom;
#[cfg(loom)]
mod run;
