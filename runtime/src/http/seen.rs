//! Activities that came a moment ago: channels send again what they believe was lost.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::activity::{Activity, ActivityType};

/// How long an activity's id is remembered.
const MEMORY: Duration = Duration::from_secs(10 * 60);

/// How many ids are remembered at most, the latest.
const IDS: usize = 100_000;

/// The ids of the activities of the last ten minutes.
///
/// A digest of channel, conversation and id stands for them, keyed at random so that nobody can make two that are
/// the same.
#[derive(Debug, Default)]
pub(super) struct Seen {
    hasher: RandomState,
    ids: Mutex<Ids>,
}

#[derive(Debug, Default)]
struct Ids {
    known: HashMap<u64, Instant>,
    order: VecDeque<(Instant, u64)>,
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Ids> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn digest(&self, activity: &Activity, id: &str) -> u64 {
        let whole = match activity.kind {
            // Their id is that of the message they are about, which came before, and may be changed twice: only the
            // whole of it tells one from the next.
            ActivityType::MessageUpdate | ActivityType::MessageDelete => Some(activity.to_json()),
            _ => None,
        };
        let channel = activity.channel_id.as_deref();
        self.hasher
            .hash_one((channel, activity.conversation_id(), id, whole))
    }

    /// Takes note of an activity; `None` if it was there before. One without an id is always new.
    pub(super) fn take(&self, activity: &Activity) -> Option<Noted> {
        let Some(id) = activity.id.as_deref().filter(|id| !id.is_empty()) else {
            return Some(Noted(None));
        };
        let digest = self.digest(activity, id);
        let now = Instant::now();
        let mut ids = self.lock();
        ids.forget(now);
        if ids.known.contains_key(&digest) {
            return None;
        }
        ids.known.insert(digest, now);
        ids.order.push_back((now, digest));
        Some(Noted(Some(digest)))
    }

    /// Forgets an activity that was not accepted after all: it may come again.
    pub(super) fn forget(&self, noted: &Noted) {
        if let Some(digest) = noted.0 {
            self.lock().known.remove(&digest);
        }
    }
}

/// An activity that was taken note of.
#[derive(Debug)]
pub(super) struct Noted(Option<u64>);

impl Ids {
    fn forget(&mut self, now: Instant) {
        while let Some((at, digest)) = self.order.front().copied() {
            if now.duration_since(at) < MEMORY && self.order.len() < IDS {
                return;
            }
            self.order.pop_front();
            // It may have been forgotten and noted again since.
            if self.known.get(&digest) == Some(&at) {
                self.known.remove(&digest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::ConversationAccount;

    fn activity(channel: &str, conversation: &str, id: &str) -> Activity {
        Activity {
            id: Some(id.to_owned()),
            channel_id: Some(channel.to_owned()),
            conversation: Some(ConversationAccount::new(conversation)),
            ..Activity::message("hello")
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_id_is_known_for_ten_minutes_in_its_conversation() {
        let seen = Seen::default();
        let first = activity("telephony", "call-1", "1");
        assert!(seen.take(&first).is_some());
        assert!(seen.take(&first).is_none());
        assert!(seen.take(&activity("telephony", "call-2", "1")).is_some());
        assert!(seen.take(&activity("webchat", "call-1", "1")).is_some());
        tokio::time::advance(Duration::from_secs(599)).await;
        assert!(seen.take(&first).is_none());
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(seen.take(&first).is_some());
    }

    #[tokio::test]
    async fn an_activity_without_an_id_is_always_new() {
        let seen = Seen::default();
        for nameless in [activity("c", "v", ""), Activity::message("hello")] {
            assert!(seen.take(&nameless).is_some());
            assert!(seen.take(&nameless).is_some());
        }
    }

    #[tokio::test]
    async fn changes_of_a_message_have_its_id_and_are_new() {
        let seen = Seen::default();
        let said = activity("c", "v", "1");
        let change = |kind: ActivityType, text: &str| Activity {
            kind,
            text: Some(text.to_owned()),
            ..said.clone()
        };
        let first = change(ActivityType::MessageUpdate, "hallo");
        let second = change(ActivityType::MessageUpdate, "hullo");
        let deleted = change(ActivityType::MessageDelete, "");
        for activity in [&said, &first, &second, &deleted] {
            assert!(seen.take(activity).is_some());
        }
        for activity in [&said, &first, &second, &deleted] {
            assert!(seen.take(activity).is_none(), "it came again");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_not_accepted_may_come_again() {
        let seen = Seen::default();
        let late = activity("c", "v", "1");
        let noted = seen.take(&late).unwrap();
        seen.forget(&noted);
        assert!(seen.take(&late).is_some());
        // The older note goes first, and does not take the newer one with it.
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(seen.take(&late).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn memory_has_a_bound() {
        let seen = Seen::default();
        for number in 0..IDS + 10 {
            assert!(
                seen.take(&activity("c", "v", &number.to_string()))
                    .is_some()
            );
        }
        assert_eq!(seen.lock().order.len(), IDS);
        assert_eq!(seen.lock().known.len(), IDS);
        assert!(seen.take(&activity("c", "v", "0")).is_some());
    }
}
