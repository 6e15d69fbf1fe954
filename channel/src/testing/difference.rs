//! What is different between two journals.

use std::fmt::Write;

use serde_json::Value;

use super::journal::{Entry, Journal};

/// What is of no account: ids depend on what else was sent at the same moment, and times on how long it takes to say.
const FLEETING: [&str; 4] = ["id", "replyToId", "timestamp", "localTimestamp"];
/// Lines that are shown around a difference.
const AROUND: usize = 2;

/// An activity as it is compared and shown.
struct Told {
    at: u64,
    value: Value,
}

pub(super) fn differences(before: &Journal, after: &Journal) -> String {
    let mut text = String::new();
    let mut part = |title: &str, before: Vec<&Entry>, after: Vec<&Entry>| {
        let difference = difference(&told(&before), &told(&after));
        if !difference.is_empty() {
            let _ = write!(text, "{title}:\n{difference}");
        }
    };
    part("what the bot sent", before.sent(), after.sent());
    part("what the bot was told", before.told(), after.told());
    // A journal of a call that was not over yet has none.
    let (kept, keeps) = (before.kept(), after.kept());
    let over = before
        .entries
        .last()
        .is_some_and(|entry| entry.recording.is_some());
    if text.is_empty() && over && kept != keeps {
        text.push_str("the recordings:\n");
        for (mark, recordings) in [('-', kept), ('+', keeps)] {
            for recording in recordings {
                let (id, content) = (&recording.id, &recording.content);
                let _ = writeln!(text, "  {mark} {id} {content} {}", recording.metadata);
            }
        }
    }
    text
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

/// `message “Welcome.”`, `command channel/…start {…}`, and what else is not the same in every activity.
fn shown(value: &Value) -> String {
    let word = |field: &str| value.get(field).and_then(Value::as_str);
    let mut text = word("type").unwrap_or("?").to_owned();
    if let Some(name) = word("name") {
        let _ = write!(text, " {name}");
    }
    if let Some(said) = word("text") {
        let _ = write!(text, " “{said}”");
    }
    let fields = value.as_object().into_iter().flatten();
    for (field, value) in fields {
        if !USUAL.contains(&field.as_str()) {
            let _ = write!(text, " {field}={value}");
        }
    }
    text
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
