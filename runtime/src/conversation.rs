//! One conversation: the mailbox that keeps its turns in order, and the commands that wait for results.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::command::pending::Pending;
use crate::pause::Pauses;

/// What the turns of one conversation share.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    mailbox: Mutex<Mailbox>,
    pending: Pending,
    pauses: Pauses,
}

#[derive(Debug, Default)]
struct Mailbox {
    /// How many hold the slot: a turn that runs or has been woken to run, and turns that joined it.
    holders: usize,
    waiting: VecDeque<oneshot::Sender<Slot>>,
}

/// The right to run a turn. When the last of those who share it is dropped, however the turn ended, it goes to the
/// next in the mailbox.
#[derive(Debug)]
pub(crate) struct Slot(Option<Arc<Conversation>>);

/// A place in the mailbox.
#[derive(Debug)]
pub(crate) enum Place {
    Now(Slot),
    Queued(oneshot::Receiver<Slot>),
}

impl Conversation {
    pub(crate) fn pending(&self) -> &Pending {
        &self.pending
    }

    pub(crate) fn pauses(&self) -> &Pauses {
        &self.pauses
    }

    fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the next place in the mailbox, or `None` if `limit` turns are waiting.
    pub(crate) fn enter(self: &Arc<Self>, limit: usize) -> Option<Place> {
        let mut mailbox = self.lock();
        if mailbox.holders == 0 {
            mailbox.holders = 1;
            return Some(Place::Now(Slot(Some(Arc::clone(self)))));
        }
        if mailbox.waiting.len() >= limit {
            // Turns that were given up take no room.
            mailbox.waiting.retain(|wake| !wake.is_closed());
            if mailbox.waiting.len() >= limit {
                return None;
            }
        }
        let (wake, woken) = oneshot::channel();
        mailbox.waiting.push_back(wake);
        Some(Place::Queued(woken))
    }

    /// Shares the slot of the turn that runs: the next one waits for both. The caller is that turn, or knows that it
    /// still runs.
    pub(crate) fn join(self: &Arc<Self>) -> Slot {
        self.lock().holders += 1;
        Slot(Some(Arc::clone(self)))
    }

    /// The last to leave wakes the next that still waits; a place whose turn was given up is passed over.
    fn leave(self: Arc<Self>) {
        let mut conversation = self;
        loop {
            let mut mailbox = conversation.lock();
            if mailbox.holders > 1 {
                mailbox.holders -= 1;
                return;
            }
            let Some(wake) = mailbox.waiting.pop_front() else {
                mailbox.holders = 0;
                return;
            };
            drop(mailbox);
            // The slot of a receiver that is gone comes back, emptied so that its drop does not recurse.
            match wake.send(Slot(Some(conversation))) {
                Ok(()) => return,
                Err(mut slot) => match slot.0.take() {
                    Some(back) => conversation = back,
                    None => return,
                },
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(conversation) = self.0.take() {
            conversation.leave();
        }
    }
}

impl Place {
    /// Waits until the turns before this one are over.
    pub(crate) async fn turn(self) -> Option<Slot> {
        match self {
            Place::Now(slot) => Some(slot),
            Place::Queued(woken) => woken.await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_come_in_the_order_in_which_they_entered() {
        let conversation = Arc::new(Conversation::default());
        let order = Arc::new(Mutex::new(Vec::new()));
        let places: Vec<_> = (0..4)
            .map(|_| conversation.enter(8).expect("room"))
            .collect();
        let turns: Vec<_> = places
            .into_iter()
            .enumerate()
            // The last to be entered is the first to be polled.
            .rev()
            .map(|(number, place)| {
                let order = Arc::clone(&order);
                tokio::spawn(async move {
                    let _slot = place.turn().await;
                    order.lock().unwrap().push(number);
                })
            })
            .collect();
        for turn in turns {
            turn.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [0, 1, 2, 3]);
        assert!(matches!(conversation.enter(0), Some(Place::Now(_))));
    }

    #[tokio::test]
    async fn a_turn_that_is_given_up_does_not_block_the_next() {
        let conversation = Arc::new(Conversation::default());
        let first = conversation.enter(8).unwrap();
        let given_up = conversation.enter(8).unwrap();
        let last = conversation.enter(8).unwrap();
        drop(given_up);
        drop(first);
        assert!(last.turn().await.is_some());
        assert!(matches!(conversation.enter(0), Some(Place::Now(_))));
    }

    #[tokio::test]
    async fn a_woken_turn_that_is_given_up_passes_its_slot_on() {
        let conversation = Arc::new(Conversation::default());
        let first = conversation.enter(8).unwrap();
        let woken = conversation.enter(8).unwrap();
        let last = conversation.enter(8).unwrap();
        drop(first);
        drop(woken);
        assert!(last.turn().await.is_some());
    }

    #[tokio::test]
    async fn the_next_turn_waits_for_all_who_share_the_slot() {
        let conversation = Arc::new(Conversation::default());
        let first = conversation.enter(8).unwrap().turn().await.unwrap();
        let joined = conversation.join();
        let Some(Place::Queued(mut next)) = conversation.enter(8) else {
            panic!("the first turn runs");
        };
        drop(first);
        assert!(next.try_recv().is_err(), "the joined turn runs");
        drop(joined);
        assert!(next.try_recv().is_ok());
        assert!(matches!(conversation.enter(0), Some(Place::Now(_))));
    }

    #[test]
    fn a_full_mailbox_takes_no_more() {
        let conversation = Arc::new(Conversation::default());
        let _running = conversation.enter(1).unwrap();
        let _waiting = conversation.enter(1).unwrap();
        assert!(conversation.enter(1).is_none());
    }

    #[test]
    fn turns_that_were_given_up_take_no_room() {
        let conversation = Arc::new(Conversation::default());
        let _running = conversation.enter(1).unwrap();
        drop(conversation.enter(1).unwrap());
        assert!(conversation.enter(1).is_some());
    }
}
