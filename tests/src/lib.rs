//! What the black-box tests share.

pub mod ends;
pub mod flow;
pub mod pieces;
pub mod watched;
