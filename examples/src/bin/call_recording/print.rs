//! Everything that is printed.

use std::fmt;
use std::io::{self, Write};

use onhook_channel::CallReport;

/// Where the recordings go, below the folder in which the program is started.
pub(crate) const FOLDER: &str = "recordings";

/// Prints a line; nobody may be reading it, and the call goes on.
pub(crate) fn line(text: impl fmt::Display) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// Prints the recordings of a call: where, how long, how big, how dear.
pub(crate) fn recordings(report: &CallReport) {
    line(format_args!(
        "\nThe call took {:.1} s.",
        report.duration.as_secs_f64()
    ));
    if report.recordings.is_empty() {
        return line("There is no recording of it.");
    }
    line(format_args!(
        "\n{:>8}  {:>9}  {:>9}  recording",
        "seconds", "bytes", "price"
    ));
    for recording in &report.recordings {
        line(format_args!(
            "{:>8.3}  {:>9}  {:>9}  {}",
            recording.duration.as_secs_f64(),
            recording.bytes,
            recording.price.to_string(),
            recording.content.display(),
        ));
    }
}
