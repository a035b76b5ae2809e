//! `#![name = value]`.

use crate::diagnostic::Errors;
use crate::graph::{Graph, What};
use crate::literal::{Reading, read};
use crate::message;
use crate::nearest::nearest;
use crate::plan::settings::{CRATE, QUEUE, SETTINGS, STALL};

/// Options are known and given once.
pub(super) fn known(graph: &Graph, errors: &mut Errors) {
    for (n, setting) in graph.settings.iter().enumerate() {
        let name = setting.name.to_string();
        if !SETTINGS.contains(&name.as_str()) {
            errors.push(setting.name.span(), message::unknown_setting(&name, nearest(&name, SETTINGS.iter().copied())));
        } else if graph.settings.iter().take(n).any(|other| other.name == setting.name) {
            errors.push(setting.name.span(), message::setting_twice(&name));
        }
    }
}

/// A link's capacity is not zero, nor is a time; a crate is a path.
pub(super) fn values(graph: &Graph, errors: &mut Errors) {
    for setting in &graph.settings {
        let span = setting.value.span;
        match read(&setting.value.tokens) {
            Reading::Wrong(message) => errors.push(span, message),
            reading if setting.name == QUEUE && reading.is_zero() => errors.push(span, message::zero_queue_setting()),
            Reading::Number(_) | Reading::Bytes(_) if setting.name == STALL => {
                errors.push(span, message::stall_not_a_time(&setting.value.tokens.to_string()));
            }
            reading if setting.name == STALL && reading.is_zero() => errors.push(span, message::zero_stall_setting()),
            _ if setting.name == CRATE && !setting.is_path() => errors.push(span, message::crate_not_a_path()),
            _ => {}
        }
    }
}

/// A part of a pipeline is not watched by itself.
pub(super) fn of_the_whole(graph: &Graph, errors: &mut Errors) {
    let open = graph.nodes.iter().any(|node| matches!(node.what, What::Start(_) | What::End { in_arm: false }));
    for setting in graph.settings.iter().filter(|setting| open && setting.name == STALL) {
        errors.push(setting.name.span(), message::stall_in_a_segment());
    }
}
