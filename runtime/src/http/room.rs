//! How many turns may run or wait in all.

use std::sync::Arc;

use http::{StatusCode, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::problem::Problem;
use crate::activity::{Activity, ActivityType};

/// The places for turns that run or wait.
///
/// What a running turn may be waiting for, the result of its command or the end of the conversation, has places of
/// its own: a crowd of turns that wait must not keep out what they wait for.
#[derive(Debug)]
pub(super) struct Room {
    places: Arc<Semaphore>,
    reserve: Arc<Semaphore>,
    size: u32,
}

/// The place of one turn, until it is over.
#[derive(Debug)]
pub(super) struct Place {
    _permit: OwnedSemaphorePermit,
}

impl Room {
    pub(super) fn new(turns: u32) -> Room {
        let size = turns.clamp(1, u32::MAX >> 4);
        Room {
            places: Arc::new(Semaphore::new(size as usize)),
            reserve: Arc::new(Semaphore::new(size as usize)),
            size,
        }
    }

    pub(super) fn enter(&self, activity: &Activity) -> Result<Place, Problem> {
        let places = match activity.kind {
            ActivityType::CommandResult | ActivityType::EndOfConversation => &self.reserve,
            _ => &self.places,
        };
        match Arc::clone(places).try_acquire_owned() {
            Ok(permit) => Ok(Place { _permit: permit }),
            Err(_full) => Err(Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "ServiceUnavailable",
                format!("{} turns are under way already", self.size),
            )
            .with_header(header::RETRY_AFTER, "1")),
        }
    }

    /// Waits until nobody is in.
    pub(super) async fn empty(&self) {
        for places in [&self.places, &self.reserve] {
            // They are never closed; all of them are there when nobody has one.
            drop(places.acquire_many(self.size).await);
        }
    }
}
