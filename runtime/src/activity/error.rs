//! Why a text is no activity.

use super::path;

/// Why a text is no activity: where, and what was found in place of what was expected.
///
/// ```
/// use onhook::activity::Activity;
///
/// let error = Activity::from_json(r#"{"type": "event", "membersAdded": [{}, {"name": 5}]}"#).unwrap_err();
/// assert_eq!(error.path(), "membersAdded[1].name");
/// assert_eq!(
///     error.to_string(),
///     "membersAdded[1].name: invalid type: integer `5`, expected a string at line 1 column 49"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}{}{reason} at line {line} column {column}", if path.is_empty() { "" } else { ": " })]
pub struct ActivityError {
    path: Box<str>,
    reason: Box<str>,
    line: usize,
    column: usize,
}

impl ActivityError {
    /// The JSON path of the mistake, `from.id` or `membersAdded[1].name`; empty for the document as a whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was found and what was expected.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The line of the mistake, from 1 on; 0 when there is none.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The byte column of the mistake in its line.
    pub fn column(&self) -> usize {
        self.column
    }

    /// The bytes after the first `valid` ones are not UTF-8.
    pub(super) fn not_utf8(bytes: &[u8], valid: usize) -> Self {
        let good = bytes.get(..valid).unwrap_or(bytes);
        let last_line = good.rsplit(|byte| *byte == b'\n').next().unwrap_or(good);
        Self {
            path: "".into(),
            reason: "invalid utf-8".into(),
            line: good.split(|byte| *byte == b'\n').count(),
            column: 1 + last_line.len(),
        }
    }
}

impl From<serde_json::Error> for ActivityError {
    fn from(error: serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        let text = error.to_string();
        let text = text
            .strip_suffix(&format!(" at line {line} column {column}"))
            .unwrap_or(&text);
        let (path, reason) = path::split(text);
        Self {
            path: path.into(),
            reason: reason.into(),
            line,
            column,
        }
    }
}
