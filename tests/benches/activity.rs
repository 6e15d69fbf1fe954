//! Activities from and to JSON, against `serde_json::Value` in the same run.
//!
//! `cargo bench -p onhook-tests --bench activity` prints nanoseconds and allocations per activity.

#[path = "stopwatch.rs"]
mod stopwatch;

use std::path::Path;

use onhook::Activity;
use onhook_allocations::count;
use serde_json::Value;
use stopwatch::Entrant;

/// What is measured of one document, and how often it takes from the heap.
struct Row {
    what: &'static str,
    nanoseconds: f64,
    blocks: u64,
}

fn main() {
    if !stopwatch::asked() {
        println!("skipped: run it with `cargo bench`");
        return;
    }
    for (name, text) in documents() {
        let activity = Activity::from_json(&text).expect("the corpus is valid");
        let value: Value = serde_json::from_str(&text).expect("the corpus is valid");
        println!("{name}, {} bytes", text.len());
        compare(
            "Activity::from_json",
            || Activity::from_json(&text),
            "Value from str",
            || serde_json::from_str::<Value>(&text),
        );
        compare(
            "Activity::from_slice",
            || Activity::from_slice(text.as_bytes()),
            "Value from slice",
            || serde_json::from_slice::<Value>(text.as_bytes()),
        );
        compare(
            "Activity::to_json",
            || activity.to_json(),
            "Value to string",
            || serde_json::to_string(&value),
        );
        compare(
            "Activity::clone",
            || activity.clone(),
            "Value clone",
            || value.clone(),
        );
    }
}

/// Activities of the corpus: the result of a command, a message with everything, and a chunk of audio as large
/// as one on the wire.
fn documents() -> Vec<(&'static str, String)> {
    let chunk: Value = serde_json::from_str(&corpus("event-media-chunk")).expect("a valid chunk");
    let chunk = with_audio(chunk, 43_000).to_string();
    vec![
        ("commandResult", corpus("command-result-recording-started")),
        ("message with SSML", corpus("message-spoken")),
        ("message with everything", corpus("message-full")),
        ("event with audio", chunk),
    ]
}

fn corpus(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus/activities")
        .join(name)
        .with_extension("json");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The event with so many characters of base64 in the longest string of its value.
fn with_audio(mut event: Value, characters: usize) -> Value {
    let fields = event.get_mut("value").and_then(Value::as_object_mut);
    let longest = fields.into_iter().flatten().map(|(_, value)| value);
    let longest = longest.max_by_key(|value| value.as_str().map_or(0, str::len));
    *longest.expect("a chunk has data") = "UklG".repeat(characters / 4).into();
    event
}

fn compare<A, B>(
    ours: &'static str,
    mut our_work: impl FnMut() -> A,
    yardstick: &'static str,
    mut its_work: impl FnMut() -> B,
) {
    let blocks = [count(&mut our_work).1.blocks, count(&mut its_work).1.blocks];
    let medians = stopwatch::race(&mut [Entrant::new(our_work), Entrant::new(its_work)]);
    let rows = [ours, yardstick].into_iter().zip(medians).zip(blocks).map(
        |((what, nanoseconds), blocks)| Row {
            what,
            nanoseconds,
            blocks,
        },
    );
    let rows: Vec<Row> = rows.collect();
    for Row {
        what,
        nanoseconds,
        blocks,
    } in &rows
    {
        print!("  {what:<20} {nanoseconds:>8.0} ns {blocks:>4} allocations   ");
    }
    if let [ours, yardstick] = &*rows {
        print!("{:.2}", ours.nanoseconds / yardstick.nanoseconds);
    }
    println!();
}
