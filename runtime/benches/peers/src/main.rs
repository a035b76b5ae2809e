//! What others need for the same job, in the same process and in turn with aqueduct: numbers from a range go through two maps into a
//! sum, once with a buffer of 1,024 at each of the three arrows, once without any.
//!
//! `cargo run --release --manifest-path runtime/benches/peers/Cargo.toml` prints, for each peer, the nanoseconds an item of both
//! (medians) and the median of the pairwise ratios with its spread. `… -- dfir 15` runs only the peers whose name contains `dfir`, with
//! 15 pairs. Node is measured by `node.mjs` if there is a `node`.

mod dfir;
mod fused;
mod linked;
mod node;

use std::hint::black_box;
use std::time::Instant;

use tokio::runtime::{Builder, Runtime};

/// One comparison.
struct Peer {
    name: &'static str,
    workers: usize,
    ours: Side,
    theirs: Side,
}

/// What is run, and over how many items.
#[derive(Clone, Copy)]
struct Side {
    run: Run,
    items: u64,
}

#[derive(Clone, Copy)]
enum Run {
    Here(fn(&Runtime, u64) -> u64),
    /// In a process of its own, which measures itself.
    Node,
}

const fn here(run: fn(&Runtime, u64) -> u64, items: u64) -> Side {
    Side { run: Run::Here(run), items }
}

const LINKED: Side = here(linked::aqueduct, 10_000_000);
const FUSED: Side = here(fused::aqueduct, 50_000_000);
const OPAQUE: Side = here(fused::aqueduct_opaque, 20_000_000);

const PEERS: &[Peer] = &[
    Peer { name: "buffers, one thread: tokio mpsc", workers: 0, ours: LINKED, theirs: here(linked::tokio, 300_000) },
    Peer {
        name: "buffers, one thread: tokio mpsc of Vecs",
        workers: 0,
        ours: LINKED,
        theirs: here(linked::tokio_vecs, 10_000_000),
    },
    Peer {
        name: "buffers, one thread: futures mpsc",
        workers: 0,
        ours: LINKED,
        theirs: here(linked::futures, 300_000),
    },
    Peer { name: "buffers, one thread: pumps", workers: 0, ours: LINKED, theirs: here(linked::pumps, 200_000) },
    Peer {
        name: "buffers, one thread: dfir, ticks of 1024",
        workers: 0,
        ours: LINKED,
        theirs: here(dfir::handed_off, 10_000_000),
    },
    Peer {
        name: "buffers, one thread: node streams",
        workers: 0,
        ours: LINKED,
        theirs: Side { run: Run::Node, items: 300_000 },
    },
    Peer { name: "buffers, two threads: tokio mpsc", workers: 2, ours: LINKED, theirs: here(linked::tokio, 300_000) },
    Peer {
        name: "buffers, two threads: tokio mpsc of Vecs",
        workers: 2,
        ours: LINKED,
        theirs: here(linked::tokio_vecs, 10_000_000),
    },
    Peer {
        name: "buffers, two threads: futures mpsc",
        workers: 2,
        ours: LINKED,
        theirs: here(linked::futures, 300_000),
    },
    Peer { name: "buffers, two threads: pumps", workers: 2, ours: LINKED, theirs: here(linked::pumps, 200_000) },
    Peer { name: "fused: loop", workers: 0, ours: FUSED, theirs: here(fused::plain_loop, 50_000_000) },
    Peer { name: "fused: futures streams", workers: 0, ours: FUSED, theirs: here(fused::futures, 20_000_000) },
    Peer { name: "fused: dfir", workers: 0, ours: FUSED, theirs: here(dfir::fused, 50_000_000) },
    Peer { name: "fused, opaque: loop", workers: 0, ours: OPAQUE, theirs: here(fused::plain_loop_opaque, 20_000_000) },
    Peer {
        name: "fused, opaque: futures streams",
        workers: 0,
        ours: OPAQUE,
        theirs: here(fused::futures_opaque, 20_000_000),
    },
    Peer { name: "fused, opaque: dfir", workers: 0, ours: OPAQUE, theirs: here(dfir::fused_opaque, 20_000_000) },
];

fn main() {
    let mut filter = String::new();
    let mut pairs = 9;
    for argument in std::env::args().skip(1) {
        match argument.parse::<usize>() {
            Ok(number) => pairs = number.max(1),
            Err(_) => filter = argument,
        }
    }
    println!("{:<42} {:>9} {:>9} {:>8} {:>17}", "peer", "aqueduct", "peer", "ratio", "spread");
    for peer in PEERS.iter().filter(|peer| peer.name.contains(&filter)) {
        measure(peer, pairs);
    }
    println!("\n{}", node::version().unwrap_or_else(|| "there is no node".to_owned()));
}

fn measure(peer: &Peer, pairs: usize) {
    if matches!(peer.theirs.run, Run::Node) && node::version().is_none() {
        println!("{:<42} not measured: there is no node", peer.name);
        return;
    }
    let runtime = if peer.workers == 0 {
        Builder::new_current_thread().enable_all().build()
    } else {
        Builder::new_multi_thread().worker_threads(peer.workers).enable_all().build()
    }
    .expect("a runtime");
    assert_eq!(sum(&runtime, peer.ours, 10_000), sum(&runtime, peer.theirs, 10_000), "both do the same");
    time(&runtime, peer.ours);
    time(&runtime, peer.theirs);
    let rows: Vec<(f64, f64)> = (0..pairs).map(|_| (time(&runtime, peer.ours), time(&runtime, peer.theirs))).collect();
    let ours = sorted(rows.iter().map(|row| row.0));
    let theirs = sorted(rows.iter().map(|row| row.1));
    let ratios = sorted(rows.iter().map(|row| row.1 / row.0));
    println!(
        "{:<42} {:>9.3} {:>9.3} {:>8.2} {:>17}",
        peer.name,
        ours[pairs / 2],
        theirs[pairs / 2],
        ratios[pairs / 2],
        format!("{:.2}..{:.2}", ratios[0], ratios[pairs - 1])
    );
}

fn sum(runtime: &Runtime, side: Side, items: u64) -> u64 {
    match side.run {
        Run::Here(run) => run(runtime, black_box(items)),
        Run::Node => node::run(items).0,
    }
}

/// The nanoseconds an item.
fn time(runtime: &Runtime, side: Side) -> f64 {
    match side.run {
        Run::Here(_) => {
            let start = Instant::now();
            black_box(sum(runtime, side, side.items));
            start.elapsed().as_secs_f64() * 1e9 / side.items as f64
        }
        Run::Node => node::run(side.items).1,
    }
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}
