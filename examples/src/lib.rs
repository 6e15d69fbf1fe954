//! Bots to copy from, one file each in `src/bin`; every one plays a call on this machine and prints who said
//! what when. `cargo run --bin call_recording` is the one to begin with.

/// The programs of the README, so that they are compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
