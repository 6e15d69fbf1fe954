//! What comes of a question: the answer as it is, perhaps none, a secret, or an event in its place.

use std::marker::PhantomData;

use crate::activity::Activity;
use crate::dialog::Secret;

/// What [`Dialog::ask`](crate::Dialog::ask) gives for a question about a `V`. Sealed: the question's options choose it.
pub trait Kept<V>: Keep {
    /// What the dialog gets.
    type Output;

    /// `at`: where in the journal it was answered.
    #[doc(hidden)]
    fn answered(value: V, at: usize) -> Self::Output;

    #[doc(hidden)]
    fn spent(at: usize) -> Option<Self::Output> {
        let _ = at;
        None
    }

    #[doc(hidden)]
    fn nothing() -> Option<Self::Output> {
        None
    }

    #[doc(hidden)]
    fn event(event: Activity) -> Option<Self::Output> {
        let _ = event;
        None
    }
}

/// Whether the answer may be written down.
pub trait Keep: Send + Sync {
    #[doc(hidden)]
    const SECRET: bool = false;
}

/// The answer, as it is.
#[derive(Debug)]
pub struct Plain;

/// The answer, or `None` after the last attempt: [`Ask::optional`](super::Ask::optional).
#[derive(Debug)]
pub struct Optional;

/// The answer as a [`Secret`]: [`Ask::secret`](super::Ask::secret).
#[derive(Debug)]
pub struct Secretly;

/// The answer, or an event that came before it: [`Ask::or_event`](super::Ask::or_event).
#[derive(Debug)]
pub struct EventOr<K>(PhantomData<K>);

/// What comes of a question that an event may answer as well.
#[derive(Debug)]
pub enum OrEvent<T> {
    /// The caller answered.
    Answer(T),
    /// The event came first.
    Event(Box<Activity>),
}

impl Keep for Plain {}
impl Keep for Optional {}
impl Keep for Secretly {
    const SECRET: bool = true;
}
impl<K: Keep> Keep for EventOr<K> {
    const SECRET: bool = K::SECRET;
}

impl<V> Kept<V> for Plain {
    type Output = V;

    fn answered(value: V, _at: usize) -> V {
        value
    }
}

impl<V> Kept<V> for Optional {
    type Output = Option<V>;

    fn answered(value: V, _at: usize) -> Option<V> {
        Some(value)
    }

    fn nothing() -> Option<Option<V>> {
        Some(None)
    }
}

impl<V> Kept<V> for Secretly {
    type Output = Secret<V>;

    fn answered(value: V, at: usize) -> Secret<V> {
        Secret::new(value, at)
    }

    fn spent(at: usize) -> Option<Secret<V>> {
        Some(Secret::spent(at))
    }
}

impl<V, K: Kept<V>> Kept<V> for EventOr<K> {
    type Output = OrEvent<K::Output>;

    fn answered(value: V, at: usize) -> Self::Output {
        OrEvent::Answer(K::answered(value, at))
    }

    fn spent(at: usize) -> Option<Self::Output> {
        K::spent(at).map(OrEvent::Answer)
    }

    fn nothing() -> Option<Self::Output> {
        K::nothing().map(OrEvent::Answer)
    }

    fn event(event: Activity) -> Option<Self::Output> {
        Some(OrEvent::Event(Box::new(event)))
    }
}
