//! How many crates a bot with default features brings from outside.

use std::collections::BTreeSet;
use std::process::Command;

/// From outside; every one of them is somebody's to keep, to audit, and to wait for.
const BUDGET: usize = 24;

/// With dialogs, which need no crate of their own.
const WITH_DIALOGS: usize = 26;

#[test]
fn a_bot_with_default_features_brings_few_crates() {
    within(BUDGET, &[]);
}

#[test]
fn dialogs_bring_few_more() {
    within(WITH_DIALOGS, &["--features", "dialog"]);
}

fn within(budget: usize, features: &[&str]) {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--package", "onhook"])
        .args(features)
        .args([
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .env("CARGO_TERM_COLOR", "never")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let tree = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .filter(|line| !line.is_empty() && !line.starts_with("onhook"))
        .collect();
    // A tree without it is not the tree of `onhook`.
    assert!(
        crates.iter().any(|name| name.starts_with("serde_json ")),
        "{tree}"
    );
    assert!(
        crates.len() <= budget,
        "{} crates, {budget} are the budget: {crates:#?}",
        crates.len()
    );
}
