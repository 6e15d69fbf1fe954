//! What answers carried beside their statuses, within a budget of bytes.

use std::collections::VecDeque;

use super::digest::{Digest, Map};
use super::past::{Tick, is_over};
use crate::http::answer::Content;

/// What a content costs beside its own bytes, about.
const OVERHEAD: usize = 100;

/// Contents of answers; the oldest go first.
#[derive(Debug)]
pub(super) struct Contents {
    budget: usize,
    taken: usize,
    kept: Map<(Tick, Content)>,
    order: VecDeque<(Tick, Digest)>,
}

impl Contents {
    pub(super) fn new(budget: usize) -> Contents {
        Contents {
            budget,
            taken: 0,
            kept: Map::default(),
            order: VecDeque::new(),
        }
    }

    pub(super) fn longest(&self) -> usize {
        self.budget.saturating_sub(OVERHEAD)
    }

    pub(super) fn get(&self, digest: Digest) -> Option<Content> {
        self.kept.get(&digest).map(|(_, content)| content.clone())
    }

    pub(super) fn insert(&mut self, digest: Digest, content: &Content, now: Tick) {
        // An answer of more than ten minutes ago may have had the same digest.
        self.remove(digest);
        while let Some((at, oldest)) = self.order.front().copied()
            && is_over(at, now)
        {
            self.order.pop_front();
            self.remove_if(oldest, at);
        }
        let (Content::Body(_) | Content::Replies(_)) = content else {
            return;
        };
        let cost = content.bytes() + OVERHEAD;
        if cost > self.budget {
            return;
        }
        while self.taken + cost > self.budget
            && let Some((at, oldest)) = self.order.pop_front()
        {
            self.remove_if(oldest, at);
        }
        self.taken += cost;
        self.kept.insert(digest, (now, content.clone()));
        self.order.push_back((now, digest));
    }

    /// Removes what came at that time, and not what has come since.
    fn remove_if(&mut self, digest: Digest, at: Tick) {
        if self.kept.get(&digest).is_some_and(|(kept, _)| *kept == at) {
            self.remove(digest);
        }
    }

    fn remove(&mut self, digest: Digest) {
        if let Some((_, content)) = self.kept.remove(&digest) {
            self.taken -= content.bytes() + OVERHEAD;
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::past::MEMORY;
    use super::*;

    fn body(length: usize) -> Content {
        Content::Body(Bytes::from(vec![b'x'; length]))
    }

    #[test]
    fn the_budget_holds_and_the_oldest_goes_first() {
        let mut contents = Contents::new(10_000);
        for number in 0..1000_u64 {
            contents.insert(Digest::from(number), &body(900), 0);
            assert!(contents.taken <= 10_000);
            assert!(contents.order.len() <= 10);
        }
        let kept = |number| contents.get(Digest::from(number)).is_some();
        assert!((990..1000).all(kept));
        assert!(!(0..990).any(kept));
    }

    #[test]
    fn what_is_over_takes_no_room() {
        let mut contents = Contents::new(10_000);
        for number in 0..5_u64 {
            contents.insert(Digest::from(number), &body(900), 0);
        }
        contents.insert(Digest::from(1), &body(400), MEMORY - 1);
        contents.insert(Digest::from(9), &body(400), MEMORY);
        assert_eq!((contents.kept.len(), contents.taken), (2, 1000));
        assert!(contents.get(Digest::from(1)).is_some());
    }
}
