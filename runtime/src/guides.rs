//! Longer texts: how to do a thing from its beginning to its end.

#[doc = include_str!("../guides/slow.md")]
pub mod slow {}

#[doc = include_str!("../guides/acks.md")]
pub mod acks {}

#[cfg(feature = "remote")]
#[cfg_attr(docsrs, doc(cfg(feature = "remote")))]
#[doc = include_str!("../guides/machines.md")]
pub mod machines {}
