//! What is left of the call, as a table.

use onhook_channel::CallReport;

/// Where the recordings go, below the folder in which the program is started.
pub(crate) const FOLDER: &str = "recordings";

/// Prints the recordings of a call: where, how long, how big, how dear.
pub(crate) fn recordings(report: &CallReport) {
    println!("\nThe call took {:.1} s.", report.duration.as_secs_f64());
    if report.recordings.is_empty() {
        return println!("There is no recording of it.");
    }
    println!(
        "\n{:>8}  {:>9}  {:>9}  recording",
        "seconds", "bytes", "price"
    );
    for recording in &report.recordings {
        println!(
            "{:>8.3}  {:>9}  {:>9}  {}",
            recording.duration.as_secs_f64(),
            recording.bytes,
            recording.price.to_string(),
            recording.content.display(),
        );
    }
}
