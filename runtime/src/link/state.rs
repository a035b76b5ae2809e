//! The protocol of a link, without its items: two words, two wakers, and a log of the signals. README has the invariants.

use std::sync::atomic::{AtomicU64, AtomicUsize as StdAtomicUsize};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tokio::time::Instant;

use super::marks::{Mark, Marks};
use super::sleeper::{self, Sleeper};
use crate::signal::{Observers, Signal, SignalEvent, Woken};
use crate::stage::{TaskFigures, clock};
use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering, lock};
use crate::{LinkSnapshot, Name};

/// In the consumer's word: the link is paused. Set by the producer, cleared by the consumer.
const PAUSED: usize = 1;
/// In the consumer's word: the consumer has left; nothing that is sent will be read.
const GONE: usize = 2;
/// In the producer's word: the consumer found nothing and sleeps. Set by the consumer, cleared by the producer's next word.
const WAITING: usize = 1;
/// In the producer's word: nothing more will come.
const ENDED: usize = 2;
/// The indices count from this bit on, and wrap.
const SHIFT: u32 = 2;

/// What the consumer writes in every run, and what both need for a pause: on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Lower {
    word: AtomicUsize,
    log: Mutex<SignalLog>,
}

/// What the producer writes in every run, and whom it wakes: on cache lines of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Upper {
    word: AtomicUsize,
    consumer: Mutex<Option<Waker>>,
    max_len: StdAtomicUsize,
    dropped: AtomicU64,
}

/// Where a link stands, and who watches it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) pipeline: Name,
    pub(crate) name: Name,
    pub(crate) from: Name,
    pub(crate) to: Name,
    pub(crate) observers: Arc<Observers>,
    /// The task that writes and the one that reads, where the pipeline has made the link between two of its own.
    pub(crate) tasks: Option<(Arc<TaskFigures>, Arc<TaskFigures>)>,
}

/// What both ends of a link, and its observers, share.
#[derive(Debug)]
pub(crate) struct LinkState {
    head: Lower,
    tail: Upper,
    capacity: usize,
    low: usize,
    /// What the text calls it.
    label: Option<Name>,
    marks: Mutex<Marks>,
    /// It gets its place when its plan is finished; until then nobody watches it.
    place: OnceLock<Place>,
    /// Of a queue that a broker keeps: what its open halves know of it.
    #[cfg(feature = "remote")]
    gauges: Mutex<Vec<crate::remote::Gauge>>,
}

/// What has been signalled so far; its lock puts the signals of a link into one order.
#[derive(Debug, Default)]
struct SignalLog {
    pauses: u64,
    since: Option<Instant>,
    /// When the last signal was.
    last: Option<Instant>,
    paused_for: Duration,
    /// The producer's index at the last pause.
    paused_at: usize,
    /// Whom a drain wakes: it stands in the same lock, which a drain takes anyway.
    producer: Option<Waker>,
    /// All of them, for the models of `tests/`, to which a watcher would be one thread more.
    #[cfg(all(loom, test))]
    trace: Vec<(Signal, usize)>,
}

impl SignalLog {
    /// The time of a signal, never before that of the last: the two ends read the clock at most a run apart.
    fn now(&mut self) -> Instant {
        let now = clock::now();
        *self.last.insert(self.last.map_or(now, |last| last.max(now)))
    }
}

/// The consumer's word as the producer read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadWord(usize);

impl HeadWord {
    #[inline(always)]
    pub(crate) fn index(self) -> usize {
        self.0 >> SHIFT
    }

    #[inline(always)]
    pub(crate) fn is_paused(self) -> bool {
        self.0 & PAUSED != 0
    }

    #[inline(always)]
    pub(crate) fn is_gone(self) -> bool {
        self.0 & GONE != 0
    }
}

/// The producer's word as the consumer read it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TailWord(usize);

impl TailWord {
    #[inline(always)]
    pub(crate) fn index(self) -> usize {
        self.0 >> SHIFT
    }

    #[inline(always)]
    pub(crate) fn is_ended(self) -> bool {
        self.0 & ENDED != 0
    }
}

