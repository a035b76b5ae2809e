//! Segments: plans inside plans, and plans with open ends.

use std::sync::Arc;

use super::{Plan, Planned, PlannedLink, Role, Stand};
use crate::Name;
use crate::connectors::{Inlet, entrance};
use crate::graph::{GraphEdge, GraphStage};
use crate::link::state::LinkState;
use crate::link::{AnyReceiver, Receiver, Sender, SharedReceiver, ring};
use crate::stage::cells::{StageCell, TaskCell};
use crate::stage::task::SendTasks;

impl<'p> Plan<'p> {
    /// Takes over the tasks of a segment.
    pub(crate) fn take_tasks(&mut self, tasks: impl SendTasks<'p>) {
        tasks.box_all(&mut self.boxed);
    }

    /// The task that nobody drives: whoever reads the segment's end will.
    pub(crate) fn tail(&self) -> usize {
        let driven = |cells: &Vec<Arc<TaskCell>>| {
            cells.iter().any(|cell| self.boxed.iter().any(|task| Arc::ptr_eq(task.cell(), cell)))
        };
        let mut open = self.tasks.iter().enumerate().filter(|(_, cells)| !driven(cells)).map(|(task, _)| task);
        let tail = open.next();
        debug_assert!(tail.is_some() && open.next().is_none(), "all tasks of a segment but its last are given with it");
        tail.unwrap_or_default()
    }

    pub(crate) fn tasks(&self) -> usize {
        self.tasks.len()
    }

    pub(crate) fn task(&self, task: usize) -> Arc<TaskCell> {
        Arc::clone(&self.tasks[task][0])
    }

    /// The stages of the text into which, and out of which, no edge leads: those at the open ends.
    fn open_ends(&self) -> (Vec<usize>, Vec<usize>) {
        let own = || self.stages[..self.own].iter().enumerate();
        let first = own().filter(|(index, stage)| {
            stage.shown.role != Role::Source && self.edges.iter().all(|edge| edge.to != *index)
        });
        let last = own().filter(|(index, stage)| {
            stage.shown.role != Role::Sink && self.edges.iter().all(|edge| edge.from != *index)
        });
        (first.map(|(index, _)| index).collect(), last.map(|(index, _)| index).collect())
    }

    /// `inner`, the plan of the segment that is stage `host` of this one, becomes part of it. Its task `joined` is the stage's own.
    pub(super) fn absorb(&mut self, host: usize, inner: Plan<'p>, joined: usize) {
        let outer = self.name_of(host);
        let within = |name: &Name| Name::from(format!("{outer}/{name}"));
        let (first, last) = inner.open_ends();
        let first = first.into_iter().map(|stage| GraphEdge::plain(outer.clone(), within(&inner.name_of(stage))));
        let last = last.into_iter().map(|stage| GraphEdge::plain(within(&inner.name_of(stage)), outer.clone()));
        let fused =
            inner.fused.iter().map(|edge| GraphEdge { from: within(&edge.from), to: within(&edge.to), ..edge.clone() });
        if !self.copying {
            self.fused.extend(first.chain(fused).chain(last));
        }

        let task = self.stages[host].shown.task;
        let mut numbers = Vec::with_capacity(inner.tasks.len());
        for (number, cells) in inner.tasks.into_iter().enumerate() {
            if number == joined {
                self.tasks[task].extend(cells);
                numbers.push(task);
            } else {
                numbers.push(self.tasks.len());
                self.tasks.push(cells);
                self.outer_tasks.push(self.outer_tasks[task]);
            }
        }
        // Where each stage has come to stand.
        let mut stood: Vec<usize> = Vec::with_capacity(inner.stages.len());
        for Planned { cell, copies, mut shown, place } in inner.stages {
            shown.name = within(&shown.name);
            shown.task = numbers[shown.task];
            shown.part = self.stages[host].shown.part.clone();
            // In the arm of a `parallel` the copies are one stage (F5).
            let first = self.stages.iter().position(|first| self.copying && first.shown.name == shown.name);
            if let Some(first) = first {
                self.stages[first].copies.extend(copies.into_iter().chain([cell]));
                stood.push(first);
                continue;
            }
            let host = if let Stand::Within(stage) = place { stood[stage] } else { host };
            stood.push(self.stages.len());
            self.stages.push(Planned { cell, copies, shown, place: Stand::Within(host) });
        }
        for PlannedLink { link, mut shown, copied, tasks } in inner.links {
            let unnamed = *shown.name == *format!("{}->{}", shown.from, shown.to);
            // The link at an open end leads to whoever uses the segment.
            let open = shown.from == shown.to;
            shown.from = within(&shown.from);
            shown.to = if open { outer.clone() } else { within(&shown.to) };
            shown.name = if unnamed { format!("{}->{}", shown.from, shown.to).into() } else { within(&shown.name) };
            self.links.push(PlannedLink { link, shown, copied: copied || self.copying, tasks });
        }
        // The task that both have is counted in both.
        self.hold(inner.bound.map(|bound| bound.saturating_sub(1)));
        self.boxed.extend(inner.boxed);
    }

