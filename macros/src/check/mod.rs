//! The rules of the language, one file a group, one function a rule.
//!
//! Rules ask the operators' descriptors, never their names. Each keeps silent about what is unknown or already reported.
//! Read `operators.rs` and `places.rs` first.

mod arguments;
mod blocks;
mod copies;
mod links;
mod names;
mod operators;
mod places;
mod roles;
mod settings;
mod streams;
mod values;
mod waits;

use crate::diagnostic::Errors;
use crate::graph::Graph;

/// Runs every rule.
pub(crate) fn check(graph: &Graph, errors: &mut Errors) {
    settings::known(graph, errors);
    settings::values(graph, errors);
    settings::of_the_whole(graph, errors);
    operators::known(graph, errors);
    operators::called(graph, errors);
    operators::tried(graph, errors);
    operators::types(graph, errors);
    arguments::counted(graph, errors);
    arguments::named(graph, errors);
    arguments::choices(graph, errors);
    arguments::synchronous(graph, errors);
    values::literals(graph, errors);
    values::zero(graph, errors);
    values::times(graph, errors);
    blocks::arms(graph, errors);
    blocks::taps(graph, errors);
    places::beginnings(graph, errors);
    places::middles(graph, errors);
    places::sinks(graph, errors);
    places::ends(graph, errors);
    places::open_ends(graph, errors);
    places::one_of_each_open_end(graph, errors);
    links::in_a_row(graph, errors);
    links::at_open_ends(graph, errors);
    links::in_arms(graph, errors);
    links::low_below_capacity(graph, errors);
    links::low_with_policy(graph, errors);
    roles::named(graph, errors);
    roles::kept_elsewhere(graph, errors);
    roles::apart(graph, errors);
    roles::chosen(graph, errors);
    streams::lets(graph, errors);
    streams::uses(graph, errors);
    names::unique(graph, errors);
    blocks::copies(graph, errors);
    blocks::inputs(graph, errors);
    copies::meet(graph, errors);
}
