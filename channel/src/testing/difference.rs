//! What is different between two saved calls.

use std::fmt::Write;

use onhook::ssml;
use serde_json::Value;

use super::saved_call::{Entry, SavedCall};

/// What is of no account: ids depend on what else was sent at the same moment, and times on how long it takes to say.
const FLEETING: [&str; 4] = ["id", "replyToId", "timestamp", "localTimestamp"];
/// Lines that are shown around a difference.
const AROUND: usize = 2;

/// An activity as it is compared and shown.
struct Told {
    at: u64,
    value: Value,
}

pub(super) fn differences(before: &SavedCall, after: &SavedCall) -> String {
    let part = |title: &str, before: Vec<&Entry>, after: Vec<&Entry>| {
        let difference = difference(&told(&before), &told(&after));
        (!difference.is_empty()).then(|| format!("{title}:\n{difference}"))
    };
    // Each is a consequence of what stands before it: shown too, it would hide the difference.
    part("what the bot sent", before.sent(), after.sent())
        .or_else(|| part("what the bot was told", before.told(), after.told()))
        .or_else(|| recordings(before, after))
        .unwrap_or_default()
}

/// The recordings, if they are not the same; a call that was saved before it was over has none.
fn recordings(before: &SavedCall, after: &SavedCall) -> Option<String> {
    let (before, after) = (before.kept(), after.kept());
    if before.is_empty() || before == after {
        return None;
    }
    let mut text = "the recordings:\n".to_owned();
    for (mark, recordings) in [('-', before), ('+', after)] {
        for recording in recordings {
            let (id, content, metadata) = (&recording.id, &recording.content, &recording.metadata);
            let _ = writeln!(
                text,
                "  {mark} {id} audio {content:.16}… metadata {metadata:.16}…"
            );
        }
    }
    Some(text)
}

fn told(entries: &[&Entry]) -> Vec<Told> {
    let told = |entry: &&Entry| {
        let json = entry.bot.as_ref().or(entry.channel.as_ref())?;
        let mut value: Value = json.parse().ok()?;
        let fields = value.as_object_mut()?;
        for field in FLEETING {
            fields.remove(field);
        }
        Some(Told {
            at: entry.at,
            value,
        })
    };
    entries.iter().filter_map(told).collect()
}

/// A line for each activity that is in one only, and for those around it; empty if there is none.
fn difference(before: &[Told], after: &[Told]) -> String {
    let lines = align(before, after);
    let differs = |line: &(char, &Told)| line.0 != ' ';
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        let around = at.saturating_sub(AROUND)..(at + AROUND + 1).min(lines.len());
        if lines
            .get(around)
            .is_some_and(|around| around.iter().any(differs))
        {
            let (mark, Told { at, value }) = line;
            let (seconds, millis) = (at / 1000, at % 1000);
            let _ = writeln!(text, "  {mark} {seconds:>3}.{millis:03}  {}", shown(value));
        }
    }
    text
}

/// The longest common subsequence, with what is not in it.
fn align<'t>(before: &'t [Told], after: &'t [Told]) -> Vec<(char, &'t Told)> {
    let (rows, columns) = (before.len(), after.len());
    // How many are common from here on.
    let mut common = vec![vec![0_usize; columns + 1]; rows + 1];
    for (row, one) in before.iter().enumerate().rev() {
        for (column, other) in after.iter().enumerate().rev() {
            common[row][column] = if one.value == other.value {
                common[row + 1][column + 1] + 1
            } else {
                common[row + 1][column].max(common[row][column + 1])
            };
        }
    }
    let (mut row, mut column, mut lines) = (0, 0, Vec::new());
    while row < rows || column < columns {
        if row < rows && column < columns && before[row].value == after[column].value {
            lines.push((' ', &before[row]));
            (row, column) = (row + 1, column + 1);
        } else if row < rows
            && (column == columns || common[row + 1][column] >= common[row][column + 1])
        {
            lines.push(('-', &before[row]));
            row += 1;
        } else {
            lines.push(('+', &after[column]));
            column += 1;
        }
    }
    lines
}

/// `message “Welcome.”`, `command channel/…start {…}`: what is not the same in every activity of a call.
fn shown(value: &Value) -> String {
    let word = |field: &str| value.get(field).and_then(Value::as_str);
    let mut text = word("type").unwrap_or("?").to_owned();
    if let Some(name) = word("name") {
        let _ = write!(text, " {name}");
    }
    let said = word("text").unwrap_or_default();
    if !said.is_empty() {
        let _ = write!(text, " “{said}”");
    }
    for (field, value) in value.as_object().into_iter().flatten() {
        // Speech that says the text says nothing new.
        let repeats = field == "speak" && word(field).is_some_and(|speak| repeats(speak, said));
        if !repeats && !USUAL.contains(&field.as_str()) {
            let _ = write!(text, " {field}={value}");
        }
    }
    text
}

/// Whether a document is nothing but this text.
fn repeats(speak: &str, text: &str) -> bool {
    let segments = ssml::read(speak).unwrap_or_default();
    matches!(&segments[..], [ssml::Segment::Text(spoken)] if spoken.trim() == text.trim())
}

/// Fields that are shown in another way, or are the same throughout a call.
const USUAL: [&str; 9] = [
    "type",
    "name",
    "text",
    "channelId",
    "serviceUrl",
    "from",
    "recipient",
    "conversation",
    "locale",
];
