//! "Did you mean": the nearest word of a vocabulary.

use crate::vocabulary::{COMMANDS, FOREIGN_HOOKS, Hook};

/// The hook that someone who wrote `word` has most likely meant.
pub(crate) fn hook(word: &str) -> Option<&'static str> {
    let word = snake_case(word);
    let word = word.strip_suffix("_async").unwrap_or(&word);
    let word = word
        .strip_suffix("_activity")
        .filter(|word| *word != "on")
        .unwrap_or(word);
    let foreign = FOREIGN_HOOKS
        .iter()
        .find(|(foreign, _)| *foreign == word)
        .map(|(_, hook)| *hook);
    foreign.or_else(|| nearest(word, Hook::ALL.iter().map(|hook| hook.attribute())))
}

/// The known command that someone who wrote `word` has most likely meant.
pub(crate) fn command(word: &str) -> Option<&'static str> {
    let word = snake_case(word);
    let word = word.strip_suffix("_command").unwrap_or(&word);
    let same = COMMANDS
        .iter()
        .find(|known| snake_case(known.name) == word)
        .map(|known| known.name);
    same.or_else(|| nearest(word, COMMANDS.iter().map(|known| known.name)))
}

/// The candidate at the smallest edit distance, if that is at most a third of the word's length.
pub(crate) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `OnMembersAdded`, `onMembersAdded`, `on-members.added` → `on_members_added`.
fn snake_case(word: &str) -> String {
    let mut snake = String::with_capacity(word.len() + 4);
    let mut after_lower = false;
    for letter in word.chars() {
        if letter.is_alphanumeric() {
            if letter.is_uppercase() && after_lower {
                snake.push('_');
            }
            snake.extend(letter.to_lowercase());
        } else if !snake.is_empty() && !snake.ends_with('_') {
            snake.push('_');
        }
        after_lower = letter.is_lowercase() || letter.is_numeric();
    }
    snake
}

/// Damerau-Levenshtein distance (optimal string alignment): edits and swaps of neighbours count one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let substitution = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = substitution.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "", 3),
            ("strat", "start", 1),
            ("text", "txt", 1),
            ("text", "test", 1),
            ("on_mesage", "on_message", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(a, b), expected, "{a} {b}");
            assert_eq!(distance(b, a), expected, "{b} {a}");
        }
    }

    #[test]
    fn hooks() {
        for (written, meant) in [
            ("on_member_added", Some("on_members_added")),
            ("OnMembersAdded", Some("on_members_added")),
            ("OnMembersAddedAsync", Some("on_members_added")),
            ("onMembersAdded", Some("on_members_added")),
            ("members_added", Some("on_members_added")),
            ("on_mesage", Some("on_message")),
            ("OnMessageActivityAsync", Some("on_message")),
            ("on_comand_result", Some("on_command_result")),
            ("OnRecordingStartResultAsync", Some("on_command_result")),
            ("on_turn_error", Some("on_error")),
            ("on_click", None),
            ("instrument", None),
        ] {
            assert_eq!(hook(written), meant, "{written}");
        }
    }

    #[test]
    fn commands() {
        for (written, meant) in [
            ("recording_strat", Some("recording_start")),
            ("RecordingStart", Some("recording_start")),
            ("recording.start", Some("recording_start")),
            ("recordingPause", Some("recording_pause")),
            ("RECORDING_STOP", Some("recording_stop")),
            ("record_start", Some("recording_start")),
            ("session_init", Some("session.init")),
            ("foo", None),
        ] {
            assert_eq!(command(written), meant, "{written}");
        }
    }
}
