//! Activities that came a moment ago: channels send again what they believe was lost.
//!
//! The id of an activity, in its conversation on its channel, is remembered while its turn is under way and for ten
//! minutes after it was answered. What comes again is answered as it was the first time:
//!
//! | the first | then it |
//! |---|---|
//! | is under way, and its sender waits | waits for the same answer |
//! | is under way, and was answered with 202 | is answered with 202, unless it needs more of an answer: then it waits |
//! | was answered | is answered so again; with 410 if the replies or the body are not kept any more |
//! | failed, or was answered with 408, 425, 429 or 5xx | is run again |
//! | was refused | is run |
//!
//! The id decides. Content that differs does not make another activity of it, but for updates and deletions of
//! messages, whose id is that of the message that they are about.

mod contents;
mod digest;
mod past;

use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;
use tokio::time::Instant;

use self::digest::{Digest, Map};
use self::past::{Past, Tick};
use super::answer::Answer;
use crate::activity::{Activity, ActivityType};

/// The activities that came a moment ago.
#[derive(Clone, Debug)]
pub(super) struct Deduplication(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    hasher: RandomState,
    began: Instant,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    under_way: Map<Progress>,
    /// Those who wait for the answer to an activity that is under way.
    waiting: Map<Vec<oneshot::Sender<Answer>>>,
    past: Past,
}

/// How far an activity under way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Begun,
    /// Its sender was told that it was accepted.
    Accepted,
}

/// What is known of an activity that has arrived.
#[derive(Debug)]
pub(super) enum Arrival {
    /// Nothing: it comes for the first time.
    First(Ticket),
    /// It was accepted, and its turn is under way.
    Accepted,
    /// Its turn is under way; the answer will come here.
    UnderWay(oneshot::Receiver<Answer>),
    /// It was answered so.
    Answered(Answer),
}

impl Deduplication {
    /// Remembers contents of answers of up to `budget` bytes.
    pub(super) fn new(budget: usize) -> Deduplication {
        Deduplication(Arc::new(Inner {
            hasher: RandomState::new(),
            began: Instant::now(),
            table: Mutex::new(Table {
                under_way: Map::default(),
                waiting: Map::default(),
                past: Past::new(budget),
            }),
        }))
    }

    /// Takes note of an activity. One without an id is always new.
    pub(super) fn note(&self, activity: &Activity, needs_answer: bool) -> Arrival {
        let Some(id) = activity.id.as_deref().filter(|id| !id.is_empty()) else {
            return Arrival::First(Ticket(None));
        };
        let digest = self.0.digest(activity, id);
        let now = self.0.now();
        let mut table = self.0.lock();
        match table.under_way.get(&digest) {
            Some(Progress::Accepted) if !needs_answer => return Arrival::Accepted,
            Some(_) => {
                let (sender, answer) = oneshot::channel();
                let waiting = table.waiting.entry(digest).or_default();
                if waiting.len() == waiting.capacity() {
                    // Those who have gone take no room.
                    waiting.retain(|sender| !sender.is_closed());
                }
                waiting.push(sender);
                return Arrival::UnderWay(answer);
            }
            None => {}
        }
        if let Some(answer) = table.past.get(digest, now) {
            return Arrival::Answered(answer);
        }
        table.under_way.insert(digest, Progress::Begun);
        Arrival::First(Ticket(Some(Key {
            memory: Arc::clone(&self.0),
            digest,
        })))
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "ticks are compared by their difference, and go round after 13 years"
    )]
    fn now(&self) -> Tick {
        (self.began.elapsed().as_millis() / 100) as Tick
    }

    fn digest(&self, activity: &Activity, id: &str) -> Digest {
        let whole = match activity.kind {
            // Their id is that of the message they are about, which came before, and may be changed twice: only the
            // whole of it tells one from the next.
            ActivityType::MessageUpdate | ActivityType::MessageDelete => Some(activity.to_json()),
            _ => None,
        };
        let channel = activity.channel_id.as_deref();
        // What one bot was answered is nothing for another.
        let caller = activity.caller_id.as_deref();
        let conversation = activity.conversation_id();
        self.hasher
            .hash_one((caller, channel, conversation, id, whole))
            .into()
    }
}

impl Table {
    /// The turn is over: tells those who wait for its answer.
    fn end(&mut self, digest: Digest, answer: Option<&Answer>) {
        self.under_way.remove(&digest);
        // What a busy hour took is given back when it is over.
        let (len, capacity) = (self.under_way.len(), self.under_way.capacity());
        if capacity > 1024 && len < capacity / 8 {
            self.under_way.shrink_to(len * 2);
        }
        if self.waiting.is_empty() {
            return;
        }
        // Dropped without an answer, they learn that there is none.
        for sender in self.waiting.remove(&digest).into_iter().flatten() {
            if let Some(answer) = answer {
                let _ = sender.send(answer.clone());
            }
        }
    }
}

/// The right to run an activity that came for the first time. Dropped without an answer, the activity is forgotten and
/// may come again.
#[derive(Debug)]
pub(super) struct Ticket(Option<Key>);

#[derive(Debug)]
struct Key {
    memory: Arc<Inner>,
    digest: Digest,
}

