//! A connector that keeps what was sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::activity::{Activity, ActivityType, ResourceResponse};
use crate::connector::{BoxFuture, Connector, SendError};

/// A connector that keeps what was sent, and can be told to refuse.
#[derive(Debug, Default)]
pub struct Outbox(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    sent: Vec<Activity>,
    updated: Vec<Activity>,
    deleted: Vec<String>,
    refusing: Option<(String, String)>,
    count: usize,
}

impl Outbox {
    /// An empty outbox.
    pub fn new() -> Arc<Outbox> {
        Arc::default()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses everything from now on with this code and message.
    pub fn refuse(&self, code: impl Into<String>, message: impl Into<String>) {
        self.lock().refusing = Some((code.into(), message.into()));
    }

    /// Everything that was sent, in order.
    pub fn sent(&self) -> Vec<Activity> {
        self.lock().sent.clone()
    }

    /// The texts of the messages that were sent, in order.
    pub fn spoken(&self) -> Vec<String> {
        let inner = self.lock();
        let messages = inner
            .sent
            .iter()
            .filter(|activity| activity.kind == ActivityType::Message);
        messages
            .filter_map(|message| message.text.clone())
            .collect()
    }

    /// The names of the commands that were sent, in order.
    pub fn commands(&self) -> Vec<String> {
        let inner = self.lock();
        let commands = inner
            .sent
            .iter()
            .filter(|activity| activity.kind == ActivityType::Command);
        commands
            .filter_map(|command| command.name.clone())
            .collect()
    }

    /// The activities that replaced others, in order.
    pub fn updated(&self) -> Vec<Activity> {
        self.lock().updated.clone()
    }

    /// The ids of the activities that were deleted, in order.
    pub fn deleted(&self) -> Vec<String> {
        self.lock().deleted.clone()
    }

    fn take(&self, keep: impl FnOnce(&mut Inner)) -> Result<ResourceResponse, SendError> {
        let mut inner = self.lock();
        if let Some((code, message)) = &inner.refusing {
            return Err(SendError::refused(code, message));
        }
        keep(&mut inner);
        inner.count += 1;
        Ok(ResourceResponse::new(format!("activity-{}", inner.count)))
    }
}

impl Connector for Outbox {
    fn send(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async { self.take(|inner| inner.sent.push(activity)) })
    }

    fn update(&self, activity: Activity) -> BoxFuture<'_, Result<ResourceResponse, SendError>> {
        Box::pin(async { self.take(|inner| inner.updated.push(activity)) })
    }

    fn delete(&self, activity: Activity) -> BoxFuture<'_, Result<(), SendError>> {
        Box::pin(async {
            self.take(|inner| inner.deleted.extend(activity.id))
                .map(drop)
        })
    }
}
