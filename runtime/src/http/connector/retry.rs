//! When a request is sent again.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Response, StatusCode};

use super::retry_after::retry_after;
use crate::http::TransportError;

/// When a request is sent again, and after how long.
///
/// Nothing is sent twice that may have been executed, unless doing it twice is the same as once: a caller who hears a
/// sentence twice is worse off than one who hears an error message.
///
/// | what happened | GET, PUT, DELETE | POST |
/// |---|---|---|
/// | no connection was made | again | again |
/// | 429; 503 with `Retry-After` | again, not before the time that it says | the same |
/// | 502, 504; 503 without it; no answer in time; connection broke | again | error |
/// | 401 | once more, with a fresh token | the same |
/// | anything else | error | error |
///
/// Waits grow from the first one twofold to the longest, shortened at random by up to a half so that many bots do not
/// come back at once. A call never lasts longer than the budget: what would have to wait beyond it fails at once, and
/// the error says how long the channel asked for.
#[derive(Clone, Debug)]
#[must_use]
pub struct RetryPolicy {
    attempts: u32,
    budget: Duration,
    first_wait: Duration,
    longest_wait: Duration,
    seed: Option<u64>,
}

impl Default for RetryPolicy {
    fn default() -> RetryPolicy {
        RetryPolicy {
            attempts: 4,
            budget: Duration::from_secs(20),
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(5),
            seed: None,
        }
    }
}

impl RetryPolicy {
    /// Four attempts within 20 s, with waits from 200 ms to 5 s.
    pub fn new() -> RetryPolicy {
        RetryPolicy::default()
    }

    /// Nothing is sent again, but for a fresh token.
    pub fn never() -> RetryPolicy {
        RetryPolicy::new().attempts(1)
    }

    /// How often a request is sent at most; 0 means 1. The second one after a 401 is not counted.
    pub fn attempts(mut self, attempts: u32) -> RetryPolicy {
        self.attempts = attempts;
        self
    }

    /// How long a call may take with all its attempts and waits.
    pub fn budget(mut self, budget: Duration) -> RetryPolicy {
        self.budget = budget;
        self
    }

    /// The wait after the first attempt and the longest one, where the channel asks for none.
    pub fn waits(mut self, first: Duration, longest: Duration) -> RetryPolicy {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// Waits that are the same in every run, for tests.
    pub fn seeded(mut self, seed: u64) -> RetryPolicy {
        self.seed = Some(seed);
        self
    }

    pub(super) fn seed(&self) -> Option<u64> {
        self.seed
    }

    pub(super) fn whole(&self) -> Duration {
        self.budget
    }

    /// How long to wait before the next attempt, if there is to be one: `attempt` have been made, the last of them
    /// `elapsed` after the first began. `chance` is between 0 and 1.
    pub(super) fn wait(
        &self,
        attempt: u32,
        elapsed: Duration,
        asked: Option<Duration>,
        chance: f64,
    ) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let step = self
            .first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait);
        let spread = step.mul_f64(chance / 2.0);
        let wait = match asked {
            // Not before the time that the channel says.
            Some(asked) => asked.saturating_add(spread),
            None => step.saturating_sub(spread),
        };
        (elapsed.saturating_add(wait) < self.budget).then_some(wait)
    }
}

/// What an exchange tells about a second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// The request was not executed, and may be later, after what was asked for.
    NotExecuted(Option<Duration>),
    /// It may have been executed.
    MayBeExecuted,
    /// Another attempt would end the same way.
    Settled,
}

impl Fate {
    pub(super) fn of(outcome: &Result<Response<Bytes>, TransportError>) -> Fate {
        let response = match outcome {
            Err(TransportError::Connect(_)) => return Fate::NotExecuted(None),
            Err(TransportError::TimedOut(_) | TransportError::Broken(_)) => {
                return Fate::MayBeExecuted;
            }
            Err(TransportError::TooLong(_)) => return Fate::Settled,
            Ok(response) => response,
        };
        let asked = retry_after(response.headers());
        match response.status() {
            StatusCode::TOO_MANY_REQUESTS => Fate::NotExecuted(asked),
            StatusCode::SERVICE_UNAVAILABLE if asked.is_some() => Fate::NotExecuted(asked),
            StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::BAD_GATEWAY
            | StatusCode::GATEWAY_TIMEOUT => Fate::MayBeExecuted,
            _ => Fate::Settled,
        }
    }

    /// Whether a request by `method` may be sent again.
    pub(super) fn allows_again(self, method: &Method) -> bool {
        match self {
            Fate::NotExecuted(_) => true,
            Fate::MayBeExecuted => method.is_idempotent(),
            Fate::Settled => false,
        }
    }

