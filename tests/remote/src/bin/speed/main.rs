//! What the remote link costs, against hand-written code that does the same with the same frames, and against a queue in memory.
//!
//! `cargo run --release -p aqueduct-remote-tests --bin speed -- WHAT ITEMS ROUNDS [ITEMS A MESSAGE]…`, where WHAT is `halves` (publishing, then consuming), `whole` (a pipeline
//! with both halves, against both by hand at once) or `work` (with a stage that waits, against the same over a queue in memory).

mod by_hand;
mod ours;

use std::env;
use std::error::Error;
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use aqueduct::remote::{JetStream, RemoteQueue, jetstream};
use aqueduct_remote_tests::Server;
use async_nats::Client;

type Failure = Box<dyn Error + Send + Sync>;
type Item = (u64, String);

/// Of the bounded queues, in items.
const CAPACITY: usize = 10_000;
const LOW: usize = 5_000;
/// How long the stage waits for each item, and for how many at once.
const WORK: Duration = Duration::from_micros(200);
const IN_FLIGHT: usize = 16;

/// About 95 bytes.
fn item(n: usize) -> Item {
    (n as u64, format!("{n:090}"))
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let arguments = Vec::from_iter(env::args().skip(1));
    let [what, items, rounds, sizes @ ..] = arguments.as_slice() else {
        return Err("halves|whole|work ITEMS ROUNDS [ITEMS A MESSAGE]…".into());
    };
    let (items, rounds) = (items.parse()?, rounds.parse()?);
    let mut sizes = sizes.iter().map(|size| size.parse()).collect::<Result<Vec<usize>, _>>()?;
    if sizes.is_empty() {
        sizes = vec![1, 16, 128];
    }
    println!("| | items a message | ours | theirs | ratio | spread |\n|---|--:|--:|--:|--:|---|");
    for per_message in sizes {
        // One item a message takes long.
        let items = if per_message == 1 { items / 5 } else { items };
        match what.as_str() {
            "halves" => halves(items, rounds, per_message).await?,
            "whole" => whole(items, rounds, per_message).await?,
            "work" => work(items, rounds, per_message).await?,
            what => return Err(format!("{what} is none of halves, whole, work").into()),
        }
    }
    Ok(())
}

/// Each side in a task, as a pipeline's are.
async fn in_a_task(side: impl Future<Output = Result<(), Failure>> + Send + 'static) -> Result<(), Failure> {
    tokio::spawn(side).await?
}

/// Both sides in turn, each round with a server of its own. A side has `N` stretches that are timed.
async fn rounds_of<const N: usize>(
    items: usize,
    rounds: usize,
    mut run: impl AsyncFnMut(usize, &Client, [Arc<Stretch>; N]) -> Result<(), Failure>,
) -> Result<[Pairs; N], Failure> {
    let mut pairs = [(); N].map(|()| Pairs::default());
    for round in 0..rounds {
        let server = Server::start().await;
        let client = server.client().await;
        let stretches = [(); N].map(|()| Stretch::of_both_sides(items));
        for side in sides(round) {
            run(side, &client, stretches.each_ref().map(|both| Arc::clone(&both[side]))).await?;
        }
        pairs.iter_mut().zip(&stretches).for_each(|(pairs, both)| pairs.add(both));
    }
    Ok(pairs)
}

async fn halves(items: usize, rounds: usize, per_message: usize) -> Result<(), Failure> {
    let [publish, consume] = rounds_of(items, rounds, async |side, client, [above, below]| {
        if side == 0 {
            let queue = queue(client, per_message);
            in_a_task(ours::publish(queue.clone(), above)).await?;
            return in_a_task(ours::consume(queue, below)).await;
        }
        let queue = by_hand::Queue::open(client, per_message, 4 * items, 2 * items).await?;
        let again = queue.clone();
        in_a_task(async move {
            above.begin();
            queue.publish(items).await?;
            above.end();
            Ok(())
        })
        .await?;
        in_a_task(async move {
            below.begin();
            again.consume(items, room(per_message), |item| drop(black_box(item))).await?;
            below.end();
            Ok(())
        })
        .await
    })
    .await?;
    publish.print("publish", per_message);
    consume.print("consume", per_message);
    Ok(())
}

