//! What compiles, what does not, and what is said about it.
//!
//! `macro/` holds errors that are ours to the letter. `rustc/` holds errors that rustc words, shaped by our
//! traits and spans: they are compared only under the compiler that they were written for. To accept new
//! texts, run with `TRYBUILD=overwrite` and read what has changed.

use std::process::Command;

/// The compiler whose words `rustc/` holds.
const WRITTEN_FOR: &str = "rustc 1.95.0 ";

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("ui/macro/*.rs");
}

#[test]
fn right_code_compiles_and_runs() {
    trybuild::TestCases::new().pass("ui/pass/*.rs");
}

#[test]
fn rustc_points_at_the_users_code() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc)
        .arg("-V")
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let version = String::from_utf8_lossy(&version);
    if version.starts_with(WRITTEN_FOR) {
        trybuild::TestCases::new().compile_fail("ui/rustc/*.rs");
    } else {
        eprintln!(
            "skipped: the expected texts are those of {WRITTEN_FOR}, this is {}",
            version.trim()
        );
    }
}