    /// How long the channel asks to be left alone before that.
    pub(super) fn asked(self) -> Option<Duration> {
        match self {
            Fate::NotExecuted(asked) => asked,
            Fate::MayBeExecuted | Fate::Settled => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::header::RETRY_AFTER;

    use super::*;

    fn outcome(text: &str) -> Result<Response<Bytes>, TransportError> {
        let (status, after) = match text.split_once(" after ") {
            Some((status, after)) => (status, Some(after)),
            None => (text, None),
        };
        Err(match status {
            "no connection" => TransportError::Connect("refused".into()),
            "timed out" => TransportError::TimedOut(Duration::from_secs(1)),
            "broken" => TransportError::Broken("eof".into()),
            "too long" => TransportError::TooLong(1),
            _ => {
                let mut response = Response::new(Bytes::new());
                *response.status_mut() = status.parse().unwrap();
                if let Some(after) = after {
                    response
                        .headers_mut()
                        .insert(RETRY_AFTER, after.parse().unwrap());
                }
                return Ok(response);
            }
        })
    }

    #[test]
    fn what_may_have_been_executed_is_sent_again_only_where_twice_is_once() {
        const IN_3: Option<Duration> = Some(Duration::from_secs(3));
        for (happened, idempotent, post, asked) in [
            ("no connection", true, true, None),
            ("timed out", true, false, None),
            ("broken", true, false, None),
            ("too long", false, false, None),
            ("429", true, true, None),
            ("429 after 3", true, true, IN_3),
            ("429 after never", true, true, None),
            ("503", true, false, None),
            ("503 after 3", true, true, IN_3),
            ("503 after never", true, false, None),
            ("502", true, false, None),
            ("502 after 3", true, false, None),
            ("504", true, false, None),
            ("500", false, false, None),
            ("500 after 3", false, false, None),
            ("501", false, false, None),
            ("400", false, false, None),
            ("401", false, false, None),
            ("403", false, false, None),
            ("404", false, false, None),
            ("408", false, false, None),
            ("409", false, false, None),
            ("413", false, false, None),
            ("302", false, false, None),
            ("307 after 3", false, false, None),
            ("200", false, false, None),
        ] {
            let fate = Fate::of(&outcome(happened));
            assert_eq!(fate.asked(), asked, "{happened}");
            for (method, expected) in [
                (Method::GET, idempotent),
                (Method::PUT, idempotent),
                (Method::DELETE, idempotent),
                (Method::POST, post),
                (Method::PATCH, post),
            ] {
                assert_eq!(fate.allows_again(&method), expected, "{happened}, {method}");
            }
        }
    }

    #[test]
    fn waits_grow_keep_to_what_was_asked_and_end_with_the_budget() {
        const MS: fn(u64) -> Duration = Duration::from_millis;
        let policy = RetryPolicy::new()
            .attempts(8)
            .budget(MS(10_000))
            .waits(MS(200), MS(1_000));
        for (attempt, elapsed, asked, chance, wait) in [
            (1, 0, None, 0.0, Some(200)),
            (1, 0, None, 1.0, Some(100)),
            (2, 0, None, 0.0, Some(400)),
            (3, 0, None, 0.0, Some(800)),
            (4, 0, None, 0.0, Some(1_000)),
            (7, 0, None, 0.0, Some(1_000)),
            (7, 0, None, 0.5, Some(750)),
            (8, 0, None, 0.0, None),
            (9, 0, None, 0.0, None),
            (1, 9_799, None, 0.0, Some(200)),
            (1, 9_800, None, 0.0, None),
            (1, 0, Some(3_000), 0.0, Some(3_000)),
            (1, 0, Some(3_000), 1.0, Some(3_100)),
            (1, 0, Some(0), 0.0, Some(0)),
            (1, 0, Some(9_999), 0.0, Some(9_999)),
            (1, 0, Some(10_000), 0.0, None),
            (1, 5_000, Some(5_000), 0.0, None),
            (1, 0, Some(u64::MAX), 1.0, None),
        ] {
            assert_eq!(
                policy.wait(attempt, MS(elapsed), asked.map(MS), chance),
                wait.map(MS),
                "after attempt {attempt} at {elapsed} ms, {asked:?} asked, chance {chance}"
            );
        }
        for attempts in [0, 1] {
            let policy = RetryPolicy::new().attempts(attempts);
            assert_eq!(policy.wait(1, MS(0), None, 0.0), None);
        }
        assert_eq!(
            policy
                .attempts(u32::MAX)
                .wait(u32::MAX - 1, MS(0), None, 0.0),
            Some(MS(1_000))
        );
    }
}
