//! How many turns may run or wait in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::{StatusCode, header};
use tokio::sync::Notify;

use super::problem::Problem;
use crate::activity::{Activity, ActivityType};

/// The places for turns that run or wait.
///
/// What a running turn may be waiting for, the result of its command or the end of the conversation, has places of
/// its own: a crowd of turns that wait must not keep out what they wait for.
#[derive(Debug)]
pub(super) struct Room(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    size: u32,
    turns: AtomicU32,
    reserve: AtomicU32,
    emptied: Notify,
}

/// The place of one turn, until it is over.
#[derive(Debug)]
pub(super) struct Place {
    room: Arc<Inner>,
    reserved: bool,
}

impl Inner {
    fn taken(&self, reserved: bool) -> &AtomicU32 {
        if reserved { &self.reserve } else { &self.turns }
    }

    fn is_empty(&self) -> bool {
        [&self.turns, &self.reserve]
            .iter()
            .all(|taken| taken.load(Ordering::SeqCst) == 0)
    }
}

impl Room {
    pub(super) fn new(turns: u32) -> Room {
        Room(Arc::new(Inner {
            size: turns.max(1),
            turns: AtomicU32::new(0),
            reserve: AtomicU32::new(0),
            emptied: Notify::new(),
        }))
    }

    pub(super) fn enter(&self, activity: &Activity) -> Result<Place, Problem> {
        let Room(room) = self;
        let reserved = matches!(
            activity.kind,
            ActivityType::CommandResult | ActivityType::EndOfConversation
        );
        let one_more = |taken: u32| (taken < room.size).then(|| taken + 1);
        room.taken(reserved)
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_more)
            .map_err(|_full| {
                Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "ServiceUnavailable",
                    format!("{} turns are under way already", room.size),
                )
                .with_header(header::RETRY_AFTER, "1")
            })?;
        Ok(Place {
            room: Arc::clone(room),
            reserved,
        })
    }

    /// Waits until nobody is in. Nobody is kept out meanwhile.
    pub(super) async fn empty(&self) {
        let Room(room) = self;
        loop {
            // Made before the look: who leaves after it is heard.
            let emptied = room.emptied.notified();
            if room.is_empty() {
                return;
            }
            emptied.await;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let left = self
            .room
            .taken(self.reserved)
            .fetch_sub(1, Ordering::SeqCst);
        if left == 1 && self.room.is_empty() {
            self.room.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_places_of_their_own() {
        let room = Room::new(1);
        let message = Activity::message("hello");
        let result = Activity::new(ActivityType::CommandResult);
        let turn = room.enter(&message).unwrap();
        assert_eq!(room.enter(&message).unwrap_err().status(), 503);
        let awaited = room.enter(&result).unwrap();
        assert_eq!(room.enter(&result).unwrap_err().status(), 503);
        drop(turn);
        assert!(room.enter(&message).is_ok());
        drop(awaited);
        assert!(room.enter(&result).is_ok());
    }

    #[tokio::test]
    async fn who_waits_for_the_end_keeps_nobody_out() {
        let room = Arc::new(Room::new(2));
        let message = Activity::message("hello");
        let first = room.enter(&message).unwrap();
        let waiting = tokio::spawn({
            let room = Arc::clone(&room);
            async move { room.empty().await }
        });
        tokio::task::yield_now().await;
        let second = room.enter(&message).unwrap();
        drop(first);
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(second);
        waiting.await.unwrap();
    }
}
