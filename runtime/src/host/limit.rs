//! Bounding the time of a future.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

/// What `future` gives within `limit`, or `None`. One that is ready when it is first asked costs no timer, and most
/// turns are: only those that wait for the network or the clock are not.
pub(super) async fn within<F: Future>(
    limit: Duration,
    mut future: Pin<&mut F>,
) -> Option<F::Output> {
    let first = poll_fn(|context| Poll::Ready(future.as_mut().poll(context)));
    match first.await {
        Poll::Ready(output) => Some(output),
        Poll::Pending => tokio::time::timeout(limit, future).await.ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::pin::pin;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_late_is_given_up() {
        let limit = Duration::from_secs(3);
        assert_eq!(within(limit, pin!(ready(7))).await, Some(7));
        let later = pin!(async { tokio::time::sleep(Duration::from_secs(2)).await });
        assert_eq!(within(limit, later).await, Some(()));
        assert_eq!(within(limit, pin!(pending::<()>())).await, None);
    }
}
