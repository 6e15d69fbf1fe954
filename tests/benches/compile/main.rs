//! What a bot costs its author in compile time.
//!
//! `cargo bench -p onhook-tests --bench compile` writes small bots into the target folder and has cargo build them:
//! once from nothing, and then again and again, each time the bot's own crate alone and not incrementally. What
//! 100 handlers cost is the difference between a bot with 100 and one with 1.
//!
//! It says what is beyond its budget and does not fail: time is not the same on every machine.

mod cost;
mod leaf;

use std::path::Path;
use std::process::ExitCode;

use cost::Cost;
use leaf::{Form, Leaf};

/// How often each bot is built.
const ROUNDS: usize = 5;
const HANDLERS: usize = 100;

fn main() -> ExitCode {
    if !std::env::args().any(|argument| argument == "--bench") {
        println!("skipped: run it with `cargo bench`");
        return ExitCode::SUCCESS;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile");
    match measure(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(folder: &Path) -> Result<(), String> {
    let clean = Leaf::write(folder, Form::Methods, 1)?.clean_build()?;
    println!("clean debug build                    {clean}");
    verdict("clean build", clean, 9.0);
    let leaves: Vec<[Leaf; 2]> = Form::ALL
        .into_iter()
        .map(|form| {
            let few = Leaf::write(folder, form, 1)?;
            Ok([few, Leaf::write(folder, form, HANDLERS)?])
        })
        .collect::<Result<_, String>>()?;
    differences("check", 0.5, &leaves, Leaf::check)?;
    differences("build", 0.85, &leaves, Leaf::build)?;
    differences("expansion", 0.015, &leaves, Leaf::expand)
}

/// What [`HANDLERS`] handlers cost more than one.
fn differences(
    what: &str,
    budget: f64,
    leaves: &[[Leaf; 2]],
    step: impl Fn(&Leaf) -> Result<Cost, String>,
) -> Result<(), String> {
    // The first round builds what the bots depend on.
    for leaf in leaves.iter().flatten() {
        step(leaf)?;
    }
    let mut rounds = vec![[Vec::new(), Vec::new()]; leaves.len()];
    for _ in 0..ROUNDS {
        for (pair, rounds) in leaves.iter().zip(&mut rounds) {
            for (leaf, rounds) in pair.iter().zip(rounds) {
                rounds.push(step(leaf)?);
            }
        }
    }
    for (form, [few, many]) in Form::ALL.into_iter().zip(rounds) {
        let (few, many) = (Cost::median(&few), Cost::median(&many));
        println!("{what:<9} {form:<11}   1 handler  {few}");
        println!("{what:<9} {form:<11} {HANDLERS} handlers {many}");
        println!("{what:<9} {form:<11} difference   {}", many - few);
        if form != Form::Plain {
            verdict(what, many - few, budget);
        }
    }
    Ok(())
}

fn verdict(what: &str, cost: Cost, budget: f64) {
    let seconds = cost.quiet();
    let kept = if seconds <= budget { "within" } else { "over" };
    println!("  {what}: {seconds:.3} s, {kept} the budget of {budget} s");
}
