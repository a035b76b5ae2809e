//! Every side of every case, as divan measures: `cargo bench --manifest-path runtime/benches/Cargo.toml -- WORD`.
//!
//! divan runs one side after the other, `ratios` in turn; on a machine that is not quiet only the latter compares well.

use aqueduct_benches::cases;
use aqueduct_benches::harness::{Case, Side};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// A side, by the name it has in the table.
struct Named {
    name: String,
    case: Case,
    side: Side,
}

impl std::fmt::Display for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

fn ours() -> Vec<Named> {
    let mut jobs: Vec<Named> = Vec::new();
    for case in cases::all() {
        let name = format!("{}, threads: {}", case.name, case.threads());
        if jobs.iter().all(|job| job.name != name) {
            jobs.push(Named { name, case, side: case.ours });
        }
    }
    jobs
}

fn theirs() -> impl Iterator<Item = Named> {
    let here = cases::all().into_iter().filter(|case| !case.theirs.is_apart());
    here.map(|case| Named {
        name: format!("{}, threads: {}: {}", case.name, case.threads(), case.against),
        case,
        side: case.theirs,
    })
}

#[divan::bench(args = ours(), sample_count = 10, sample_size = 1)]
fn aqueduct(bencher: Bencher<'_, '_>, job: &Named) {
    bench(bencher, job);
}

#[divan::bench(args = theirs(), sample_count = 10, sample_size = 1)]
fn peers(bencher: Bencher<'_, '_>, job: &Named) {
    bench(bencher, job);
}

fn bench(bencher: Bencher<'_, '_>, job: &Named) {
    let (runtime, side) = (job.case.runtime(), job.side);
    bencher.counter(ItemsCount::new(side.items)).bench_local(|| side.result(&runtime, side.items));
}
