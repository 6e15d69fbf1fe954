//! What must not be written down.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::testing::TestDialog;

use crate::number;

const CARD: &str = "4111111111111111";

#[derive(Default)]
struct Bank {
    charged: Mutex<Vec<String>>,
    refuses: bool,
}

#[bot]
impl Bank {
    #[on_members_added]
    async fn pay(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.pause_recording().await?;
        let card = call
            .ask(
                number("Your card?")
                    .check(|card: &String| {
                        if card.len() == 16 {
                            Ok(())
                        } else {
                            Err("Sixteen digits, please.")
                        }
                    })
                    .secret(),
            )
            .await?;
        let sure = call.ask(Confirm::new("Shall I charge it?")).await?;
        let paid = call
            .run_with("charge", card, async |card, key| {
                if self.refuses {
                    return Err(std::io::Error::other(format!("card {card} is refused")));
                }
                assert!(!key.contains(&card));
                self.charged.lock().unwrap().push(card);
                Ok("receipt-7".to_owned())
            })
            .await;
        call.resume_recording().await?;
        let paid = match paid {
            Ok(paid) => paid,
            Err(error) => error.to_string(),
        };
        call.say(format!("{sure} {paid}")).await?;
        call.ask(Confirm::new("Anything else?")).await?;
        call.end_call().await
    }
}

/// Everything that is written of a call at any point.
async fn written<B: Bot + 'static>(call: &TestDialog<B>, into: &mut String) {
    let record = call.record().await;
    write!(into, "{record:?} {call:?} {:?}", call.outbox().sent()).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_secret_is_written_nowhere() {
    let (bank, mut all) = (Arc::new(Bank::default()), String::new());
    let call = TestDialog::begin(Arc::clone(&bank)).await;
    for key in CARD.chars().chain(['#']) {
        call.presses(&key.to_string()).await;
        written(&call, &mut all).await;
    }
    call.says("yes").await;
    written(&call, &mut all).await;
    assert_eq!(*bank.charged.lock().unwrap(), [CARD]);
    assert!(call.heard().contains(&"true receipt-7".to_owned()));
    assert!(all.contains("receipt-7"));
    for part in [CARD, "4111", "41111"] {
        assert!(!all.contains(part), "{part} in {all}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_step_fails_with_does_not_tell_its_secret() {
    let bank = Arc::new(Bank {
        refuses: true,
        ..Bank::default()
    });
    let call = TestDialog::begin(Arc::clone(&bank)).await;
    call.presses(CARD).await;
    call.presses("#1").await;
    assert!(
        call.heard()
            .contains(&"true the step `charge` failed: card [secret] is refused".to_owned()),
        "{:?}",
        call.heard()
    );
    assert!(!call.record().await.unwrap().contains(CARD));
}

#[tokio::test(start_paused = true)]
async fn a_secret_that_is_gone_is_asked_again() {
    let bank = Arc::new(Bank::default());
    let mut call = TestDialog::begin(Arc::clone(&bank)).await;
    call.presses(CARD).await;
    call.presses("#").await;
    call.restarts_the_bot();
    call.says("yes").await;
    assert_eq!(
        call.heard(),
        ["Your card?", "Shall I charge it?", "Your card?"]
    );
    call.presses("5500000000000004#").await;
    call.presses("2").await;
    assert_eq!(*bank.charged.lock().unwrap(), ["5500000000000004"]);
    // Once the step is done, nobody needs the secret.
    call.restarts_the_bot();
    call.says("no").await;
    assert!(call.is_over());
}

#[tokio::test(start_paused = true)]
async fn the_first_digits_of_a_secret_are_asked_again() {
    let bank = Arc::new(Bank::default());
    let mut call = TestDialog::begin(Arc::clone(&bank)).await;
    call.presses("41111").await;
    call.restarts_the_bot();
    call.presses("1").await;
    assert_eq!(call.heard(), ["Your card?", "Your card?"]);
    call.presses(CARD).await;
    call.presses("#1").await;
    assert_eq!(*bank.charged.lock().unwrap(), [CARD]);
}
