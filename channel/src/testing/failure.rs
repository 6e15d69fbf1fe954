//! A step of a test that failed: the panic points at the line of the test.

use std::fmt::Write;
use std::panic::{Location, resume_unwind};
use std::thread;

use crate::call::{Event, Transcript};

/// Panics as if at `place`.
///
/// An async function has no `#[track_caller]`, and `panic!` would point into this crate: the standard message is
/// written here, and the unwinding begun without it.
pub(super) fn fail(place: &Location<'_>, message: String) -> ! {
    let thread = thread::current();
    let name = thread.name().unwrap_or("<unnamed>");
    eprintln!("\nthread '{name}' panicked at {place}:\n{message}");
    resume_unwind(Box::new(message));
}

/// The message: what was expected, what was heard, and the call as a conversation. Lines from `unread` on in which the
/// bot speaks are marked: no step has asked for them yet.
pub(super) fn message(
    expected: &str,
    heard: &str,
    transcript: &Transcript,
    unread: usize,
) -> String {
    let mut message = format!("expected {expected}\nbut      {heard}\n\nthe call so far:\n");
    for (at, line) in transcript.lines.iter().enumerate() {
        let mark = if at >= unread && is_heard(&line.what).is_some() {
            '>'
        } else {
            ' '
        };
        // Writing to a string cannot fail.
        let _ = writeln!(message, "{mark} {line}");
    }
    if transcript.lines.is_empty() {
        message.push_str("  (it has not been answered)\n");
    }
    message
}

/// What the caller hears with this event.
pub(super) fn is_heard(event: &Event) -> Option<&str> {
    match event {
        Event::BotSays(text) | Event::ChannelSays(text) => Some(text),
        _ => None,
    }
}
