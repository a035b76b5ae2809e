//! Copies that meet again (F6): refused where the tasks can come to wait for each other, and nothing else can help them.
//!
//! `waits.rs` says who can wait for whom. Copies that have gone apart meet where a fan-in waits for one of its inputs (any but a `merge`), directly or
//! by way of other blocks, fan-ins and copies.

use super::waits::{EdgeId, Lead, State, Unknown, Waits};
use crate::diagnostic::Errors;
use crate::graph::{BlockKind, Graph, NodeId, What};
use crate::message;
use crate::operators::FanIn;

/// One error for each fan-in in which copies can stick.
pub(super) fn meet(graph: &Graph, errors: &mut Errors) {
    if !graph
        .nodes
        .iter()
        .any(|node| matches!(&node.what, What::Block(block) if matches!(block.kind, BlockKind::Copies)))
    {
        return;
    }
    let silent = graph.nodes.iter().enumerate().map(|(id, node)| node.is_unknown() || errors.blames(id)).collect();
    let mut waits = Waits::new(graph, silent);
    let fan_ins: Vec<_> = downwards(graph).into_iter().filter(|node| waits.waiting(*node).is_some()).collect();
    // Copies of one stream first: the simple case has the better words. Then circles of several.
    for several in [false, true] {
        for fan_in in &fan_ins {
            let found = if several { circles(&waits, *fan_in) } else { meetings(&waits, *fan_in) };
            if !found.is_empty() {
                waits.silence(*fan_in);
                report(graph, &waits, *fan_in, &found, several, errors);
            }
        }
    }
}

/// The nodes, each after those whose items it gets.
fn downwards(graph: &Graph) -> Vec<NodeId> {
    let mut missing = vec![0_usize; graph.nodes.len()];
    let mut below = vec![Vec::new(); graph.nodes.len()];
    for edge in &graph.edges {
        if let (Some(missing), Some(below)) = (missing.get_mut(edge.to), below.get_mut(edge.from)) {
            *missing += 1;
            below.push(edge.to);
        }
    }
    let mut sorted: Vec<NodeId> =
        missing.iter().enumerate().filter(|(_, missing)| **missing == 0).map(|(id, _)| id).collect();
    let mut next = 0;
    while let Some(id) = sorted.get(next).copied() {
        next += 1;
        for to in below.get(id).into_iter().flatten() {
            if let Some(missing) = missing.get_mut(*to) {
                *missing -= 1;
                if *missing == 0 {
                    sorted.push(*to);
                }
            }
        }
    }
    sorted
}

/// An input that can be held for ever, and the lead of the circle.
struct Stuck {
    held: EdgeId,
    lead: Lead,
}

/// Where `fan_in` waits for one copy while it holds another.
fn meetings(waits: &Waits<'_>, fan_in: NodeId) -> Vec<Stuck> {
    let mut found = Vec::new();
    if waits.is_silent(fan_in) {
        return found;
    }
    for starved in waits.inputs(fan_in) {
        let leads = waits.leads(State::Starved(*starved), false);
        for held in waits.inputs(fan_in).iter().copied().filter(|held| held != starved) {
            if let Some(lead) = Waits::lead(&leads, State::Held(held))
                && let Some(turn) = waits.turn(fan_in, *starved, held)
            {
                found.push(Stuck { held, lead: lead.and(turn) });
            }
        }
    }
    found.retain(|stuck| stuck.lead.sticks());
    found
}

/// Where the wait for one of its inputs comes round by way of other fan-ins.
fn circles(waits: &Waits<'_>, fan_in: NodeId) -> Vec<Stuck> {
    if waits.is_silent(fan_in) {
        return Vec::new();
    }
    let all = waits.inputs(fan_in).iter().filter_map(|held| {
        let leads = waits.leads(State::Held(*held), true);
        Some(Stuck { held: *held, lead: Waits::lead(&leads, State::Held(*held))? })
    });
    all.filter(|stuck| stuck.lead.sticks()).collect()
}

fn report(graph: &Graph, waits: &Waits<'_>, fan_in: NodeId, found: &[Stuck], several: bool, errors: &mut Errors) {
    let Some((node, what)) = graph.node(fan_in).and_then(|node| Some((node, waits.waiting(fan_in)?))) else { return };
    // Where anything is unknown, a mark is no cure.
    let unknown = found.iter().find_map(|stuck| stuck.lead.unknown);
    let at_fault = found.iter().filter(|stuck| unknown.is_none() || stuck.lead.unknown.is_some());
    let inputs: Vec<_> = waits.inputs(fan_in).to_vec();
    let names = name_inputs(graph, fan_in);
    let mut held: Vec<_> =
        at_fault.clone().filter_map(|stuck| inputs.iter().position(|input| *input == stuck.held)).collect();
    held.sort_unstable();
    held.dedup();
    let held: Vec<_> = held.into_iter().filter_map(|place| names.get(place)).map(String::as_str).collect();
    let word = |node: NodeId| graph.node(node).map_or("", |node| node.word.as_str());
    let meet = message::copies_meet(&node.word, several);
    let text = match unknown {
        _ if what == FanIn::Order => message::copies_in_order(&node.word, &held),
        Some(Unknown::Node(why)) => message::copies_unknown(&meet, &held, word(why)),
        Some(Unknown::Value(why)) => message::copies_by_value(&meet, &held, word(why)),
        None => {
            let items = at_fault.map(|stuck| stuck.lead.items).max().unwrap_or(0);
            message::copies_ahead(&meet, &held, items.max(1))
        }
    };
    errors.push(node.span, text);
}

/// What stands at the head of each input.
fn name_inputs(graph: &Graph, fan_in: NodeId) -> Vec<String> {
    let Some(What::Call(call)) = graph.node(fan_in).map(|node| &node.what) else { return Vec::new() };
    call.inputs.iter().map(|line| graph.lines.get(*line).map_or(String::new(), |line| line.word.clone())).collect()
}