async fn whole(items: usize, rounds: usize, per_message: usize) -> Result<(), Failure> {
    let [pairs] = rounds_of(items, rounds, async |side, client, [stretch]| {
        if side == 0 {
            return ours::whole(queue(client, per_message), stretch).await;
        }
        let queue = by_hand::Queue::open(client, per_message, CAPACITY, LOW).await?;
        let again = queue.clone();
        stretch.begin();
        let publishing = in_a_task(async move { queue.publish(items).await });
        let work = move |item| {
            black_box(item);
            stretch.one_more();
        };
        let consuming = in_a_task(async move { again.consume(items, room(per_message), work).await });
        tokio::try_join!(publishing, consuming)?;
        Ok(())
    })
    .await?;
    pairs.print("both at once", per_message);
    Ok(())
}

async fn work(items: usize, rounds: usize, per_message: usize) -> Result<(), Failure> {
    let [pairs] = rounds_of(items, rounds, async |side, client, [stretch]| {
        if side == 0 {
            ours::worked_on(queue(client, per_message), stretch).await
        } else {
            ours::worked_on_in_memory(stretch).await
        }
    })
    .await?;
    pairs.print("work, against memory", per_message);
    Ok(())
}

fn queue(client: &Client, per_message: usize) -> RemoteQueue<JetStream> {
    jetstream("ours", client.clone()).per_message(per_message).run("speed").room(room(per_message))
}

/// So many items are fetched ahead.
fn room(per_message: usize) -> usize {
    (64 * per_message).max(1024)
}

/// Who is first has a colder server.
fn sides(round: usize) -> [usize; 2] {
    [round % 2, (round + 1) % 2]
}

/// How long so many items take.
struct Stretch {
    items: usize,
    begun: OnceLock<Instant>,
    came: AtomicUsize,
    ended: OnceLock<Instant>,
}

impl Stretch {
    fn of_both_sides(items: usize) -> [Arc<Self>; 2] {
        [(); 2].map(|()| {
            let (begun, came, ended) = (OnceLock::new(), AtomicUsize::new(0), OnceLock::new());
            Arc::new(Self { items, begun, came, ended })
        })
    }

    fn items(&self) -> usize {
        self.items
    }

    /// The first of many counts.
    fn begin(&self) {
        self.begun.get_or_init(Instant::now);
    }

    fn end(&self) {
        self.ended.get_or_init(Instant::now);
    }

    /// An item has come out; it ends with the last of them.
    fn one_more(&self) {
        if self.came.fetch_add(1, Ordering::Relaxed) + 1 == self.items {
            self.end();
        }
    }

    /// Thousand items a second.
    fn rate(&self) -> f64 {
        let (Some(begun), Some(ended)) = (self.begun.get(), self.ended.get()) else { return 0.0 };
        self.items as f64 / (*ended - *begun).as_secs_f64() / 1000.0
    }
}

/// The rates of both sides, round by round.
#[derive(Default)]
struct Pairs(Vec<[f64; 2]>);

impl Pairs {
    fn add(&mut self, sides: &[Arc<Stretch>; 2]) {
        self.0.push([sides[0].rate(), sides[1].rate()]);
    }

    fn print(&self, what: &str, per_message: usize) {
        let sorted = |figure: fn([f64; 2]) -> f64| {
            let mut figures = Vec::from_iter(self.0.iter().copied().map(figure));
            figures.sort_by(f64::total_cmp);
            figures
        };
        let (ours, theirs) = (sorted(|[ours, _]| ours), sorted(|[_, theirs]| theirs));
        let ratios = sorted(|[ours, theirs]| ours / theirs);
        let middle = ratios.len() / 2;
        println!(
            "| {what} | {per_message} | {:.0} | {:.0} | {:.2} | {:.2}..{:.2} |",
            ours[middle],
            theirs[middle],
            ratios[middle],
            ratios[0],
            ratios[ratios.len() - 1]
        );
    }
}
