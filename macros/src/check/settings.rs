//! `#![name = value]`.

use crate::diagnostic::Errors;
use crate::graph::Graph;
use crate::literal::{Reading, read};
use crate::message;
use crate::nearest::nearest;
use crate::plan::settings::{CRATE, QUEUE, SETTINGS};

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

/// A link's capacity is not zero; a crate is a path.
pub(super) fn values(graph: &Graph, errors: &mut Errors) {
    for setting in &graph.settings {
        let span = setting.value.span;
        match read(&setting.value.tokens) {
            Reading::Wrong(message) => errors.push(span, message),
            reading if setting.name == QUEUE && reading.is_zero() => errors.push(span, message::zero_queue_setting()),
            _ if setting.name == CRATE && !setting.is_path() => errors.push(span, message::crate_not_a_path()),
            _ => {}
        }
    }
}
