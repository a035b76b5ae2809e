//! What branches: blocks and their arms, and copies with names.

use proc_macro2::{Ident, Span};

use super::walk::{Branch, Position, Walk};
use super::{Argument, Copies, Invocation, Joint, LinkKind, Pattern, Patterns, Step, Var, call};
use crate::ast::{MatchArm, Value};
use crate::graph::{Block, BlockKind, LineId, NodeId};
use crate::operators::Kind;
use crate::tidy::tidy;

/// Copies that a `let` has named: their block is closed when all of them have been followed.
pub(super) struct Named {
    place: usize,
    at: Position,
    arms: Vec<Var>,
}

/// A block's place: among the stages, the local that keeps its stream, and where its open arms meet.
#[derive(Clone, Copy)]
struct Site {
    id: NodeId,
    place: usize,
    kept: Var,
    join: Option<NodeId>,
}

impl Walk {
    pub(super) fn block(&mut self, id: NodeId, block: Block, mut at: Position) -> Position {
        let Some(place) = self.places.get(&id).copied() else {
            return at;
        };
        let span = self.graph.node(id).map_or_else(Span::call_site, |node| node.span);
        let kept = Var { letter: 'b', number: place, span };
        let site = Site { id, place, kept, join: block.join };
        match block.kind {
            BlockKind::Match { moves, arms } => {
                self.enter(place, &mut at);
                self.matched(site, moves, arms, &block.arms, at)
            }
            BlockKind::Broadcast => {
                self.enter(place, &mut at);
                self.plan.steps.push(Step::Keep(kept));
                let arms = block.arms.iter().map(|arm| Begin { line: *arm, label: "copy".into(), case: None });
                let arms = arms.collect();
                self.arms("broadcast", site, arms, at)
            }
            BlockKind::Copies => {
                self.enter(place, &mut at);
                self.plan.steps.push(Step::Keep(kept));
                self.copies.insert(id, Named { place, at: at.clone(), arms: Vec::new() });
                at
            }
            BlockKind::Tap => {
                self.enter(place, &mut at);
                self.tap(site, &block.arms, at)
            }
            BlockKind::Parallel(count) => self.parallel(site, count, &block.arms, at),
        }
    }

    /// `match`: open arms without stages share a case, since what they give is one type.
    fn matched(
        &mut self,
        site: Site,
        moves: bool,
        patterns: Vec<MatchArm>,
        lines: &[LineId],
        at: Position,
    ) -> Position {
        let kept = site.kept;
        let cases = Var { letter: 'w', ..kept };
        let (mut arms, mut begins, mut bare) = (Vec::new(), Vec::new(), None);
        for (MatchArm { pattern, guard, value, end, .. }, line) in patterns.into_iter().zip(lines) {
            let label = tidy(&pattern, guard.as_ref());
            let is_bare = self.graph.lines.get(*line).is_some_and(|line| line.nodes.is_empty());
            let case = match bare.filter(|_| is_bare) {
                Some(case) => {
                    if let Some(Begin { label: shared, .. }) = begins.get_mut(case) {
                        *shared = format!("{shared} | {label}");
                    }
                    case
                }
                None => {
                    begins.push(Begin { line: *line, label, case: Some(cases) });
                    begins.len() - 1
                }
            };
            bare = bare.or(is_bare.then_some(case));
            arms.push(Pattern { pattern, guard, value, end, case });
        }
        let patterns = Patterns { moves, word: kept.span, arms, cases: begins.len() };
        self.plan.steps.push(Step::Cases { block: kept, patterns });
        self.arms("route", site, begins, at)
    }

