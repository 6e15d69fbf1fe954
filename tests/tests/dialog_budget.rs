//! What a dialog costs: bytes in the store, and work at a replay, counted.

use onhook::prelude::*;
use onhook::question::{Answer, Ask, Heard, Partial, Verdict};
use onhook::testing::TestDialog;
use onhook_allocations::{Taken, count};

/// What the caller says, as it is.
struct Words;

impl Answer for Words {
    type Value = String;

    fn hear(&self, heard: &Heard<'_>, _so_far: &mut Partial) -> Verdict<String> {
        heard
            .text()
            .map_or(Verdict::NoMatch, |text| Verdict::Answer(text.to_owned()))
    }
}

#[on_members_added]
async fn survey(call: &mut Dialog<'_>) -> Result<()> {
    call.say("Welcome to our survey.").await?;
    loop {
        call.ask(Ask::new(Words).prompt("Next?")).await?;
        call.say("Thank you.").await?;
    }
}

/// A call of so many answers, and what the turn of the last one took.
fn answers(count_of: usize) -> (TestDialog<impl Bot>, Taken, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let mut taken = None;
    let call = runtime.block_on(TestDialog::begin(handlers![survey]));
    for _ in 0..count_of {
        let ((), turn) = count(|| runtime.block_on(call.says("eleven signs")));
        taken = Some(turn);
    }
    let record = runtime.block_on(call.record()).unwrap();
    (call, taken.unwrap(), record)
}

/// A budget of the design: the journal of a call with 20 answers has at most 3 KB.
#[test]
fn twenty_answers_are_a_short_record() {
    let (_call, _taken, record) = answers(20);
    assert_eq!(record.matches("eleven signs").count(), 20, "{record}");
    assert!(record.len() <= 3 * 1024, "{} bytes: {record}", record.len());
}

/// A replay reads each answer and gives it to the dialog, and does nothing else with it.
#[test]
fn a_replayed_answer_takes_few_blocks_from_the_heap() {
    let ((_, few, _), (_, many, _)) = (answers(5), answers(25));
    let of_each = (many.blocks - few.blocks).div_ceil(20);
    // Read and written again: the entry's name and value; replayed: the value, the dialog's own copy, and the prompt,
    // which the dialog makes before anybody knows that it is not said.
    assert!(of_each <= 7, "{of_each} blocks for each answer");
}
