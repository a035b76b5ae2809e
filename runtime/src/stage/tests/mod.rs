//! The proofs of what stages are built on: `alarm` sets timers, `figures` spends times and adds up copies, `pace` finds how long runs may be, `fused` reads the end of a segment;
//! `in_flight` plays random moves on one thread, and so does `fan_in` with the heads of fan-ins; `loom` and `run` try every interleaving of
//! those who wake futures in flight, and of tasks that are held, begin and end. `remains` is of what tasks leave behind.

#[cfg(not(loom))]
mod alarm;
#[cfg(not(loom))]
mod fan_in;
#[cfg(not(loom))]
mod figures;
#[cfg(not(loom))]
mod fused;
#[cfg(not(loom))]
mod in_flight;
#[cfg(loom)]
mod loom;
#[cfg(not(loom))]
mod pace;
#[cfg(all(not(loom), feature = "remote"))]
mod remains;
#[cfg(loom)]
mod run;