    /// The arms of a block that run, or begin, in the task above it; then the block.
    fn arms(
        &mut self,
        function: &'static str,
        Site { id, place, kept, join }: Site,
        begins: Vec<Begin>,
        mut at: Position,
    ) -> Position {
        at.has_arms = true;
        let fan_in = join.and_then(|join| self.places.get(&join).copied());
        let (gives, list) = (Var { letter: 'g', ..kept }, Var { letter: 'j', ..kept });
        let (mut arms, mut tails, mut inputs) = (Vec::new(), Vec::new(), 0);
        for Begin { line, label, case } in begins {
            self.plan.steps.push(case.map_or(Step::Copy { block: kept }, |cases| Step::Case { cases }));
            let begin = Position {
                stage: Some(place),
                task: at.task,
                branch: Some(Branch::Inline),
                arm: Some(label),
                meets: true,
                ..Position::default()
            };
            let span = self.graph.lines.get(line).and_then(|line| line.span).unwrap_or(kept.span);
            let mut end = self.line(line, begin);
            let arm = Var { letter: 'a', number: self.new_arm(), span };
            if !end.closed {
                if let Some(fan_in) = fan_in {
                    self.link_to(Some(fan_in), &mut end, span);
                    self.plan.steps.push(Step::Input { list, first: inputs == 0, zip: false, span });
                    inputs += 1;
                } else {
                    self.plan.steps.push(Step::Open { arm, gives, first: tails.is_empty() });
                    let label = end.arm.take();
                    match (end.tails.is_empty(), end.stage) {
                        (true, Some(stage)) => tails.push((stage, label)),
                        _ => tails.append(&mut end.tails),
                    }
                }
            }
            // What is below a cut in the arm is of another part.
            self.turn_to(id);
            if let Some(chain) = end.arm_chain {
                self.plan.steps.push(Step::Closed { arm, chain });
            }
            arms.push(arm);
        }
        let open = !tails.is_empty();
        let joint = Joint { function, block: kept, arms, gives: open.then_some(gives), stage: place };
        self.plan.steps.push(Step::Block(joint));
        if open {
            return Position { tails, ..at };
        }
        self.nowhere(place, kept.span, &mut at);
        join.into_iter().for_each(|join| self.turn_to(join));
        self.joined(fan_in.filter(|_| inputs > 0), list, at)
    }

    /// The task ends in the block.
    fn nowhere(&mut self, place: usize, span: Span, at: &mut Position) {
        let chain = Var { letter: 'k', number: place, span };
        self.plan.steps.push(Step::Nowhere { stage: place, chain });
        self.chain_ended(chain, at);
    }

    /// Behind a block that is not left in its own task: the fan-in of its open arms, or nothing where none has come to its end.
    fn joined(&mut self, fan_in: Option<usize>, list: Var, mut at: Position) -> Position {
        let Some(place) = fan_in else {
            return Position { closed: true, ..at };
        };
        at.task = self.task();
        if let Some(stage) = self.plan.stages.get_mut(place) {
            stage.task = at.task;
        }
        let name = Ident::new("merge", list.span);
        let arguments = vec![Argument::Inputs(list)];
        let (flavour, types, kind, asks) = (String::new(), None, Kind::FanIn, None);
        self.plan.steps.push(Step::Operator(Invocation { name, flavour, types, kind, asks, arguments, place }));
        Position { stage: Some(place), has_arms: false, tails: Vec::new(), behind: None, ..at }
    }

    /// `tap`: its arm begins with a link that loses what finds it full.
    fn tap(&mut self, Site { id, place, kept, .. }: Site, arms: &[LineId], mut at: Position) -> Position {
        at.has_arms = true;
        self.plan.steps.push(Step::Keep(kept));
        for line in arms {
            self.plan.steps.push(Step::Copy { block: kept });
            let mut begin = Position {
                stage: Some(place),
                task: at.task,
                branch: Some(Branch::Inline),
                arm: Some("tap".into()),
                link: LinkKind::Tap,
                ..Position::default()
            };
            let first = self.graph.lines.get(*line).and_then(|line| line.nodes.first().copied());
            // One that is refused there is none.
            let begins =
                first.filter(|first| !self.broken.contains_key(first)).and_then(|first| self.graph.node(first));
            if !begins.is_some_and(|node| node.is(Kind::Link)) {
                let to = first.and_then(|first| self.places.get(&first).copied());
                self.link_to(to, &mut begin, kept.span);
            }
            let end = self.line(*line, begin);
            self.turn_to(id);
            let arms = end.arm_chain.into_iter().collect();
            self.plan.steps.push(Step::Block(Joint { function: "tap", block: kept, arms, gives: None, stage: place }));
        }
        at
    }

