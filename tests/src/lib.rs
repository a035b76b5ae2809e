//! What the black-box tests share.

pub mod connectors;
pub mod drawings;
pub mod ends;
pub mod environment;
pub mod files;
pub mod flow;
pub mod pieces;
pub mod segments;
#[cfg(unix)]
pub mod terminal;
pub mod watched;
