//! Where there is no terminal: a line a second, and one at the end.

use std::io::{self, Write};
use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use super::figures::{count, level, rate, time};
use super::tree::{Place, Row, What, rows};
use crate::watch::queue::Queue;
use crate::{Bottleneck, Control, LinkSnapshot, Name, Snapshot};

const SECOND: Duration = Duration::from_secs(1);

/// Writes lines until the pipeline has ended.
pub(super) async fn lines(control: &Control, out: &mut impl Write) -> io::Result<()> {
    let tree = rows(&control.graph());
    let mut end = pin!(control.ended());
    let mut before = control.snapshot();
    while timeout(SECOND, &mut end).await.is_err() {
        let now = control.snapshot();
        writeln!(out, "{}", line(&tree, &now, &now.since(&before)))?;
        before = now;
    }
    writeln!(out, "{}", last(&tree, &control.snapshot(), before.bottleneck()))
}

/// The time, what the sources give and the sinks take, the fullest link, and whom all wait for.
fn line(tree: &[Row], now: &Snapshot, span: &Snapshot) -> String {
    let mut parts = vec![time(now.elapsed)];
    parts.extend(now.paused.then(|| "paused".into()));
    let rates = ends(tree, span).map(|(name, items)| format!("{name} {}/s", rate(items, span.elapsed)));
    parts.extend(rates);
    parts.extend(fullest(tree, now));
    parts.extend(span.bottleneck().map(|bottleneck| format!("bottleneck: {}", bottleneck.stage)));
    parts.join("  ")
}

/// The whole run; its bottleneck is the one it had while it lasted.
fn last(tree: &[Row], total: &Snapshot, bottleneck: Option<Bottleneck>) -> String {
    let items: Vec<_> = ends(tree, total).map(|(name, items)| format!("{name} {} items", count(items))).collect();
    let bottleneck = bottleneck.map(|bottleneck| format!("; bottleneck: {bottleneck}")).unwrap_or_default();
    format!("ended after {}: {}{bottleneck}", time(total.elapsed), items.join(", "))
}

/// What each source has given and each sink has taken.
fn ends<'s>(tree: &'s [Row], snapshot: &'s Snapshot) -> impl Iterator<Item = (&'s str, u64)> {
    let here = |name: &Name| snapshot.here().find(|stage| stage.name == *name);
    tree.iter().filter_map(move |row| match &row.what {
        What::Stage { name, place: Place::Source } => Some((&**name, here(name)?.items_out)),
        What::Stage { name, place: Place::Sink } => Some((&**name, here(name)?.items_in)),
        _ => None,
    })
}

/// Of equally full ones the last; none if all are empty.
fn fullest(tree: &[Row], now: &Snapshot) -> Option<String> {
    let filled = |link: &LinkSnapshot| link.len as f64 / link.capacity as f64;
    let links = tree.iter().filter_map(|row| match &row.what {
        What::Link { name, unit, .. } => Some((now.link(name)?, *unit)),
        _ => None,
    });
    let (link, unit) =
        links.filter(|(link, _)| link.len > 0).max_by(|(a, _), (b, _)| filled(a).total_cmp(&filled(b)))?;
    let why = Queue::of(link).and_then(|queue| queue.paused);
    let paused = match why {
        Some(why) => format!(", paused: {}", why.words),
        None => if link.paused { ", paused" } else { "" }.to_owned(),
    };
    Some(format!("{} {}{paused}", link.name, level(link.len, link.capacity, unit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline;

    #[tokio::test(start_paused = true)]
    async fn a_line_a_second_and_one_at_the_end() {
        let storing = pipeline! {
            #![crate = crate]
            repeat_with(|| 1u8) as numbers
                -> queue(4) as waiting
                -> for_each_async(1, async |_| tokio::time::sleep(SECOND / 2).await) as store
        };
        let (control, mut out) = (storing.control(), Vec::new());
        let finish = async {
            tokio::time::sleep(SECOND * 5 / 2).await;
            control.pause();
            tokio::time::sleep(SECOND).await;
            control.finish();
        };
        let (outcome, written, ()) = tokio::join!(storing.run(), lines(&control, &mut out), finish);
        outcome.unwrap();
        written.unwrap();
        let expected = "\
            1.0 s  numbers 6.0/s  store 2.0/s  waiting 4 of 4 items, paused  bottleneck: store\n\
            2.0 s  numbers 2.0/s  store 2.0/s  waiting 4 of 4 items, paused  bottleneck: store\n\
            3.0 s  paused  numbers 0/s  store 2.0/s  waiting 2 of 4 items  bottleneck: store\n\
            4.0 s  paused  numbers 0/s  store 2.0/s\n\
            ended after 4.0 s: numbers 8 items, store 8 items; bottleneck: stage `store` at ";
        let written = String::from_utf8(out).unwrap();
        assert_eq!(written[..expected.len()], *expected);
        assert_eq!(written.lines().count(), 5);
    }

    /// Of two parts this process runs the upper one. Nobody takes from the queue.
    #[cfg(feature = "remote")]
    #[tokio::test(start_paused = true)]
    async fn what_runs_elsewhere_has_no_figures() {
        let selling = pipeline! {
            #![crate = crate]
            #![role = Some("ingest")]
            repeat_with(|| 1u8) as numbers
                -> queue(crate::remote::in_memory("shop").per_message(4), capacity = 64, role = "work") as orders
                -> count()
        };
        let (control, mut out) = (selling.control(), Vec::new());
        let abort = async {
            tokio::time::sleep(SECOND * 3 / 2).await;
            control.abort();
        };
        let (outcome, written, ()) = tokio::join!(selling.run(), lines(&control, &mut out), abort);
        assert!(outcome.is_err());
        written.unwrap();
        let written = String::from_utf8(out).unwrap();
        let (line, last) = written.trim_end().split_once('\n').unwrap();
        assert!(line.starts_with("1.0 s  numbers "), "{written}");
        assert!(line.ends_with("/s  orders 64 of 64 items, paused: the queue is full"), "{written}");
        assert!(last.starts_with("ended after 1.5 s: numbers ") && last.ends_with(" items"), "{written}");
    }
}
