//! What the black-box tests share.

pub mod drawings;
pub mod ends;
pub mod flow;
pub mod pieces;
pub mod segments;
pub mod watched;
