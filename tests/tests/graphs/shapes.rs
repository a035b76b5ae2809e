//! The shapes as text, compiled. The files beside this one are written by the generator.

use std::fmt::Write as _;

use super::kit::Make;
use super::render;
use super::tree::Shape;

/// A list of shapes, each a name and a pipeline over the kit `$k`.
macro_rules! shapes {
    ($k:ident; $($name:literal => { $($text:tt)* })*) => {
        /// The shapes of this file.
        pub const SHAPES: &[(&str, $crate::kit::Make)] =
            &[$(($name, |$k| $k.ready(aqueduct::pipeline! { $($text)* }.boxed()))),*];
    };
}

mod part_1;
mod part_10;
mod part_2;
mod part_3;
mod part_4;
mod part_5;
mod part_6;
mod part_7;
mod part_8;
mod part_9;

/// How many shapes there are in a file.
const EACH: usize = 30;

/// All shapes, in the generator's order.
pub fn makes() -> Vec<(&'static str, Make)> {
    let parts = [
        part_1::SHAPES,
        part_2::SHAPES,
        part_3::SHAPES,
        part_4::SHAPES,
        part_5::SHAPES,
        part_6::SHAPES,
        part_7::SHAPES,
        part_8::SHAPES,
        part_9::SHAPES,
        part_10::SHAPES,
    ];
    parts.concat()
}

/// The files' names and texts.
pub fn files(shapes: &[Shape]) -> Vec<(String, String)> {
    let file = |(index, shapes): (usize, &[Shape])| {
        let mut text =
            "//! Made by `generate.rs`: run the test with AQUEDUCT_SHAPES=write to make it anew.\n\n".to_owned();
        text += "shapes! {\n    k;\n";
        for shape in shapes {
            let _ = write!(text, "    {:?} => {{\n{}    }}\n", shape.name, render::text(shape, 8));
        }
        (format!("part_{}.rs", index + 1), text + "}\n")
    };
    shapes.chunks(EACH).enumerate().map(file).collect()
}
