//! Ten short tasks, one function each: copy the one you need. The tests at the end say what each does, on a paused clock where
//! time matters.
//!
//! They all run inside the task that calls them, with `run_local`, so that what they are given may borrow and need not be `Send`.
//! With `run`, each stage that waits is a task of its own.
//!
//! ```text
//! cargo run -p aqueduct-examples --bin cookbook -- [RECIPE]...
//! ```

use std::collections::HashSet;
use std::hash::Hash;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use aqueduct::{BoxError, ErrorKind, PipelineError, Weigh, pipeline};
use futures_util::{Stream, StreamExt, stream};
use indicatif::ProgressBar;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

/// Rate limit: calls a service for each id, at most ten times a second and at most four at a time. Nothing is dropped: the ids
/// wait, and their source with them.
async fn rate_limit<T>(
    ids: impl IntoIterator<Item = u32>,
    call: impl AsyncFn(u32) -> Result<T, BoxError>,
) -> Result<Vec<T>, PipelineError> {
    pipeline! {
        iter(ids) -> throttle(10, 1s) -> map_async(4, async |id| call(id).await)? -> collect::<Vec<_>>()
    }
    .run_local()
    .await
}

/// Debounce: searches for what was typed once the typing has paused, not at every key.
async fn debounce(typed: impl Stream<Item = String>, search: impl AsyncFn(String)) -> Result<(), PipelineError> {
    pipeline! {
        stream(typed) -> debounce(300ms) -> for_each_async(1, async |text| search(text).await)
    }
    .run_local()
    .await
}

/// Latest only: each time the drawing is done, it goes on with the newest position; those between are skipped.
async fn latest_only<T>(positions: impl Stream<Item = T>, draw: impl AsyncFn(T)) -> Result<(), PipelineError> {
    pipeline! {
        stream(positions) -> latest() -> for_each_async(1, async |position| draw(position).await)
    }
    .run_local()
    .await
}

/// Dedup: changes of a reading, without repetitions in a row. For what was ever seen before, see [`distinct`].
async fn dedup<T: Clone + PartialEq>(readings: impl IntoIterator<Item = T>) -> Result<Vec<T>, PipelineError> {
    pipeline! { iter(readings) -> dedup() -> collect::<Vec<_>>() }.run_local().await
}

/// Dedup over the whole stream: each item the first time it comes. It remembers all of them, so the memory grows with their
/// number: that is the price.
async fn distinct<T: Clone + Eq + Hash>(items: impl IntoIterator<Item = T>) -> Result<Vec<T>, PipelineError> {
    let mut seen = HashSet::new();
    pipeline! { iter(items) -> filter(|item| seen.insert(item.clone())) -> collect::<Vec<_>>() }.run_local().await
}

/// Sliding window: the moving average of the last three values.
async fn sliding_window(values: impl IntoIterator<Item = f64>) -> Result<Vec<f64>, PipelineError> {
    pipeline! {
        iter(values) -> windows(3) -> map(|last| last.iter().sum::<f64>() / 3.0) -> collect::<Vec<_>>()
    }
    .run_local()
    .await
}

/// Parse or reject: numbers flow on, lines that are none go down an error route, with their place. Where one bad line should end it
/// all, write `-> map(|line| line.parse::<i64>())?` instead.
async fn parse_or_reject(input: impl AsyncRead) -> Result<(Vec<String>, i64), PipelineError> {
    pipeline! {
        lines(input)?
            -> enumerate()
            -> map(|(index, line)| {
                line.parse::<i64>().map_err(|error| format!("line {}: `{line}`: {error}", index + 1))
            })
            -> match {
                Ok(number) => number,
                Err(reject) => reject -> collect::<Vec<_>>(),
            }
            -> fold(0, |sum, number| sum + number)
    }
    .run_local()
    .await
}

/// Timeout: how many messages came, and whether the feed ended by itself; `false` when it was silent for five seconds.
async fn timeout<T>(feed: impl Stream<Item = T>) -> Result<(u64, bool), PipelineError> {
    let mut messages = 0;
    let ended = pipeline! { stream(feed) -> timeout(5s) -> for_each(|_| messages += 1) }.run_local().await;
    match ended {
        Ok(()) => Ok((messages, true)),
        Err(error) if error.kind() == ErrorKind::TimedOut => Ok((messages, false)),
        Err(error) => Err(error),
    }
}

