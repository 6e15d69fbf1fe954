//! What running a program costs: wall time, and the CPU time of it and its children.

use std::fmt;
use std::ops::Sub;
use std::time::Instant;

/// Seconds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// `None` where the system does not say, which is everywhere but on Linux.
    pub(crate) cpu: Option<f64>,
}

impl Cost {
    /// At most what the wall time would be on a quiet machine: waiting for others is not CPU time, and several
    /// cores do not count twice.
    pub(crate) fn quiet(self) -> f64 {
        self.cpu.map_or(self.wall, |cpu| cpu.min(self.wall))
    }

    /// The medians of wall and of CPU time.
    pub(crate) fn median(costs: &[Cost]) -> Cost {
        Cost {
            wall: median(costs.iter().map(|cost| cost.wall).collect()).unwrap_or(f64::NAN),
            cpu: median(costs.iter().filter_map(|cost| cost.cpu).collect()),
        }
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

impl Sub for Cost {
    type Output = Cost;

    fn sub(self, other: Cost) -> Cost {
        Cost {
            wall: self.wall - other.wall,
            cpu: self.cpu.zip(other.cpu).map(|(cpu, other)| cpu - other),
        }
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>7.3} s", self.wall)?;
        match self.cpu {
            Some(cpu) => write!(f, ", CPU {cpu:>6.2} s"),
            None => Ok(()),
        }
    }
}

/// Measures from its start.
pub(crate) struct Watch {
    start: Instant,
    children: Option<f64>,
}

impl Watch {
    pub(crate) fn start() -> Watch {
        Watch {
            start: Instant::now(),
            children: children(),
        }
    }

    pub(crate) fn stop(self) -> Cost {
        let wall = self.start.elapsed().as_secs_f64();
        let cpu = children().zip(self.children);
        Cost {
            wall,
            cpu: cpu.map(|(now, before)| now - before),
        }
    }
}

/// The CPU time of this program's children that have ended, and of theirs: `cutime` and `cstime` of proc(5), in
/// ticks of 10 ms.
fn children() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is the program's name, in brackets, and may hold anything.
    let fields = stat.rsplit_once(')')?.1;
    let mut ticks = fields.split_whitespace().skip(13);
    let mut next = || ticks.next()?.parse::<f64>().ok();
    Some((next()? + next()?) / 100.0)
}
