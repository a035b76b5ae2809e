//! One process of the job in `job.rs`, for tests to kill: `process ROLE PORT TABLE ITEMS HARM`.
//!
//! It leaves on SIGTERM, and says `ready` when it can be told so.

use std::io::Read;
use std::path::Path;
use std::time::Duration;
use std::{env, thread};

use aqueduct::BoxError;
use aqueduct_remote_tests::connected;
use aqueduct_remote_tests::job::{CAPACITY, Harm, POISON, job, queue};
use async_nats::ConnectOptions;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;

/// What a worker does to an item takes so long; it does it to sixteen at a time.
const WORK: Duration = Duration::from_millis(8);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), BoxError> {
    thread::spawn(gone_with_the_test);
    let arguments = Vec::from_iter(env::args().skip(1));
    let [role, port, table, items, harm] = arguments.as_slice() else {
        return Err("ROLE PORT TABLE ITEMS HARM".into());
    };
    let (items, harm) = (items.parse()?, harm.parse()?);
    // The server may just be down.
    let queue = queue(connected(&ConnectOptions::new(), &format!("127.0.0.1:{port}")).await);
    // An item that is in the hands of so many workers that are killed is a dead letter, too: where tests kill them at random it is tried as often as is usual.
    let queue = if harm == Harm::None { queue } else { queue.attempts(3) };
    let job = job(Some(role), queue, CAPACITY, 0..items, Path::new(table), move |item| work(item, harm));
    let (control, mut told) = (job.control(), signal(SignalKind::terminate())?);
    tokio::spawn(async move {
        told.recv().await;
        control.finish();
    });
    println!("ready");
    job.run().await?;
    Ok(())
}

/// The test holds the other end.
fn gone_with_the_test() {
    let _ = std::io::stdin().read(&mut [0]);
    std::process::exit(1);
}

async fn work(item: u64, harm: Harm) -> Result<u64, BoxError> {
    sleep(WORK).await;
    if item == POISON {
        harm.befall()?;
    }
    Ok(item)
}
