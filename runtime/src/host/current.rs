//! Which conversation's turn runs in the task that asks.
//!
//! A handler that waits for its own conversation's mailbox would wait for itself. So who asks for a turn is asked
//! first whether it is within one.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;

use crate::conversation::Conversation;

thread_local! {
    /// The address of the conversation whose turn is being polled, or 0. It is not followed, and as long as the turn
    /// is polled no other conversation has it.
    static CURRENT: Cell<usize> = const { Cell::new(0) };
}

fn address(conversation: &Arc<Conversation>) -> usize {
    Arc::as_ptr(conversation).addr()
}

/// Whether the caller is part of a turn of this conversation.
pub(super) fn is_within(conversation: &Arc<Conversation>) -> bool {
    CURRENT.get() == address(conversation)
}

/// Polls `turn` as a turn of this conversation.
pub(super) fn of<F: Future>(
    conversation: &Arc<Conversation>,
    mut turn: Pin<&mut F>,
) -> impl Future<Output = F::Output> {
    poll_fn(move |context| {
        let _outer = Restore(CURRENT.replace(address(conversation)));
        turn.as_mut().poll(context)
    })
}

/// Brings back what was there before, also when the poll panics.
struct Restore(usize);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn a_turn_is_within_its_conversation_whenever_it_is_polled() {
        let [own, other] = [0; 2].map(|_| Arc::new(Conversation::default()));
        let turn = pin!(async {
            assert!(is_within(&own) && !is_within(&other));
            let nested = pin!(async { assert!(is_within(&other) && !is_within(&own)) });
            of(&other, nested).await;
            tokio::task::yield_now().await;
            assert!(is_within(&own) && !is_within(&other));
        });
        let beside = async {
            for _ in 0..3 {
                assert!(!is_within(&own));
                tokio::task::yield_now().await;
            }
        };
        tokio::join!(of(&own, turn), beside);
        assert!(!is_within(&own));
    }
}
