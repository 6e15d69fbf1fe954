//! The signals that end a process.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;

/// Is over when the process is told to end: ctrl-c, or SIGTERM.
pub(super) fn end() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        Ok(poll_fn(move |context| {
            let told = terminate.poll_recv(context).is_ready();
            if told || interrupt.poll_recv(context).is_ready() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }))
    }
    #[cfg(not(unix))]
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}

/// What `next` gives, or `None` if `end` is over before.
pub(super) async fn until<T>(
    mut end: Pin<&mut impl Future<Output = ()>>,
    next: impl Future<Output = T>,
) -> Option<T> {
    let mut next = pin!(next);
    poll_fn(|context| {
        if end.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        next.as_mut().poll(context).map(Some)
    })
    .await
}