    /// `parallel`: a link that the copies share, their arm once, and the fan-in of what comes out of it.
    fn parallel(
        &mut self,
        Site { place, kept, join, .. }: Site,
        count: Value,
        arms: &[LineId],
        mut at: Position,
    ) -> Position {
        at.link = LinkKind::Shared;
        self.link_to(Some(place), &mut at, kept.span);
        at.link = LinkKind::Ring;
        self.enter(place, &mut at);
        let fan_in = join.and_then(|join| self.places.get(&join).copied());
        let list = Var { letter: 'j', ..kept };
        let first_task = at.task;
        let outer_steps = std::mem::take(&mut self.plan.steps);
        let outer_chains = std::mem::take(&mut self.chains);
        let mut outer_outs = std::mem::take(&mut self.outs);
        let begin = Position {
            stage: Some(place),
            task: at.task,
            arm: Some("each".into()),
            meets: true,
            ..Position::default()
        };
        let mut inputs = None;
        for line in arms {
            let mut end = self.line(*line, begin.clone());
            if !end.closed
                && let Some(fan_in) = fan_in
            {
                self.link_to(Some(fan_in), &mut end, kept.span);
                inputs = Some(list);
            }
        }
        let stages = (place, self.arm_ends.get(&place).copied().unwrap_or(place + 1));
        let steps = std::mem::replace(&mut self.plan.steps, outer_steps);
        let chains = std::mem::replace(&mut self.chains, outer_chains);
        let outs = std::mem::take(&mut self.outs);
        outer_outs.extend(outs.iter().copied());
        self.outs = outer_outs;
        let tasks = (first_task, self.plan.tasks);
        let count = call::argument(count);
        self.plan.steps.push(Step::Parallel(Copies {
            block: kept,
            count,
            stage: place,
            stages,
            tasks,
            steps,
            chains,
            outs,
            inputs,
        }));
        self.task_ends(Var { letter: 'p', ..kept });
        self.joined(fan_in.filter(|_| inputs.is_some()), list, at)
    }

    fn new_arm(&mut self) -> usize {
        self.arm_count += 1;
        self.arm_count - 1
    }

    // Copies with names.

    /// A line begins with one of the copies.
    pub(super) fn copy(&mut self, block: NodeId, at: Position) -> Position {
        let Some(Named { place, .. }) = self.copies.get(&block) else { return at };
        let place = *place;
        let span = self.graph.node(block).map_or_else(Span::call_site, |node| node.span);
        self.plan.steps.push(Step::Copy { block: Var { letter: 'b', number: place, span } });
        Position {
            stage: Some(place),
            task: at.task,
            branch: Some(Branch::Copy(block)),
            arm: Some("copy".into()),
            ..Position::default()
        }
    }

    /// One of the copies has ended in a chain.
    pub(super) fn copy_ended(&mut self, block: NodeId, chain: Var) {
        let arm = Var { letter: 'a', number: self.new_arm(), span: chain.span };
        self.plan.steps.push(Step::Closed { arm, chain });
        if let Some(named) = self.copies.get_mut(&block) {
            named.arms.push(arm);
        }
    }

    /// All lines have been followed: the blocks of named copies are closed, those further down first.
    pub(super) fn close_copies(&mut self) {
        let mut blocks: Vec<_> = self.copies.keys().copied().collect();
        blocks.sort_unstable();
        for block in blocks.into_iter().rev() {
            let Some(Named { place, mut at, arms }) = self.copies.remove(&block) else { continue };
            let span = self.graph.node(block).map_or_else(Span::call_site, |node| node.span);
            let kept = Var { letter: 'b', number: place, span };
            self.turn_to(block);
            let joint = Joint { function: "broadcast", block: kept, arms, gives: None, stage: place };
            self.plan.steps.push(Step::Block(joint));
            self.nowhere(place, span, &mut at);
        }
    }
}

/// Where an arm begins.
struct Begin {
    line: LineId,
    label: String,
    /// The cases of a `match`; none: the arm takes copies.
    case: Option<Var>,
}
