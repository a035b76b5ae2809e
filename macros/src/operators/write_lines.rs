//! `write_lines`: writes each item as a line.

use super::descriptor::{Descriptor, value};

pub(super) const WRITE_LINES: Descriptor =
    Descriptor::sink("write_lines", &[value("writer").asks("writer")], "writes each item as a line").task();
