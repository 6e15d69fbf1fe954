//! Characters that come one by one, or several at a time, until there are enough: what digits and spelled words share.

use std::time::Duration;

use super::{Partial, Verdict};

/// How many characters an answer has at most.
pub(super) const MOST: usize = 128;

/// How characters are collected.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collected {
    least: usize,
    most: usize,
    pub(super) terminator: Option<char>,
    pub(super) deletion: Option<char>,
}

/// How long a terminator is waited for when everything else is there.
pub(super) const TERMINATOR: Duration = Duration::from_secs(2);

impl Collected {
    /// From `least` to `most` characters, each from 1 to [`MOST`].
    pub(super) fn between(least: usize, most: usize) -> Collected {
        Collected {
            least: least.min(most).clamp(1, MOST),
            most: most.max(least).clamp(1, MOST),
            terminator: None,
            deletion: None,
        }
    }

    /// Takes a key.
    pub(super) fn key(&self, key: char, so_far: &mut Partial) -> Verdict<String> {
        if self.terminator == Some(key) {
            return self.end(so_far);
        }
        if self.deletion == Some(key) {
            so_far.pop();
            return Verdict::More;
        }
        so_far.push(key);
        self.grown(so_far, false)
    }

    /// Takes several characters that were said at once.
    pub(super) fn said(&self, characters: &[char], so_far: &mut Partial) -> Verdict<String> {
        let (characters, ended) = match characters.split_last() {
            Some((last, rest)) if self.terminator == Some(*last) => (rest, true),
            _ => (characters, false),
        };
        for character in characters {
            if self.terminator == Some(*character) {
                so_far.clear();
                return Verdict::NoMatch;
            }
            if self.deletion == Some(*character) {
                so_far.pop();
            } else {
                so_far.push(*character);
            }
        }
        if ended {
            self.end(so_far)
        } else {
            self.grown(so_far, true)
        }
    }

    /// Nothing comes any more: it is enough, or it is none.
    pub(super) fn end(&self, so_far: &mut Partial) -> Verdict<String> {
        let collected = so_far.take();
        let count = collected.chars().count();
        if (self.least..=self.most).contains(&count) {
            Verdict::Answer(collected)
        } else {
            Verdict::NoMatch
        }
    }

    /// Whether only the terminator can follow.
    pub(super) fn awaits_terminator(&self, so_far: &Partial) -> bool {
        self.terminator.is_some() && so_far.len() >= self.most
    }

    /// What is said at once is whole when it is enough; keys are when no more can follow.
    fn grown(&self, so_far: &mut Partial, said: bool) -> Verdict<String> {
        let count = so_far.len();
        if count > self.most {
            so_far.clear();
            return Verdict::NoMatch;
        }
        let enough = if said {
            count >= self.least
        } else {
            count == self.most && self.terminator.is_none()
        };
        if enough {
            self.end(so_far)
        } else {
            Verdict::More
        }
    }
}
