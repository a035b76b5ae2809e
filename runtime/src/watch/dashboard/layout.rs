//! Where the parts of a graph stand on the page: from left to right by how far they are from the sources, arms one below the other.
//!
//! The cells are those of a grid, without sizes, so that the page can lay them across or, where it is narrow, down. An arrow that passes a
//! column has a cell in it, as if a stage stood there: so none runs through a stage. The parts of a pipeline that is cut into roles have columns of
//! their own, so that there can be a box around each.

use std::cmp::Reverse;

use serde::Serialize;

use crate::Graph;
use crate::graph::picture::{Picture, What};

/// A graph as it is drawn.
#[derive(Debug, Serialize)]
pub(super) struct Drawing {
    nodes: Vec<Node>,
    arrows: Vec<Arrow>,
    columns: usize,
    rows: usize,
}

#[derive(Debug, Serialize)]
struct Node {
    /// The stage; without one it is where arms meet, or where the program itself puts items in.
    stage: Option<usize>,
    name: String,
    detail: String,
    /// Of the graph's roles.
    part: Option<usize>,
    column: usize,
    row: usize,
}

#[derive(Debug, Serialize)]
struct Arrow {
    from: usize,
    to: usize,
    /// The cells in between, `(column, row)`.
    via: Vec<(usize, usize)>,
    /// The link, if it is one.
    link: Option<usize>,
    /// The arm it leads into.
    arm: Option<String>,
}

/// Places the stages of a graph.
pub(super) fn draw(graph: &Graph) -> Drawing {
    let picture = Picture::of(graph);
    let index = |id: &str| picture.nodes.iter().position(|node| node.id == id).unwrap_or_default();
    let edges: Vec<_> = picture.arrows.iter().map(|arrow| (index(&arrow.from.id), index(&arrow.to.id))).collect();
    let parts: Vec<_> = picture.nodes.iter().map(|node| node.part).collect();
    let Grid { cells, via, .. } = Grid::of(&parts, &edges);
    let nodes: Vec<_> = picture
        .nodes
        .iter()
        .zip(&cells)
        .map(|(node, &(column, row))| {
            let (stage, name, detail) = match node.what {
                What::Stage(stage) => {
                    let at = graph.stages.iter().position(|other| other.name == stage.name);
                    (at, stage.name.to_string(), stage.detail.clone())
                }
                What::Meeting => (None, String::new(), String::new()),
                What::Inlet(name) => (None, name.to_string(), String::new()),
            };
            Node { stage, name, detail, part: node.part, column, row }
        })
        .collect();
    let arrows = picture.arrows.iter().zip(&edges).zip(via).map(|((arrow, &(from, to)), via)| {
        let link = arrow.link.and_then(|link| graph.links.iter().position(|other| other.name == link.name));
        Arrow { from, to, via, link, arm: arrow.arm.map(ToString::to_string) }
    });
    let extent = |along: fn(&(usize, usize)) -> usize, arrows: &[Arrow]| {
        cells.iter().chain(arrows.iter().flat_map(|arrow| &arrow.via)).map(along).max().map_or(0, |last| last + 1)
    };
    let arrows: Vec<_> = arrows.collect();
    Drawing { columns: extent(|cell| cell.0, &arrows), rows: extent(|cell| cell.1, &arrows), nodes, arrows }
}

/// Cells `(column, row)` of nodes, and those that arrows pass.
struct Grid {
    cells: Vec<(usize, usize)>,
    via: Vec<Vec<(usize, usize)>>,
    /// How far each node is from the end of its longest way.
    ahead: Vec<usize>,
}

/// Who takes a cell: a node, or an arrow that passes.
#[derive(Clone, Copy)]
enum Guest {
    Node(usize),
    Arrow(usize),
}

impl Grid {
    /// Nodes are given by the parts that they are in.
    fn of(parts: &[Option<usize>], edges: &[(usize, usize)]) -> Self {
        let columns = columns(parts, edges);
        let ahead = longest(parts.len(), edges.iter().map(|&(from, to)| (to, from)));
        let mut grid =
            Self { cells: columns.iter().map(|&column| (column, 0)).collect(), via: vec![vec![]; edges.len()], ahead };
        for column in 0..=columns.iter().copied().max().unwrap_or(0) {
            grid.fill(column, edges);
        }
        grid
    }

    /// Gives a row of its own to each guest of a column: the one its arrow comes from, or the next below. What goes on for longer stays in its
    /// row, so that the main line is straight.
    fn fill(&mut self, column: usize, edges: &[(usize, usize)]) {
        let mut guests = Vec::new();
        for (node, cell) in self.cells.iter().enumerate().filter(|(_, cell)| cell.0 == column) {
            let into = edges.iter().enumerate().filter(|(_, edge)| edge.1 == node);
            let wish = into.map(|(edge, ends)| self.row_before(edge, ends.0)).min().unwrap_or(cell.1);
            guests.push((wish, Reverse(self.ahead[node]), Guest::Node(node)));
        }
        for (edge, &(from, to)) in edges.iter().enumerate() {
            if self.cells[from].0 < column && column < self.cells[to].0 {
                guests.push((self.row_before(edge, from), Reverse(self.ahead[to] + 1), Guest::Arrow(edge)));
            }
        }
        guests.sort_by_key(|&(wish, ahead, _)| (wish, ahead)); // stable: nodes in the order of the text, before arrows
        let mut free = 0;
        for (wish, _, guest) in guests {
            let row = wish.max(free);
            free = row + 1;
            match guest {
                Guest::Node(node) => self.cells[node].1 = row,
                Guest::Arrow(edge) => self.via[edge].push((column, row)),
            }
        }
    }

