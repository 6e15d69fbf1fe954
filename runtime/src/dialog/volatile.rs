//! What a dialog knows in memory only.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::activity::Activity;
use crate::question::Partial;

/// The most inputs that are kept for the next question.
const AHEAD: usize = 64;

/// What must not be written down, and what need not be: it is gone with the process.
#[derive(Clone, Default)]
pub(super) struct Volatile {
    /// The keys of a secret question so far.
    pub(super) so_far: Partial,
    /// Answers of secret questions as JSON, by their place in the journal.
    secrets: Vec<(usize, String)>,
    /// What the caller said or pressed while nothing was asked. It may be the beginning of a secret.
    ahead: VecDeque<Arc<Activity>>,
}

impl Volatile {
    /// Nothing of it is worth keeping.
    pub(super) fn is_empty(&self) -> bool {
        self.so_far.is_empty() && self.secrets.is_empty() && self.ahead.is_empty()
    }

    pub(super) fn secret(&self, at: usize) -> Option<&str> {
        let (_, json) = self.secrets.iter().find(|(place, _)| *place == at)?;
        Some(json)
    }

    pub(super) fn keep_secret(&mut self, at: usize, json: String) {
        self.forget_secret(at);
        self.secrets.push((at, json));
    }

    pub(super) fn forget_secret(&mut self, at: usize) {
        self.secrets.retain(|(place, _)| *place != at);
    }

    /// Keeps an input for the next question; the oldest go first.
    pub(super) fn push_ahead(&mut self, activity: Arc<Activity>) {
        if self.ahead.len() >= AHEAD {
            self.ahead.pop_front();
        }
        self.ahead.push_back(activity);
    }

    pub(super) fn pop_ahead(&mut self) -> Option<Arc<Activity>> {
        self.ahead.pop_front()
    }

    pub(super) fn forget_ahead(&mut self) {
        self.ahead.clear();
    }
}