    /// The program itself puts the items in: a link for it, from a new stage `inlet`.
    pub(crate) fn open_inlet<T, Tok>(&mut self) -> (Inlet<T>, AnyReceiver<T, Tok>) {
        let first = self.open_ends().0.first().map_or_else(|| Name::from("outlet"), |stage| self.name_of(*stage));
        let stage = self.add_end("inlet", Role::Source, Stand::First);
        let (inlet, link) = entrance(self.queue);
        let from = stage.name().clone();
        self.add_link(link.state(), format!("{from}->{first}").into(), from, first, "items");
        self.links.rotate_right(1);
        (inlet, AnyReceiver::inlet(SharedReceiver::new(link), stage))
    }

    /// The program itself takes the items out: a link for it, to a new stage `outlet`.
    pub(crate) fn open_outlet<T>(&mut self) -> (Arc<StageCell>, Sender<T>, Receiver<T>) {
        let open = self.links.iter().position(|planned| planned.shown.from == planned.shown.to);
        let last = self.open_ends().1.last().map(|stage| self.name_of(*stage));
        let last = last.or_else(|| open.map(|open| self.links[open].shown.from.clone()));
        let last = last.unwrap_or_else(|| Name::from("inlet"));
        let stage = self.add_end("outlet", Role::Sink, Stand::Here);
        let to = stage.name().clone();
        if let Some(open) = open {
            self.links[open].shown.to = to.clone();
        }
        let name = Name::from(format!("{last}->{to}"));
        let link = Arc::new(LinkState::new(self.queue, self.queue / 2).labelled(name.clone()));
        self.add_link(&link, name, last, to, "items");
        let (sender, receiver) = ring(link);
        (stage, sender, receiver)
    }

    /// A stage that the program itself is: no task of the pipeline drives it, so it has no item in hand.
    fn add_end(&mut self, word: &'static str, role: Role, place: Stand) -> Arc<StageCell> {
        let taken = |name: &str| self.stages.iter().any(|stage| stage.shown.name == *name);
        let numbered = || (1..).map(|number| format!("{word}_{number}")).find(|name| !taken(name));
        let name = if taken(word) { numbered().unwrap_or_default() } else { word.to_owned() };
        let name = Name::from(name);
        let task = self.tasks.len();
        self.tasks.push(vec![Arc::default()]);
        self.outer_tasks.push(task);
        let cell = Arc::new(StageCell::new(name.clone(), self.task(task)));
        // It stands at the open end of the text.
        let own = &self.stages[..self.own];
        let stage = if role == Role::Source { own.first() } else { own.last() };
        let location = stage.map_or(self.location, |stage| stage.shown.location);
        let shown = GraphStage { name, operator: word, role, task, location, detail: String::new(), part: None };
        self.stages.push(Planned { cell: Arc::clone(&cell), copies: Vec::new(), shown, place });
        cell
    }
}

/// The stages in the order of the text: those of a segment behind the stage that it is.
pub(super) fn in_order(stages: Vec<Planned>) -> Vec<Planned> {
    if stages.iter().all(|stage| matches!(stage.place, Stand::Here)) {
        return stages;
    }
    let mut paths: Vec<Vec<usize>> = Vec::with_capacity(stages.len());
    for (index, stage) in stages.iter().enumerate() {
        paths.push(match stage.place {
            Stand::Here => vec![index],
            Stand::First => Vec::new(),
            // What it stands in was there before it.
            Stand::Within(host) => paths[host].iter().copied().chain([index]).collect(),
        });
    }
    let mut ordered: Vec<_> = paths.into_iter().zip(stages).collect();
    ordered.sort_by(|(a, _), (b, _)| a.cmp(b));
    ordered.into_iter().map(|(_, stage)| stage).collect()
}
