//! Dispatch: what `#[bot]` and `handlers![…]` generate against a `match` written by hand that does the same work.
//!
//! `cargo bench -p onhook-tests --bench dispatch` prints nanoseconds and, where valgrind is installed,
//! instructions; it fails if `#[bot]` takes more than 1.05 times the instructions of the hand-written match.
//! `-- instructions` leaves the time out.

mod bots;
mod callgrind;
#[path = "../stopwatch.rs"]
mod stopwatch;

use std::future::Future;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};

use bots::{fifty, hundred_and_fifty, ten};
use onhook::testing::TestTurn;
use onhook::{Bot, Turn};
use stopwatch::Entrant;

/// What generated dispatch may take of the instructions of the hand-written one.
const BUDGET: f64 = 1.05;

const WAYS: [&str; 3] = ["by hand", "#[bot]", "handlers![]"];
const SIZES: [usize; 3] = [10, 50, 150];

fn main() -> ExitCode {
    if let Some((what, times)) = callgrind::child() {
        return run(&what, times);
    }
    if !stopwatch::asked() {
        println!("skipped: run it with `cargo bench`");
        return ExitCode::SUCCESS;
    }
    if !std::env::args().any(|argument| argument == "instructions") {
        time();
    }
    instructions()
}

/// Dispatches every turn once.
fn cycle<B: Bot>(bot: &B, turns: &[&Turn]) {
    let mut context = Context::from_waker(Waker::noop());
    for turn in turns {
        let handled = match pin!(bot.dispatch(turn)).poll(&mut context) {
            Poll::Ready(Ok(outcome)) => outcome.is_handled(),
            Poll::Ready(Err(_)) | Poll::Pending => false,
        };
        assert!(handled, "{:?} was not handled", turn.activity());
    }
}

/// Runs a block with the turns and the bots of every size.
macro_rules! each {
    (|$size:ident, $turns:ident, $by_hand:ident, $generated:ident, $listed:ident| $use:block) => {{
        each!(@ ten 10 |$size, $turns, $by_hand, $generated, $listed| $use);
        each!(@ fifty 50 |$size, $turns, $by_hand, $generated, $listed| $use);
        each!(@ hundred_and_fifty 150 |$size, $turns, $by_hand, $generated, $listed| $use);
    }};
    (@ $bots:ident $number:literal |$size:ident, $turns:ident, $by_hand:ident, $generated:ident, $listed:ident| $use:block) => {{
        let (turns, $size): (Vec<TestTurn>, usize) = ($bots::turns(), $number);
        let turns: Vec<&Turn> = turns.iter().map(|turn| &**turn).collect();
        let ($turns, $by_hand, $generated, $listed) =
            (&*turns, $bots::ByHand, $bots::Generated, $bots::listed());
        $use
    }};
}

/// Nanoseconds of one dispatch, over all handlers.
fn time() {
    println!("ns per dispatch         by hand      #[bot]  handlers![]   ratios to by hand");
    each!(|size, turns, by_hand, generated, listed| {
        let medians = stopwatch::race(&mut [
            Entrant::new(|| cycle(&by_hand, turns)),
            Entrant::new(|| cycle(&generated, turns)),
            Entrant::new(|| cycle(&listed, turns)),
        ]);
        row(size, &medians);
    });
}

/// Instructions of one dispatch, over all handlers; fails beyond the budget.
fn instructions() -> ExitCode {
    if !callgrind::is_installed() {
        println!("skipped: valgrind is not installed");
        return ExitCode::SUCCESS;
    }
    println!("instructions            by hand      #[bot]  handlers![]   ratios to by hand");
    let mut kept = true;
    for size in SIZES {
        let counted: Result<Vec<f64>, String> = WAYS
            .iter()
            .map(|way| callgrind::instructions(&format!("{way}/{size}")))
            .collect();
        match counted {
            Ok(counted) => {
                row(size, &counted);
                kept &= matches!(*counted, [by_hand, bot, _] if bot <= by_hand * BUDGET);
            }
            Err(error) => {
                println!("{size} handlers: {error}");
                kept = false;
            }
        }
    }
    if kept {
        println!("`#[bot]` keeps to {BUDGET} times the instructions of the match by hand");
        ExitCode::SUCCESS
    } else {
        println!("`#[bot]` takes more than {BUDGET} times the instructions of the match by hand");
        ExitCode::FAILURE
    }
}

/// The part of the program that callgrind counts: one of the ways, with the bot of one size.
fn run(what: &str, times: u64) -> ExitCode {
    let chosen = what.split_once('/').and_then(|(way, number)| {
        let way = WAYS.iter().position(|known| *known == way)?;
        Some((way, number.parse::<usize>().ok()?))
    });
    let Some((way, number)) = chosen else {
        return ExitCode::FAILURE;
    };
    each!(|size, turns, by_hand, generated, listed| {
        for _ in 0..if size == number { times } else { 0 } {
            match way {
                0 => cycle(&by_hand, turns),
                1 => cycle(&generated, turns),
                _ => cycle(&listed, turns),
            }
        }
    });
    ExitCode::SUCCESS
}

/// One line of a table; `cycles` are whole cycles over `size` handlers.
fn row(size: usize, cycles: &[f64]) {
    #[expect(clippy::cast_precision_loss, reason = "there are at most 150 handlers")]
    let each: Vec<f64> = cycles.iter().map(|cycle| cycle / size as f64).collect();
    let first = each.first().copied().unwrap_or(f64::NAN);
    print!("{size:>4} handlers      ");
    for value in &each {
        print!(" {value:>11.1}");
    }
    for value in each.iter().skip(1) {
        print!("   {:.3}", value / first);
    }
    println!();
}
