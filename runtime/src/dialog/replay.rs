//! What a dialog logs while it is replayed stands in a span: `replay{dialog="pay" replay=true}` of the target
//! `onhook::dialog`. A subscriber that leaves such records out logs everything once.

use tracing::{Level, Span, span_enabled};

/// The span, entered until the replay has come to the end of the journal.
///
/// The dialog's code and ours run in one poll, so that no guard can be held from the begin of the one to the end of the
/// other.
#[derive(Default)]
pub(super) struct Replay(Option<Span>);

impl Replay {
    /// The dialog is run again from its start.
    pub(super) fn begin(&mut self, dialog: &str) {
        self.end();
        if !span_enabled!(target: "onhook::dialog", Level::INFO) {
            return;
        }
        let span = tracing::info_span!(target: "onhook::dialog", "replay", dialog, replay = true);
        span.with_subscriber(|(id, dispatch)| dispatch.enter(id));
        self.0 = Some(span);
    }

    /// It is where it was.
    pub(super) fn end(&mut self) {
        if let Some(span) = self.0.take() {
            span.with_subscriber(|(id, dispatch)| dispatch.exit(id));
        }
    }
}
