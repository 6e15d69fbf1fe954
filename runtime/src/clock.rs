//! The one source of time.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

/// Where all time comes from: the system, or a clock of its own that runs with tokio's.
///
/// On a tokio runtime whose time is paused a [`starting_at`](Clock::starting_at) clock is virtual: it
/// stands still while anything runs and leaps to the next timer when everything waits, so that a call of
/// two hours takes milliseconds.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Own {
        start: OffsetDateTime,
        since: Instant,
    },
}

impl Clock {
    /// The system's time.
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that shows `start` now and runs with tokio's time.
    pub fn starting_at(start: OffsetDateTime) -> Clock {
        Clock(Source::Own {
            start,
            since: Instant::now(),
        })
    }

    /// What the clock shows, in UTC unless it was started with another offset.
    pub fn now(&self) -> OffsetDateTime {
        match &self.0 {
            Source::System => OffsetDateTime::now_utc(),
            Source::Own { start, since } => {
                let elapsed =
                    time::Duration::try_from(since.elapsed()).unwrap_or(time::Duration::MAX);
                start.saturating_add(elapsed)
            }
        }
    }

    /// Waits for `duration` of this clock's time. Needs a tokio runtime with its timer on.
    pub async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

impl Default for Clock {
    fn default() -> Clock {
        Clock::system()
    }
}
