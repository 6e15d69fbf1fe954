//! Where the keys of an issuer come from.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::time::Instant;

use super::AuthError;
use super::freshness::{Advice, Found, Freshness};
use super::metadata::Metadata;
use crate::http::Transport;

/// The keys of an issuer, fetched when they are needed and kept.
///
/// However many tokens wait, one fetch is under way. It is a task of its own: a request that goes away does not end it.
pub(super) struct KeySource(Arc<Inner>);

struct Inner {
    metadata: Metadata,
    transport: Arc<dyn Transport>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    freshness: Freshness,
    /// Closed when the fetch that is under way ends, however it ends.
    fetch: Option<watch::Receiver<()>>,
}

impl KeySource {
    pub(super) fn new(metadata: Metadata, transport: Arc<dyn Transport>) -> KeySource {
        KeySource(Arc::new(Inner {
            metadata,
            transport,
            state: Mutex::default(),
        }))
    }

    /// The key `id`; fetches when it must.
    pub(super) async fn key(&self, id: &str) -> Result<Found, AuthError> {
        let mut has_waited = false;
        loop {
            let mut fetch = {
                let mut state = self.0.lock();
                let advice = state.freshness.advise(id, Instant::now());
                match advice {
                    Advice::Use(found) => return Ok(found),
                    Advice::UseAndFetch(found) => {
                        // Without a task the old keys are as good as before.
                        let _ = self.0.fetch(&mut state);
                        return Ok(found);
                    }
                    Advice::Unknown => return Err(AuthError::UnknownKey),
                    Advice::Unavailable => return Err(AuthError::Unavailable),
                    // A fetch that ended without a result, with its runtime.
                    Advice::Fetch if has_waited => return Err(AuthError::Unavailable),
                    Advice::Fetch => self.0.fetch(&mut state).ok_or(AuthError::Unavailable)?,
                }
            };
            // Nothing is ever sent: it ends when the sender is gone.
            while fetch.changed().await.is_ok() {}
            has_waited = true;
        }
    }

    /// Whether keys of `generation` are those to use now, and need not be fetched again.
    pub(super) fn is_current(&self, generation: u64) -> bool {
        self.0
            .lock()
            .freshness
            .is_current(generation, Instant::now())
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fetch that is under way, or a new one. `None` when there is no runtime to fetch on.
    fn fetch(self: &Arc<Self>, state: &mut State) -> Option<watch::Receiver<()>> {
        if let Some(fetch) = &state.fetch
            && fetch.has_changed().is_ok()
        {
            return Some(fetch.clone());
        }
        let runtime = Handle::try_current().ok()?;
        let (under_way, fetch) = watch::channel(());
        let inner = self.clone();
        runtime.spawn(async move {
            let fetched = inner.metadata.fetch(&*inner.transport).await;
            let now = Instant::now();
            let mut state = inner.lock();
            match fetched {
                Ok(keys) => state.freshness.fetched(keys, now),
                Err(error) => {
                    state.freshness.failed(now);
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(metadata = %inner.metadata.url(), error, "an issuer's keys cannot be fetched");
                }
            }
            state.fetch = None;
            drop(state);
            drop(under_way);
        });
        state.fetch = Some(fetch.clone());
        Some(fetch)
    }
}