/// Progress: copies, and a bar of indicatif follows what has been written. It sits in the writer, because an `inspect` above would
/// count what still waits in a link; where the last stage is a closure, `bar.inc(1)` in that one does.
async fn progress(from: impl AsyncRead, to: impl AsyncWrite + Unpin, bar: &ProgressBar) -> Result<u64, PipelineError> {
    let written = pipeline! {
        bytes(from)? -> queue(bytes = 256KiB) -> write(bar.wrap_async_write(to))
    }
    .run_local()
    .await;
    if written.is_ok() {
        bar.finish()
    } else {
        bar.abandon()
    }
    written
}

/// Drop oldest under load: the source is never held. When a hundred wait, the oldest gives way; how many did, the link has counted.
async fn drop_oldest<T>(requests: impl Stream<Item = T>, handle: impl AsyncFn(T)) -> Result<u64, PipelineError> {
    let serving = pipeline! {
        stream(requests)
            -> queue(100, overflow = drop_oldest) as backlog
            -> for_each_async(1, async |request| handle(request).await)
    };
    let control = serving.control();
    serving.run_local().await?;
    Ok(control.snapshot().link("backlog").map_or(0, |link| link.dropped))
}

/// An item that knows how heavy it is, for links that count bytes. Strings, `Vec<u8>` and `Bytes` do without being told.
struct Page {
    url: String,
    body: Vec<u8>,
}

impl Weigh for Page {
    fn weight(&self) -> usize {
        self.url.len() + self.body.len()
    }
}

/// Bounded bytes: pages of very different sizes wait in a link that holds 64 KiB, however many pages that is. Gives the most that
/// waited at any time.
async fn bounded_bytes(
    pages: impl IntoIterator<Item = Page>,
    store: impl AsyncFn(Page),
) -> Result<usize, PipelineError> {
    let storing = pipeline! {
        iter(pages)
            -> queue(bytes = 64KiB, low = 16KiB) as waiting
            -> for_each_async(1, async |page| store(page).await)
    };
    let control = storing.control();
    storing.run_local().await?;
    Ok(control.snapshot().link("waiting").map_or(0, |link| link.max_len))
}

const RECIPES: [&str; 10] = [
    "rate_limit",
    "debounce",
    "latest_only",
    "dedup",
    "sliding_window",
    "parse_or_reject",
    "timeout",
    "progress",
    "drop_oldest",
    "bounded_bytes",
];

/// Cooks one, and says what came of it.
async fn cook(recipe: &str) -> Result<String, BoxError> {
    Ok(match recipe {
        "rate_limit" => {
            let answers = rate_limit(1..=5, async |id| Ok(id * id)).await?;
            format!("{answers:?}, a tenth of a second between two of them")
        }
        "debounce" => {
            let keys = ["r", "ru", "rus", "rust"].map(|text| (1, text.to_owned()));
            debounce(timed(keys), async |text| println!("searching for {text}")).await?;
            "searched once".to_owned()
        }
        "latest_only" => {
            let positions = (1..=100).map(|position| (1, position));
            let draw = async |position| {
                sleep(Duration::from_millis(30)).await;
                if position == 100 {
                    println!("drew position 100");
                }
            };
            latest_only(timed(positions), draw).await?;
            "skipped most of the others".to_owned()
        }
        "dedup" => {
            let readings = [20, 20, 21, 21, 20];
            format!(
                "{:?} without repetitions in a row, {:?} distinct",
                dedup(readings).await?,
                distinct(readings).await?
            )
        }
        "sliding_window" => format!("{:?}", sliding_window([1.0, 2.0, 3.0, 7.0, 2.0]).await?),
        "parse_or_reject" => {
            let (rejects, sum) = parse_or_reject(&b"1\ntwo\n3\n"[..]).await?;
            format!("the sum is {sum}, rejected: {rejects:?}")
        }
        "timeout" => format!("{:?}", timeout(timed([(1, "one"), (1, "two")])).await?),
        "progress" => {
            let text = vec![b'x'; 1 << 20];
            let bar = ProgressBar::new(text.len() as u64); // drawn on stderr, and only on a terminal
            format!("{} bytes copied", progress(&text[..], tokio::io::sink(), &bar).await?)
        }
        "drop_oldest" => {
            let dropped = drop_oldest(stream::iter(1..=1000), async |_| sleep(Duration::from_millis(1)).await).await?;
            format!("some were dropped: {}", dropped > 0)
        }
        "bounded_bytes" => {
            let pages = (0..100).map(|page| Page { url: format!("/{page}"), body: vec![0; page * 100] });
            let most = bounded_bytes(pages, async |_| tokio::task::yield_now().await).await?;
            format!("never more than 65536 bytes waited: {}", most <= 65_536)
        }
        unknown => return Err(format!("there is no recipe `{unknown}`; there are {}", RECIPES.join(", ")).into()),
    })
}

