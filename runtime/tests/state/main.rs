//! State of conversations and users: who sees it, when it is saved, and what becomes of it when something fails.

mod dialogs;
mod failures;
mod handlers;
mod store;
mod users;
mod versions;
