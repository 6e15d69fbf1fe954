//! Channel.

pub mod media;
pub mod store;
pub mod voice;
pub mod wav;
