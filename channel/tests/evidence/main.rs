//! What happens to recordings after they are made: whether they are still as they were, who is told of them, how
//! long they are kept, and what is left when they are deleted.

mod again;
mod calls;
mod deletion;
mod draft;
mod events;
mod foreign;
mod holds;
mod kill;
mod limits;
mod links;
mod resurrection;
mod shelf;
mod tampering;
mod vcon;