/// Items, each so many milliseconds after the one before: keys, readings, requests.
fn timed<T>(items: impl IntoIterator<Item = (u64, T)>) -> impl Stream<Item = T> {
    stream::iter(items).then(async |(after, item)| {
        sleep(Duration::from_millis(after)).await;
        item
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let named: Vec<_> = std::env::args().skip(1).collect();
    if named.iter().any(|arg| arg == "--help" || arg == "-h") {
        println!("Usage: cookbook [RECIPE]...\n\nRecipes (default: all): {}", RECIPES.join(", "));
        return ExitCode::SUCCESS;
    }
    let chosen: Vec<_> = if named.is_empty() { RECIPES.to_vec() } else { named.iter().map(String::as_str).collect() };
    for recipe in chosen {
        let outcome = cook(recipe).await.and_then(|dish| Ok(writeln!(io::stdout(), "{recipe}: {dish}")?));
        if let Err(error) = outcome {
            eprintln!("cookbook: {error:?}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use aqueduct_tests::flow::within;
    use tokio::time::Instant;

    use super::*;

    /// No test may take longer, in real time.
    const LIMIT: Duration = Duration::from_secs(60);

    fn strings<const N: usize>(items: [(u64, &str); N]) -> [(u64, String); N] {
        items.map(|(after, item)| (after, item.to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn rate_limit_calls_ten_times_a_second_and_drops_nothing() {
        let start = Instant::now();
        let called = RefCell::new(Vec::new());
        let call = async |id| {
            called.borrow_mut().push(start.elapsed());
            Ok(id * 2)
        };
        let answers = within(LIMIT, rate_limit(0..35, call)).await.unwrap();
        assert_eq!(answers, (0..35).map(|id| id * 2).collect::<Vec<_>>());
        let times = called.into_inner();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= Duration::from_millis(99)), "{times:?}");
        assert!((3400..3500).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn rate_limit_gives_the_first_failure() {
        let failed =
            within(LIMIT, rate_limit(0..9, async |id| if id < 2 { Ok(id) } else { Err("no such id".into()) })).await;
        let failed = failed.unwrap_err();
        assert_eq!((failed.stage(), failed.kind()), ("map_async", ErrorKind::Failed));
        assert!(format!("{failed:?}").ends_with("because: no such id"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn rate_limit_tells_of_a_panic() {
        let failed = within(LIMIT, rate_limit::<()>(0..9, async |id| panic!("cannot ask for {id}"))).await.unwrap_err();
        assert_eq!(failed.kind(), ErrorKind::Panicked);
        assert!(format!("{failed:?}").ends_with("because: cannot ask for 0"), "{failed:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn debounce_searches_when_the_typing_has_paused() {
        let searched = RefCell::new(Vec::new());
        let typed = timed(strings([(0, "r"), (299, "ru"), (299, "rust"), (301, "rust s"), (100, "rust stream")]));
        within(LIMIT, debounce(typed, async |text| searched.borrow_mut().push(text))).await.unwrap();
        assert_eq!(searched.into_inner(), ["rust", "rust stream"]);
    }

    #[tokio::test(start_paused = true)]
    async fn latest_only_skips_to_the_newest() {
        let drawn = RefCell::new(Vec::new());
        let draw = async |position| {
            drawn.borrow_mut().push(position);
            sleep(Duration::from_millis(34)).await;
        };
        let positions = timed((1..=10).map(|position| (10, position)));
        within(LIMIT, latest_only(positions, draw)).await.unwrap();
        assert_eq!(drawn.into_inner(), [1, 4, 7, 10]);
    }

    #[tokio::test]
    async fn dedup_drops_repetitions() {
        assert_eq!(within(LIMIT, dedup([1, 1, 2, 2, 2, 1])).await.unwrap(), [1, 2, 1]);
        assert_eq!(within(LIMIT, distinct([1, 1, 2, 2, 2, 1])).await.unwrap(), [1, 2]);
    }

    #[tokio::test]
    async fn sliding_window_averages_the_last_three() {
        assert_eq!(within(LIMIT, sliding_window([3.0, 6.0, 9.0, 0.0])).await.unwrap(), [6.0, 5.0]);
        assert!(within(LIMIT, sliding_window([3.0, 6.0])).await.unwrap().is_empty(), "two make no window of three");
    }

    #[tokio::test]
    async fn parse_or_reject_keeps_what_cannot_be_parsed() {
        let (rejects, sum) = within(LIMIT, parse_or_reject(&b"1\ntwo\n3\n\n-4"[..])).await.unwrap();
        assert_eq!(sum, 0);
        let words =
            ["line 2: `two`: invalid digit found in string", "line 4: ``: cannot parse integer from empty string"];
        assert_eq!(rejects, words);
    }

    #[tokio::test(start_paused = true)]
    async fn timeout_tells_silence_from_the_end() {
        let start = Instant::now();
        assert_eq!(within(LIMIT, timeout(timed([(4999, 1), (4999, 2)]))).await.unwrap(), (2, true));
        assert_eq!(within(LIMIT, timeout(timed([(1, 1), (1, 2)]).chain(stream::pending()))).await.unwrap(), (2, false));
        assert_eq!(start.elapsed().as_millis(), 2 * 4999 + 2 + 5000);
    }

    #[tokio::test]
    async fn progress_moves_the_bar_to_its_end() {
        let (text, mut copy) = (vec![b'x'; 1 << 20], Vec::new());
        let bar = ProgressBar::hidden();
        assert_eq!(within(LIMIT, progress(&text[..], &mut copy, &bar)).await.unwrap(), 1 << 20);
        assert_eq!((bar.position(), bar.is_finished()), (1 << 20, true));
        assert!(copy == text);
    }

    #[tokio::test]
    async fn progress_stops_where_the_writing_failed() {
        let (to, gone) = tokio::io::duplex(64);
        drop(gone);
        let bar = ProgressBar::hidden();
        let failed = within(LIMIT, progress(&b"text"[..], to, &bar)).await.unwrap_err();
        assert_eq!((failed.stage(), failed.kind(), bar.position()), ("write", ErrorKind::Failed, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn drop_oldest_handles_the_newest_hundred() {
        let handled = RefCell::new(Vec::new());
        let handle = async |request| {
            handled.borrow_mut().push(request);
            sleep(Duration::from_secs(1)).await;
        };
        let dropped = within(LIMIT, drop_oldest(stream::iter(1..=1000), handle)).await.unwrap();
        let handled = handled.into_inner();
        assert_eq!(handled.len() as u64 + dropped, 1000);
        assert!(dropped > 0 && handled.ends_with(&(901..=1000).collect::<Vec<_>>()), "{handled:?}");
    }

    #[tokio::test]
    async fn bounded_bytes_never_holds_more() {
        let stored = Cell::new(0);
        let pages = (0..1000).map(|page| Page { url: format!("/{page}"), body: vec![0; page * 37 % 9000] });
        let store = async |page: Page| {
            tokio::task::yield_now().await;
            stored.set(stored.get() + usize::from(!page.url.is_empty()));
        };
        let most = within(LIMIT, bounded_bytes(pages, store)).await.unwrap();
        assert_eq!(stored.get(), 1000);
        assert!((32 * 1024..=64 * 1024).contains(&most), "{most}");
    }
}