    /// The row an arrow has reached, from the node `from` on.
    fn row_before(&self, edge: usize, from: usize) -> usize {
        self.via[edge].last().map_or(self.cells[from].1, |cell| cell.1)
    }
}

/// The longest way from a source to each node, behind all of the parts above its own; a source stands just before the first of its part that takes
/// from it.
fn columns(parts: &[Option<usize>], edges: &[(usize, usize)]) -> Vec<usize> {
    let nodes = 0..parts.len();
    let later = |from: usize| nodes.clone().filter(move |&to| parts[from].is_some() && parts[from] < parts[to]);
    let apart: Vec<_> = nodes.clone().flat_map(|from| later(from).map(move |to| (from, to))).collect();
    let mut columns = longest(parts.len(), edges.iter().chain(&apart).copied());
    for node in nodes {
        let is_source = edges.iter().all(|edge| edge.1 != node);
        let takers = edges.iter().filter(|edge| edge.0 == node && parts[edge.1] == parts[node]);
        let first = takers.map(|edge| columns[edge.1]).min();
        if let (true, Some(first)) = (is_source, first) {
            columns[node] = first - 1;
        }
    }
    columns
}

/// The longest way to each node.
fn longest(nodes: usize, edges: impl Iterator<Item = (usize, usize)> + Clone) -> Vec<usize> {
    let mut longest = vec![0; nodes];
    // A graph has no cycle: no way is longer than the number of nodes.
    for _ in 0..nodes {
        for (from, to) in edges.clone() {
            longest[to] = longest[to].max(longest[from] + 1);
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of text for each row of the grid: a node's name, `-` where an arrow passes.
    fn drawn(graph: &Graph) -> Vec<String> {
        let drawing = draw(graph);
        let mut rows = vec![vec!["."; drawing.columns]; drawing.rows];
        for node in &drawing.nodes {
            let cell = &mut rows[node.row][node.column];
            assert_eq!(*cell, ".", "two in one cell: {drawing:?}");
            *cell = if node.name.is_empty() { "o" } else { &node.name };
        }
        for arrow in &drawing.arrows {
            let columns = arrow.via.iter().map(|cell| cell.0);
            let passed = drawing.nodes[arrow.from].column + 1..drawing.nodes[arrow.to].column;
            assert!(columns.eq(passed), "{arrow:?}");
            for &(column, row) in &arrow.via {
                assert_eq!(rows[row][column], ".", "two in one cell: {drawing:?}");
                rows[row][column] = "-";
            }
        }
        rows.iter().map(|row| row.join(" ")).collect()
    }

    #[test]
    fn a_chain_is_a_line() {
        let chain = crate::pipeline! { #![crate = crate] iter([1]) -> map(|n| n) -> queue(4) -> count() };
        assert_eq!(drawn(chain.graph()), ["iter map count"]);
        let drawing = draw(chain.graph());
        assert_eq!(drawing.arrows.iter().map(|arrow| arrow.link).collect::<Vec<_>>(), [None, Some(0)]);
    }

    #[test]
    fn arms_stand_one_below_the_other_and_long_arrows_pass_below_stages() {
        let graph = crate::pipeline! {
            #![crate = crate]
            iter([1]) -> match {
                1 => 1 -> map(|n| n) as a -> map(|n| n) as b,
                n => n,
            } -> broadcast { count() as x, then(async |n: i32| n) as y -> last() as z }
        };
        assert_eq!(drawn(graph.graph()), ["iter match a b broadcast y z", ". . - - . x ."]);
    }

    #[test]
    fn a_late_source_stands_beside_its_taker() {
        let graph = crate::pipeline! {
            #![crate = crate]
            let early = iter([1]) as early -> map(|n| n) -> map(|n| n);
            merge(early, iter([2]) as late) -> count()
        };
        assert_eq!(drawn(graph.graph()), ["early map_1 map_2 merge count", ". . late . ."]);
    }

    /// An arm that is cut off stands behind all that is above the cut, a source beside what takes from it.
    #[cfg(feature = "remote")]
    #[test]
    fn each_part_has_columns_of_its_own() {
        let (rejects, orders) = (crate::remote::in_memory("rejects"), crate::remote::in_memory("orders"));
        let cut = crate::pipeline! {
            #![crate = crate]
            #![role = None::<&str>]
            let lines = iter([1u32]) as lines -> map(|n| n) as a -> map(|n| n) as b;
            merge(lines, iter([2u32]) as late) -> match {
                0 => 0u32 -> queue(rejects, capacity = 64, role = "set aside") -> count() as aside,
                n => n,
            } -> map(|n| n) as c -> queue(orders, capacity = 64, role = "work") -> map(|n| n) as d -> count() as all
        };
        let rows = ["lines a b merge match c - d all", ". . late . . - aside . ."];
        assert_eq!(drawn(cut.graph()), rows);
        let parts = draw(cut.graph()).nodes.iter().map(|node| node.part).collect::<Vec<_>>();
        assert_eq!(parts, [0, 0, 0, 0, 0, 0, 1, 0, 2, 2].map(Some));
    }

    /// What is open to the program has a node too.
    #[tokio::test]
    async fn an_inlet_is_drawn() {
        use crate::Sink as _;
        let (inlet, running) = crate::pipeline! { #![crate = crate] _: u32 -> count() }.spawn();
        let rows = drawn(&running.control().graph());
        assert!(rows.len() == 1 && rows[0].ends_with(" count"), "{rows:?}");
        inlet.close();
        running.await.unwrap();
    }
}
