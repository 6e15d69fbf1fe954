//! What the tests of whole calls share: a bot that does as it is told, and readers that are not ours. And what is done
//! with foreign bytes, by a fuzzer and by an ordinary test.
#![allow(
    clippy::missing_panics_doc,
    reason = "a test that panics has failed, and says why"
)]

pub mod fuzzed;
pub mod obedient;
pub mod recorded;
