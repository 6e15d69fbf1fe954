//! Time on a machine that is not quiet: short batches of everything that is compared, taken in turns, and the
//! median of each. A neighbour's noise then falls on all of them alike, and its bursts on a few batches only.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one batch should last: shorter than a scheduler's time slice, longer than the clock's grain.
const BATCH: Duration = Duration::from_micros(200);

/// How many batches the median is taken of.
const BATCHES: usize = 1_001;

/// One of the things that are compared.
pub(crate) struct Entrant<'w> {
    work: Box<dyn FnMut() + 'w>,
}

impl<'w> Entrant<'w> {
    pub(crate) fn new<T>(mut work: impl FnMut() -> T + 'w) -> Entrant<'w> {
        let work = Box::new(move || drop(black_box(work())));
        Entrant { work }
    }

    fn batch(&mut self, times: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            (self.work)();
        }
        start.elapsed()
    }

    /// How often the work has to be done to fill a batch.
    fn times(&mut self) -> u32 {
        let mut times = 1;
        while times < 1 << 24 && self.batch(times) < BATCH {
            times *= 2;
        }
        times
    }
}

/// The median of the nanoseconds that one run of each entrant takes, in their order.
pub(crate) fn race(entrants: &mut [Entrant<'_>]) -> Vec<f64> {
    let times: Vec<u32> = entrants.iter_mut().map(Entrant::times).collect();
    let mut batches: Vec<Vec<Duration>> = vec![Vec::with_capacity(BATCHES); entrants.len()];
    for _ in 0..BATCHES {
        for ((entrant, times), batches) in entrants.iter_mut().zip(&times).zip(&mut batches) {
            batches.push(entrant.batch(*times));
        }
    }
    batches
        .iter_mut()
        .zip(&times)
        .map(|(batches, times)| {
            batches.sort_unstable();
            let median = batches.get(BATCHES / 2).copied().unwrap_or_default();
            median.as_secs_f64() * 1e9 / f64::from(*times)
        })
        .collect()
}

/// Whether this is `cargo bench`, and not a test run that only wants to know that the benchmark builds.
pub(crate) fn asked() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}
