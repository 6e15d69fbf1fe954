//! Instructions of a piece of this program, by valgrind's callgrind: the same on a busy machine and on a quiet one.

use std::process::Command;

/// The word with which this program starts itself under callgrind.
const CHILD: &str = "under-callgrind";

/// How often the piece runs in the shorter and in the longer of the two runs; their difference is free of
/// everything that the program does besides.
const RUNS: [u64; 2] = [20, 120];

/// The arguments of a run that callgrind watches: what to run, and how often.
pub(crate) fn child() -> Option<(String, u64)> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &*arguments {
        [word, what, times] if word == CHILD => Some((what.clone(), times.parse().ok()?)),
        _ => None,
    }
}

/// Whether valgrind is installed.
pub(crate) fn is_installed() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok()
}

/// The instructions of one run of `what`.
pub(crate) fn instructions(what: &str) -> Result<f64, String> {
    let [shorter, longer] = RUNS;
    let (few, many) = (collected(what, shorter)?, collected(what, longer)?);
    let difference = many
        .checked_sub(few)
        .ok_or("more instructions in the shorter run")?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "far below 2^52 instructions are counted"
    )]
    Ok(difference as f64 / (longer - shorter) as f64)
}

fn collected(what: &str, times: u64) -> Result<u64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args([CHILD, what, &times.to_string()])
        .output()
        .map_err(|error| error.to_string())?;
    let report = String::from_utf8_lossy(&output.stderr);
    report
        .lines()
        .find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok())
        .ok_or_else(|| format!("callgrind did not count: {report}"))
}
