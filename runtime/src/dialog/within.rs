//! Operations that take at most so long.

use std::future::Future;
use std::time::Duration;

use super::call::Dialog;
use super::failure::Unanswered;
use super::step::{Durable, Run, StepKey};
use super::wait::WaitForEvent;
use crate::error::{Error, Result};
use crate::question::{Answer, Ask, Kept};

/// A dialog whose next operation takes at most so long; see [`Dialog::within`].
#[derive(Debug)]
#[must_use = "it limits the operation that is called on it"]
pub struct Within<'c, 't> {
    call: &'c mut Dialog<'t>,
    limit: Duration,
}

impl<'c, 't> Within<'c, 't> {
    pub(super) fn new(call: &'c mut Dialog<'t>, limit: Duration) -> Within<'c, 't> {
        Within { call, limit }
    }

    /// [`Dialog::ask`] with [`Ask::within`].
    #[track_caller]
    pub fn ask<'q, A, K>(
        self,
        question: Ask<'q, A, K>,
    ) -> impl Future<Output = Result<K::Output, Unanswered>> + Send + use<'c, 't, 'q, A, K>
    where
        A: Answer,
        K: Kept<A::Value>,
    {
        self.call.ask(question.within(self.limit))
    }

    /// [`Dialog::wait_for_event`] with [`WaitForEvent::within`].
    #[track_caller]
    pub fn wait_for_event(self, name: &'c str) -> WaitForEvent<'c> {
        self.call.wait_for_event(name).within(self.limit)
    }

    /// [`Dialog::run`] with [`Run::within`].
    #[track_caller]
    pub fn run<F, Fut, T, E>(self, name: &'c str, step: F) -> Run<'c, F>
    where
        F: FnOnce(StepKey) -> Fut + Send,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Durable,
        E: Into<Error>,
    {
        self.call.run(name, step).within(self.limit)
    }
}
