//! The bot's end of the line: what it sends goes to the call.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use onhook::{Activity, ActivityType, BoxFuture, Connector, Ids, ResourceResponse, SendError};
use tokio::sync::mpsc;

use super::engine::Input;

/// The connector of one call. The queue to the call is bounded: a bot that sends faster than the call takes
/// waits.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) inputs: mpsc::Sender<Input>,
    /// For what the bot sends, and what answers it.
    pub(crate) ids: Arc<Ids>,
    /// The bot has been told that the call is over: nobody hears it any more. Its commands are still answered.
    pub(crate) over: AtomicBool,
}

impl Connector for Line {
    fn send(&self, mut activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async move {
            if activity.kind == ActivityType::Message && self.over.load(Ordering::Relaxed) {
                return Err(SendError::Ended);
            }
            let id = self.ids.next();
            activity.id = Some(id.clone());
            self.inputs
                .send(Input::FromBot(Box::new(activity)))
                .await
                .map_err(|_over| SendError::Ended)?;
            Ok(ResourceResponse::new(id))
        })
    }
}