/// The distance from one index to a later one.
#[inline(always)]
pub(crate) fn distance(tail: usize, head: usize) -> usize {
    (tail << SHIFT).wrapping_sub(head << SHIFT) >> SHIFT
}

impl LinkState {
    /// A link for `capacity` items or bytes, whose pauses end at `low`, which is less.
    pub(crate) fn new(capacity: usize, low: usize) -> Self {
        debug_assert!(low < capacity);
        Self {
            head: Lower::default(),
            tail: Upper::default(),
            capacity,
            low,
            label: None,
            marks: Mutex::default(),
            place: OnceLock::new(),
            #[cfg(feature = "remote")]
            gauges: Mutex::default(),
        }
    }

    /// A half of the link is open, and can tell how the broker's queue stands.
    #[cfg(feature = "remote")]
    pub(crate) fn add_gauge(&self, gauge: crate::remote::Gauge) {
        lock(&self.gauges).push(gauge);
    }

    /// What is known of the broker's queue.
    #[cfg(feature = "remote")]
    fn queue(&self) -> Option<crate::remote::QueueFigures> {
        let gauges = lock(&self.gauges).clone();
        gauges.iter().map(crate::remote::Gauge::read).reduce(crate::remote::QueueFigures::and)
    }

    /// The link is called `label` where it has no place yet.
    pub(crate) fn labelled(self, label: Name) -> Self {
        Self { label: Some(label), ..self }
    }

    #[inline(always)]
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    #[inline(always)]
    pub(crate) fn low(&self) -> usize {
        self.low
    }

    /// Puts the link into a pipeline.
    pub(crate) fn stand_at(&self, place: Place) {
        let first = self.place.set(place);
        debug_assert!(first.is_ok(), "a link has one place");
    }

    /// The link's name.
    pub(crate) fn name(&self) -> Name {
        let name = self.place.get().map(|place| &place.name).or(self.label.as_ref());
        name.map_or_else(|| Name::from("link"), Name::clone)
    }

    /// The largest capacity that the words can count.
    #[cfg(not(loom))]
    pub(crate) const LARGEST: usize = usize::MAX >> (SHIFT + 1);

    // The producer's side.

    /// The consumer's word.
    #[inline(always)]
    pub(crate) fn head(&self) -> HeadWord {
        HeadWord(self.head.word.load(Ordering::Acquire))
    }

    /// Publishes that the producer's index is `tail`, and wakes a consumer that sleeps (R2).
    pub(crate) fn publish(&self, tail: usize) {
        let before = self.tail.word.swap(tail << SHIFT, Ordering::AcqRel);
        if before & WAITING != 0 {
            self.wake_consumer();
        }
    }

    /// Publishes that nothing more comes (L8: it takes no slot).
    pub(crate) fn end(&self) {
        let before = self.tail.word.fetch_or(ENDED, Ordering::AcqRel);
        if before & WAITING != 0 {
            self.wake_consumer();
        }
    }

    /// Pauses the link if the consumer has not moved since `seen` was read; otherwise says what its word is now (R3).
    ///
    /// `len` is what the event reports; who watches is woken by the drop of what comes back.
    pub(crate) fn try_pause(&self, seen: HeadWord, len: usize) -> Result<Woken, HeadWord> {
        let mut log = lock(&self.head.log);
        let paused = seen.0 | PAUSED;
        match self.head.word.compare_exchange(seen.0, paused, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => {
                let now = log.now();
                log.pauses += 1;
                log.since = Some(now);
                log.paused_at = seen.index().wrapping_add(len);
                #[cfg(all(loom, test))]
                log.trace.push((Signal::Pause, len));
                Ok(self.notify(Signal::Pause, len, now))
            }
            Err(now) => Err(HeadWord(now)),
        }
    }

    /// Waits, as the producer, until the link is no longer paused, or its consumer has left (R4).
    pub(crate) fn poll_drained(&self, cx: &Context<'_>, sleeper: &mut Sleeper) -> Poll<HeadWord> {
        self.poll_head(cx, sleeper, |word| !word.is_paused() || word.is_gone())
    }

