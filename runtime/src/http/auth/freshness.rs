//! When the keys of an issuer are used, and when they are fetched again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::key::Key;
use super::key_set::KeySet;

/// For how long keys are used without asking again: 24 hours, as in the Bot Framework SDK for JavaScript.
pub(super) const FRESH: Duration = Duration::from_secs(24 * 3600);
/// For how long keys are used while the issuer cannot be reached: five days, for which the Bot Framework SDK for
/// .NET uses them in any case.
pub(super) const USABLE: Duration = Duration::from_secs(5 * 24 * 3600);
/// How often a `kid` that is not known may make the keys be fetched: once an hour, as in the SDK for JavaScript.
pub(super) const UNKNOWN_KEY: Duration = Duration::from_secs(3600);
/// The longest pause between two attempts of which the first failed. The first pause has two seconds, each next one
/// is twice as long.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// What is known of an issuer's keys. Pure: time is an argument.
#[derive(Debug, Default)]
pub(super) struct Freshness {
    current: Option<(KeySet, Instant)>,
    /// How often the keys were fetched.
    generation: u64,
    /// When the last attempt ended, and how many have failed since the last success.
    failed: Option<(Instant, u32)>,
}

/// A key, and the generation of keys in which it is.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) key: Arc<Key>,
    pub(super) generation: u64,
}

/// What to do for a token whose key is looked for.
#[derive(Debug)]
pub(super) enum Advice {
    /// The key is there.
    Use(Found),
    /// The key is there; meanwhile the keys are to be fetched.
    UseAndFetch(Found),
    /// The keys are to be fetched before anything can be said.
    Fetch,
    /// There is no such key.
    Unknown,
    /// It cannot be said, and is too early to ask again.
    Unavailable,
}

impl Freshness {
    /// What to do for a token of the key `id` at `now`.
    pub(super) fn advise(&self, id: &str, now: Instant) -> Advice {
        let may_fetch = self.may_fetch(now);
        let Some((keys, age)) = self.usable(now) else {
            return if may_fetch {
                Advice::Fetch
            } else {
                Advice::Unavailable
            };
        };
        let found = keys.get(id).map(|key| Found {
            key: key.clone(),
            generation: self.generation,
        });
        match found {
            Some(found) if age >= FRESH && may_fetch => Advice::UseAndFetch(found),
            Some(found) => Advice::Use(found),
            None if age < UNKNOWN_KEY => Advice::Unknown,
            None if may_fetch => Advice::Fetch,
            None => Advice::Unavailable,
        }
    }

    /// Whether keys of `generation` are those to use at `now`, and need not be fetched again.
    pub(super) fn is_current(&self, generation: u64, now: Instant) -> bool {
        let age = self.usable(now).map(|(_, age)| age);
        generation == self.generation && age.is_some_and(|age| age < FRESH)
    }

    /// The keys were fetched.
    pub(super) fn fetched(&mut self, keys: KeySet, now: Instant) {
        self.current = Some((keys, now));
        self.generation += 1;
        self.failed = None;
    }

    /// The keys could not be fetched.
    pub(super) fn failed(&mut self, now: Instant) {
        let failures = self.failed.map_or(0, |(_, failures)| failures);
        self.failed = Some((now, failures.saturating_add(1)));
    }

    fn usable(&self, now: Instant) -> Option<(&KeySet, Duration)> {
        let (keys, fetched) = self.current.as_ref()?;
        let age = now.saturating_duration_since(*fetched);
        (age < USABLE).then_some((keys, age))
    }

    fn may_fetch(&self, now: Instant) -> bool {
        self.failed.is_none_or(|(at, failures)| {
            let pause = Duration::from_secs(2u64.saturating_pow(failures)).min(LONGEST_PAUSE);
            now.saturating_duration_since(at) >= pause
        })
    }
}
