//! The examples that bring much with them: a database, an HTTP server. They are a package of their own, so that the others are built
//! without it. Here is what surrounds them: the clients of `service`.
//!
//! The applications themselves are in `src/bin`, one topic a file: read those.

pub mod clients;