    /// Before the producer sleeps for another reason: says whether the consumer has left, and wakes the producer when it does.
    pub(crate) fn poll_gone(&self, cx: &Context<'_>, sleeper: &mut Sleeper) -> Poll<()> {
        self.poll_head(cx, sleeper, HeadWord::is_gone).map(drop)
    }

    /// Waits, as the producer, for news in the consumer's word.
    #[inline]
    fn poll_head(&self, cx: &Context<'_>, sleeper: &mut Sleeper, news: fn(HeadWord) -> bool) -> Poll<HeadWord> {
        let mut word = self.head();
        // A look that found nothing needs no second one where the waker was left before it.
        if !news(word)
            && sleeper.leave(cx.waker(), |waker| lock(&self.head.log).producer.replace(waker))
            && !skip_recheck()
        {
            word = self.head();
        }
        if news(word) { Poll::Ready(word) } else { Poll::Pending }
    }

    /// The producer ends.
    pub(crate) fn producer_goes(&self, sleeper: &mut Sleeper) {
        sleeper.go(|| lock(&self.head.log).producer.take());
    }

    /// The most the link has held.
    #[inline(always)]
    pub(crate) fn max_len(&self) -> usize {
        self.tail.max_len.load(Ordering::Relaxed)
    }

    /// Notes how full the link was at the end of a run.
    pub(crate) fn note_len(&self, len: usize) {
        if len > self.max_len() {
            self.tail.max_len.store(len, Ordering::Relaxed);
        }
    }

    pub(crate) fn note_dropped(&self, items: u64) {
        self.tail.dropped.fetch_add(items, Ordering::Relaxed);
    }

    // The consumer's side.

    /// The producer's word.
    #[inline(always)]
    pub(crate) fn tail(&self) -> TailWord {
        TailWord(self.tail.word.load(Ordering::Acquire))
    }

    /// Whether the link is paused, as its consumer sees it: only the consumer ends a pause, so `true` stays true.
    #[inline(always)]
    pub(crate) fn is_paused(&self) -> bool {
        self.head().is_paused()
    }

    /// Publishes that `n` more items were taken, and drains the link when its level is at or below `mark` (R5).
    pub(crate) fn release(&self, n: usize, mark: usize) {
        let before = HeadWord(self.head.word.fetch_add(n << SHIFT, Ordering::AcqRel));
        if before.is_paused() {
            let head = before.0.wrapping_add(n << SHIFT) >> SHIFT;
            let len = distance(self.tail().index(), head);
            if len <= mark {
                drop(self.drain(len));
            }
        }
    }

    /// Ends the pause and wakes the producer.
    pub(crate) fn drain(&self, len: usize) -> Woken {
        let mut log = lock(&self.head.log);
        self.head.word.fetch_and(!PAUSED, Ordering::AcqRel);
        let now = log.now();
        if let Some(since) = log.since.take() {
            log.paused_for += now.saturating_duration_since(since);
        }
        #[cfg(all(loom, test))]
        log.trace.push((Signal::Drain, len));
        let woken = self.notify(Signal::Drain, len, now);
        self.wake_producer(log);
        woken
    }

    /// Waits, as the consumer, until the producer's index is no longer `known`, or the stream has ended (R2).
    pub(crate) fn poll_filled(&self, cx: &Context<'_>, sleeper: &mut Sleeper, known: usize) -> Poll<TailWord> {
        let news = |word: TailWord| word.index() != known & (usize::MAX >> SHIFT) || word.is_ended();
        let word = self.tail();
        if news(word) {
            return Poll::Ready(word);
        }
        sleeper.leave(cx.waker(), |waker| lock(&self.tail.consumer).replace(waker));
        let word = TailWord(self.tail.word.fetch_or(WAITING, Ordering::AcqRel));
        if !skip_recheck() && news(word) { Poll::Ready(word) } else { Poll::Pending }
    }

    /// The consumer leaves.
    pub(crate) fn leave(&self, sleeper: &mut Sleeper) {
        sleeper.go(|| lock(&self.tail.consumer).take());
        self.head.word.fetch_or(GONE, Ordering::AcqRel);
        self.wake_producer(lock(&self.head.log));
    }

