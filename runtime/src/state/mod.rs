//! Where conversations are kept between turns.
//!
//! A [`StateStore`] maps a key to some bytes, and replaces them only for whoever has seen the latest: every record has
//! an [`ETag`], and a write that names an older one is a [`StateError::Conflict`]. Above it, a dialog's turn is
//! committed before anything is heard, so a conflict costs a second try and nothing else.
//!
//! Handlers take values of the conversation or the user as [`State<'_, T>`](crate::extract::State), dialogs as
//! [`call.state::<T>()`](crate::Dialog::state); a type becomes such a value by `#[derive(State)]`, see [`StateValue`].
//!
//! [`MemoryStore`] keeps records in this process. They do not survive it.

mod etag;
mod memory;
#[cfg(feature = "state-postgres")]
mod postgres;
#[cfg(feature = "state-redb")]
mod redb;
#[cfg(feature = "state-redis")]
mod redis;
mod store;
mod value;

pub use etag::ETag;
pub use memory::MemoryStore;
#[cfg(feature = "state-postgres")]
pub use postgres::{PostgresStore, PostgresStoreBuilder};
#[cfg(feature = "state-redb")]
pub use redb::{RedbStore, RedbStoreBuilder};
#[cfg(feature = "state-redis")]
pub use redis::{RedisStore, RedisStoreBuilder};
pub use store::{Expect, StateError, StateStore, Stored, UnixMillis, Write};
pub(crate) use value::Versioned;
#[doc(hidden)]
pub use value::is_older;
pub use value::{Scope, StateValue, ValueError};