impl Ticket {
    /// The longest content of an answer that can be remembered for it, in bytes.
    pub(super) fn longest_content(&self) -> usize {
        let key = self.0.as_ref();
        key.map_or(0, |key| key.memory.lock().past.longest())
    }

    /// What tells that its sender has been answered with 202.
    pub(super) fn acceptance(&self) -> Acceptance {
        Acceptance(self.0.as_ref().map(|key| Key {
            memory: Arc::clone(&key.memory),
            digest: key.digest,
        }))
    }

    /// The turn is over, and this is its answer.
    pub(super) fn answer(mut self, answer: &Answer) {
        let Some(Key { memory, digest }) = self.0.take() else {
            return;
        };
        let now = memory.now();
        let mut table = memory.lock();
        table.end(digest, Some(answer));
        if answer.is_final() {
            table.past.insert(digest, answer, now);
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(Key { memory, digest }) = self.0.take() {
            memory.lock().end(digest, None);
        }
    }
}

/// Of an activity under way, whose turn has its ticket.
#[derive(Debug)]
pub(super) struct Acceptance(Option<Key>);

impl Acceptance {
    /// The sender is told that the activity was accepted: one that asks again need not wait.
    pub(super) fn given(&self) {
        if let Some(Key { memory, digest }) = &self.0
            && let Some(progress) = memory.lock().under_way.get_mut(digest)
        {
            *progress = Progress::Accepted;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::StatusCode;

    use super::*;
    use crate::activity::ConversationAccount;
    use crate::http::answer::{Content, Kind};

    fn activity(channel: &str, conversation: &str, id: &str) -> Activity {
        Activity {
            id: Some(id.to_owned()),
            channel_id: Some(channel.to_owned()),
            conversation: Some(ConversationAccount::new(conversation)),
            ..Activity::message("hello")
        }
    }

    fn done() -> Answer {
        Answer {
            status: StatusCode::OK,
            kind: Kind::Activity,
            content: Content::Empty,
        }
    }

    /// Whether it is run; if so, it is answered.
    fn runs(memory: &Deduplication, activity: &Activity) -> bool {
        match memory.note(activity, false) {
            Arrival::First(ticket) => {
                ticket.answer(&done());
                true
            }
            Arrival::Answered(_) => false,
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_id_is_known_for_ten_minutes_in_its_conversation() {
        let memory = Deduplication::new(0);
        let first = activity("telephony", "call-1", "1");
        assert!(runs(&memory, &first));
        assert!(!runs(&memory, &first));
        assert!(runs(&memory, &activity("telephony", "call-2", "1")));
        assert!(runs(&memory, &activity("webchat", "call-1", "1")));
        let other_caller = Activity {
            caller_id: Some("aadapp:other".into()),
            ..first.clone()
        };
        assert!(runs(&memory, &other_caller));
        tokio::time::advance(Duration::from_secs(599)).await;
        assert!(!runs(&memory, &first));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert!(runs(&memory, &first));
    }

    #[tokio::test]
    async fn an_activity_without_an_id_is_always_new() {
        let memory = Deduplication::new(0);
        for nameless in [activity("c", "v", ""), Activity::message("hello")] {
            assert!(runs(&memory, &nameless));
            assert!(runs(&memory, &nameless));
        }
    }

    #[tokio::test]
    async fn changes_of_a_message_have_its_id_and_are_new() {
        let memory = Deduplication::new(0);
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
            assert!(runs(&memory, activity));
        }
        for activity in [&said, &first, &second, &deleted] {
            assert!(!runs(&memory, activity), "it came again");
        }
    }

    #[tokio::test]
    async fn what_is_under_way_is_waited_for_unless_it_was_accepted() {
        let memory = Deduplication::new(0);
        let asked = activity("c", "v", "1");
        let Arrival::First(ticket) = memory.note(&asked, false) else {
            panic!("it is new");
        };
        let Arrival::UnderWay(first) = memory.note(&asked, false) else {
            panic!("it is under way");
        };
        ticket.acceptance().given();
        assert!(matches!(memory.note(&asked, false), Arrival::Accepted));
        let Arrival::UnderWay(second) = memory.note(&asked, true) else {
            panic!("it needs an answer");
        };
        ticket.answer(&done());
        assert_eq!(first.await.unwrap().status, 200);
        assert_eq!(second.await.unwrap().status, 200);
        assert!(!runs(&memory, &asked));
        assert!(memory.0.lock().waiting.is_empty());
    }

    #[tokio::test]
    async fn what_was_not_accepted_or_failed_may_come_again() {
        let memory = Deduplication::new(0);
        let asked = activity("c", "v", "1");
        let Arrival::First(refused) = memory.note(&asked, false) else {
            panic!("it is new");
        };
        let Arrival::UnderWay(waits) = memory.note(&asked, false) else {
            panic!("it is under way");
        };
        drop(refused);
        assert!(waits.await.is_err());
        let Arrival::First(fails) = memory.note(&asked, false) else {
            panic!("it was refused");
        };
        let Arrival::UnderWay(waits) = memory.note(&asked, false) else {
            panic!("it is under way");
        };
        fails.answer(&Answer::failed());
        assert_eq!(waits.await.unwrap().kind, Kind::Failed);
        assert!(runs(&memory, &asked));
        assert!(!runs(&memory, &asked));
    }
}