    // A core whose items stand behind a lock mirrors its level here, for observers. It calls these with its lock held.

    /// So much has entered, which makes the level `len`.
    pub(crate) fn mirror_entered(&self, weight: usize, len: usize) {
        self.tail.word.fetch_add(weight << SHIFT, Ordering::AcqRel);
        self.note_len(len);
    }

    /// So much has left.
    pub(crate) fn mirror_left(&self, weight: usize) {
        self.head.word.fetch_add(weight << SHIFT, Ordering::AcqRel);
    }

    // The observers' side.

    /// How much the link holds: items, or bytes.
    pub(crate) fn len(&self) -> usize {
        // The consumer's index first: what it has taken was published before, so the difference is never negative. When it
        // moves in between, the difference may be too large by what was moved: look again.
        let mut len = 0;
        for _ in 0..8 {
            let head = self.head().index();
            len = distance(self.tail().index(), head);
            if self.head().index() == head {
                break;
            }
            len = len.min(self.capacity);
        }
        len
    }

    pub(crate) fn snapshot(&self) -> LinkSnapshot {
        #[cfg(feature = "remote")]
        let queue = self.queue();
        let len = self.len();
        #[cfg(feature = "remote")]
        let len = queue.as_ref().and_then(|queue| usize::try_from(queue.level?.items).ok()).unwrap_or(len);
        let log = lock(&self.head.log);
        let now = Instant::now();
        let running = log.since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        let paused = log.since.map(|since| Mark { index: log.paused_at, at: since });
        let place = self.place.get();
        let named = |name: fn(&Place) -> &Name| place.map_or_else(|| Name::from("link"), |place| name(place).clone());
        LinkSnapshot {
            name: named(|place| &place.name),
            from: named(|place| &place.from),
            to: named(|place| &place.to),
            writer: named(|place| &place.from),
            reader: named(|place| &place.to),
            len,
            capacity: self.capacity,
            low: self.low,
            paused: self.is_paused(),
            pauses: log.pauses,
            paused_for: log.paused_for + running,
            max_len: self.max_len(),
            dropped: self.tail.dropped.load(Ordering::Relaxed),
            oldest: lock(&self.marks).oldest(self.head().index(), self.tail().index(), paused, now),
            #[cfg(feature = "remote")]
            queue,
        }
    }

    fn wake_producer(&self, log: MutexGuard<'_, SignalLog>) {
        let waker = log.producer.clone();
        drop(log);
        sleeper::wake(waker, self.tasks().map(|(writer, _)| &**writer));
    }

    fn wake_consumer(&self) {
        let waker = lock(&self.tail.consumer).clone();
        sleeper::wake(waker, self.tasks().map(|(_, reader)| &**reader));
    }

    fn tasks(&self) -> Option<&(Arc<TaskFigures>, Arc<TaskFigures>)> {
        self.place.get()?.tasks.as_ref()
    }

    fn notify(&self, signal: Signal, len: usize, at: Instant) -> Woken {
        let Some(place) = self.place.get() else { return Woken::default() };
        let event = || SignalEvent {
            from: place.from.clone(),
            to: place.to.clone(),
            link: place.name.clone(),
            signal,
            len,
            at,
            missed: 0,
        };
        let mut woken = place.observers.publish(event);
        woken.trace(&place.pipeline, event);
        woken
    }
}

#[cfg(all(loom, test))]
impl LinkState {
    /// All signals so far, with the level each reported.
    pub(crate) fn trace(&self) -> Vec<(Signal, usize)> {
        lock(&self.head.log).trace.clone()
    }
}

/// The models of `tests/` take the second look out, to see that they fail without it.
#[cfg(loom)]
pub(crate) static SKIP_RECHECK: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

#[cfg(loom)]
fn skip_recheck() -> bool {
    SKIP_RECHECK.load(Ordering::Relaxed)
}

#[cfg(not(loom))]
#[inline(always)]
fn skip_recheck() -> bool {
    false
}
