//! Roles: the parts of a pipeline, of which a process may run one, and what is known of the others.

use std::collections::BTreeSet;

use super::Plan;
use crate::graph::{GraphLink, GraphRemote};
use crate::{Name, PipelineError};

#[cfg(feature = "remote")]
use super::Edge;
#[cfg(feature = "remote")]
use crate::link::state::LinkState;

/// The parts of a plan.
#[derive(Default)]
pub(super) struct Roles {
    names: &'static [&'static str],
    runs: Runs,
    /// The tasks of the parts that are not built here.
    elsewhere: BTreeSet<usize>,
}

/// Which parts of a pipeline are built and run in this process.
#[derive(Default)]
enum Runs {
    #[default]
    All,
    One(usize),
    /// None: there is no such role, as the words say.
    Unknown(String),
}

/// What `#![role = …]` takes: a role, or none, which runs all parts here.
#[diagnostic::on_unimplemented(
    message = "a role is chosen by its name, an `Option<&str>` or an `Option<String>`, and not by `{Self}`",
    label = "this names no role",
    note = "`None` runs all parts in this process, `Some(\"work\")` the one of that name"
)]
pub trait Role {
    /// Its name.
    fn name(self) -> Option<String>;
}

impl<R: Into<String>> Role for Option<R> {
    fn name(self) -> Option<String> {
        self.map(Into::into)
    }
}

impl Role for &str {
    fn name(self) -> Option<String> {
        Some(self.to_owned())
    }
}

impl Role for String {
    fn name(self) -> Option<String> {
        Some(self)
    }
}

impl Runs {
    fn chosen(role: Option<String>, names: &[&str]) -> Self {
        let Some(role) = role else { return Self::All };
        names.iter().position(|name| *name == role).map_or_else(
            || {
                let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
                Self::Unknown(format!(
                    "there is no role `{role}` in this pipeline: its roles are {names}; none runs all of them here"
                ))
            },
            Self::One,
        )
    }
}

impl Roles {
    pub(super) fn names(&self) -> impl Iterator<Item = Name> {
        self.names.iter().map(|name| Name::from(*name))
    }

    /// Whether that part is run here.
    fn runs(&self, part: usize) -> bool {
        match self.runs {
            Runs::All => true,
            Runs::One(chosen) => chosen == part,
            Runs::Unknown(_) => false,
        }
    }

    pub(super) fn tasks_elsewhere(&self) -> impl Iterator<Item = usize> {
        self.elsewhere.iter().copied()
    }

    /// Why nothing is run, if there is no such role.
    pub(super) fn failure(self, pipeline: &Name) -> Option<PipelineError> {
        if let Runs::Unknown(why) = self.runs { Some(PipelineError::failed(pipeline, why.into())) } else { None }
    }
}

impl Plan<'_> {
    /// The option `role`: of the parts with these names, the one that is run here; all, if no role is given. `parts` says to which each stage
    /// belongs.
    pub fn roles(&mut self, role: impl Role, names: &'static [&'static str], parts: &'static [usize]) {
        let mut roles = Roles { names, runs: Runs::chosen(role.name(), names), elsewhere: BTreeSet::new() };
        for (stage, part) in self.stages.iter_mut().zip(parts) {
            stage.shown.part = Some(names[*part].into());
            if !roles.runs(*part) {
                roles.elsewhere.insert(stage.shown.task);
            }
        }
        // Each task has an item in hand, where it is.
        self.bound = self.bound.map(|bound| bound.saturating_sub(roles.elsewhere.len()));
        self.roles = roles;
    }

    /// Whether that part is run here.
    #[must_use]
    pub fn runs(&self, part: usize) -> bool {
        self.roles.runs(part)
    }

    /// The links both of whose ends run in other processes, as far as the text tells of them.
    pub(super) fn links_elsewhere(&self) -> Vec<GraphLink> {
        let is_elsewhere = |stage: usize| self.roles.elsewhere.contains(&self.stages[stage].shown.task);
        let edges = self.edges.iter().filter(|edge| is_elsewhere(edge.from) && is_elsewhere(edge.to));
        let links = edges.filter_map(|edge| {
            let role = self.role_below(edge.from, edge.to);
            Some(GraphLink {
                name: edge.link?.into(),
                from: self.name_of(edge.from),
                to: self.name_of(edge.to),
                capacity: 0,
                low: 0,
                unit: "items",
                overflow: "block",
                arm: edge.arm.map(Name::from),
                remote: role.map(|role| Box::new(GraphRemote { queue: None, role: Some(role) })),
            })
        });
        links.collect()
    }

    /// The role that begins between two stages.
    fn role_below(&self, above: usize, below: usize) -> Option<Name> {
        let part = |stage: usize| self.stages[stage].shown.part.as_ref();
        part(below).filter(|below| part(above) != Some(*below)).cloned()
    }
}

#[cfg(feature = "remote")]
impl Edge<'_, '_> {
    /// Makes the link that a broker keeps as `queue`: its items are not in this process.
    ///
    /// # Panics
    /// When the capacity is 0, or `low` is not below it.
    #[track_caller]
    pub(crate) fn make_remote(&mut self, capacity: usize, low: usize, queue: &str) -> std::sync::Arc<LinkState> {
        let link = self.link(capacity, Some(low), "items");
        let role = self.plan.role_below(self.spec().from, self.spec().to);
        if let Some(planned) = self.plan.links.last_mut() {
            planned.shown.remote = Some(Box::new(GraphRemote { queue: Some(queue.into()), role }));
        }
        link
    }

    /// Whether the other parts of the pipeline run elsewhere.
    pub(crate) fn runs_one_part(&self) -> bool {
        matches!(self.plan.roles.runs, Runs::One(_))
    }
}
