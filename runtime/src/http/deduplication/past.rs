//! The answers that were given in the last ten minutes.

use std::collections::VecDeque;

use http::StatusCode;

use super::contents::Contents;
use super::digest::{Digest, Map};
use crate::http::answer::{Answer, Content, Kind};

/// A time: tenths of a second since the table was made.
pub(super) type Tick = u32;

/// How long an answer is remembered.
pub(super) const MEMORY: Tick = 10 * 60 * 10;

/// How many answers one generation has: what the standard map holds in 16,384 places before it grows.
const GENERATION: usize = 14_336;

/// How many generations there are at most. The latest 100,000 answers are in them.
const GENERATIONS: usize = 8;

/// The statuses of the answers, in generations: the oldest goes as a whole, so that the tables neither grow by what
/// is removed from them nor need a list of what is to be removed next.
#[derive(Debug)]
pub(super) struct Past {
    generations: VecDeque<Generation>,
    contents: Contents,
}

#[derive(Debug, Default)]
struct Generation {
    answers: Map<Entry>,
    newest: Tick,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    at: Tick,
    status: StatusCode,
    kind: Kind,
    /// There is more than the status, in `contents` as long as it is kept.
    has_content: bool,
}

/// A hundred thousand of them stay below 4 MB.
const _: () = assert!(size_of::<(Digest, Entry)>() == 16);

/// Whether what was noted `at` is too old.
pub(super) fn is_over(at: Tick, now: Tick) -> bool {
    now.wrapping_sub(at) >= MEMORY
}

impl Past {
    /// Remembers contents of up to so many bytes.
    pub(super) fn new(budget: usize) -> Past {
        Past {
            generations: VecDeque::new(),
            contents: Contents::new(budget),
        }
    }

    /// The longest content that can be remembered, in bytes.
    pub(super) fn longest(&self) -> usize {
        self.contents.longest()
    }

    pub(super) fn get(&self, digest: Digest, now: Tick) -> Option<Answer> {
        let mut generations = self.generations.iter().rev();
        let entry = generations.find_map(|generation| generation.answers.get(&digest))?;
        if is_over(entry.at, now) {
            return None;
        }
        let content = if entry.has_content {
            self.contents.get(digest).unwrap_or(Content::Gone)
        } else {
            Content::Empty
        };
        Some(Answer {
            status: entry.status,
            kind: entry.kind,
            content,
        })
    }

    pub(super) fn insert(&mut self, digest: Digest, answer: &Answer, now: Tick) {
        while self
            .generations
            .front()
            .is_some_and(|oldest| is_over(oldest.newest, now))
        {
            self.generations.pop_front();
        }
        let full = |latest: &Generation| latest.answers.len() >= GENERATION;
        if self.generations.back().is_none_or(full) {
            if self.generations.len() >= GENERATIONS {
                self.generations.pop_front();
            }
            self.generations.push_back(Generation::default());
        }
        let has_content = !matches!(answer.content, Content::Empty);
        self.contents.insert(digest, &answer.content, now);
        if let Some(latest) = self.generations.back_mut() {
            latest.newest = now;
            let entry = Entry {
                at: now,
                status: answer.status,
                kind: answer.kind,
                has_content,
            };
            latest.answers.insert(digest, entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn digest(number: usize) -> Digest {
        // As a hash would be: spread over all bits.
        Digest::from((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn answer(content: Content) -> Answer {
        Answer {
            status: StatusCode::OK,
            kind: Kind::Activity,
            content,
        }
    }

    #[test]
    fn an_answer_is_remembered_for_ten_minutes() {
        let mut past = Past::new(0);
        let given = Answer {
            status: StatusCode::IM_A_TEAPOT,
            kind: Kind::Invoke,
            content: Content::Empty,
        };
        // The time goes round after 13 years.
        for at in [0, 7, Tick::MAX - 3] {
            past.insert(digest(1), &given, at);
            let found = past.get(digest(1), at.wrapping_add(MEMORY - 1)).unwrap();
            assert_eq!((found.status, found.kind), (given.status, given.kind));
            assert!(past.get(digest(1), at.wrapping_add(MEMORY)).is_none());
            assert!(past.get(digest(2), at).is_none());
        }
    }

    #[test]
    fn the_latest_hundred_thousand_are_remembered() {
        let mut past = Past::new(0);
        let count = 1_000_000;
        for number in 0..count {
            past.insert(digest(number), &answer(Content::Empty), 0);
        }
        assert!((count - 100_000..count).all(|number| past.get(digest(number), 0).is_some()));
        assert!(past.get(digest(0), 0).is_none());
        let places: usize = past
            .generations
            .iter()
            .map(|generation| generation.answers.capacity())
            .sum();
        assert!(places * 17 < 4_000_000, "{places} places");
        // All go when they are over.
        past.insert(digest(0), &answer(Content::Empty), MEMORY);
        assert_eq!(past.generations.len(), 1);
    }

    #[test]
    fn content_that_is_not_kept_is_said_to_be_gone() {
        let mut past = Past::new(1000);
        let replies = |length| Content::Replies(Bytes::from(vec![b'x'; length]));
        past.insert(digest(1), &answer(replies(300)), 0);
        assert_eq!(past.get(digest(1), 0).unwrap().content.bytes(), 300);
        past.insert(digest(2), &answer(replies(600)), 1);
        let first = past.get(digest(1), 1).unwrap();
        assert!(matches!(first.content, Content::Gone), "{first:?}");
        assert_eq!(past.get(digest(2), 1).unwrap().content.bytes(), 600);
        past.insert(digest(3), &answer(replies(1001)), 1);
        let long = past.get(digest(3), 1).unwrap();
        assert!(matches!(long.content, Content::Gone), "{long:?}");
        assert_eq!(past.get(digest(2), 1).unwrap().content.bytes(), 600);
    }
}
