//! Two hosts on one `PostgreSQL`: a call whose activities come to either of them is the call that it would be on one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::state::PostgresStore;
use onhook::testing::Outbox;
use onhook::{ChannelAccount, ConversationAccount, Host};
use onhook_state_tests::Postgres;
use serde::{Deserialize, Serialize};

const CALLS: u64 = 200;

/// Bills in a call, each of which is a step.
const BILLS: usize = 3;

/// A bank that carries out a request with a known key only once, and counts how often it was asked.
#[derive(Default)]
struct Bank(Mutex<HashMap<String, (u64, u32)>>);

impl Bank {
    async fn charge(&self, key: String) -> u64 {
        // A step takes a moment, in which the other host may have something of the same call.
        tokio::task::yield_now().await;
        let mut charged = self.0.lock().unwrap();
        let number = charged.len() as u64;
        let (receipt, times) = charged.entry(key).or_insert((number, 0));
        *times += 1;
        *receipt
    }
}

/// What a call has come to.
#[derive(Default, Serialize, Deserialize, State)]
#[state(name = "paid")]
struct Paid {
    receipts: Vec<u64>,
    /// Counted by a handler beside the dialog.
    notes: u32,
}

struct Contoso(Arc<Bank>);

#[bot]
impl Contoso {
    #[on_members_added]
    async fn pay(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("Welcome to Contoso!").await?;
        for bill in 1..=BILLS {
            let question =
                Confirm::new(format!("Pay bill {bill}?")).first_input(Duration::from_secs(600));
            if call.ask(question).await? {
                let bank = &self.0;
                let receipt = call
                    .run("charge", |key| async move {
                        Ok::<_, onhook::Error>(bank.charge(key.into()).await)
                    })
                    .await?;
                call.state::<Paid>().await.receipts.push(receipt);
                call.say(format!("Bill {bill} is paid.")).await?;
            }
        }
        let (paid, notes) = {
            let paid = call.state::<Paid>().await;
            (paid.receipts.len(), paid.notes)
        };
        call.say(format!("{paid} bills are paid, {notes} notes taken."))
            .await?;
        call.end_call().await
    }

    #[on_event("note")]
    async fn note(&self, mut paid: State<'_, Paid>) {
        paid.notes += 1;
    }
}

/// What the caller and the call centre do, in order.
fn script() -> Vec<Activity> {
    let mut joined = Activity::conversation_update();
    joined.members_added = Some(vec![ChannelAccount::new("caller")]);
    let mut script = vec![joined];
    for _ in 0..BILLS {
        script.extend([Activity::event("note"), Activity::message("yes")]);
    }
    script
}

/// A random number that is the same in every run.
fn random(call: u64, step: u64) -> u64 {
    let mut bits = (call * 1_000 + step + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    bits ^= bits >> 29;
    bits = bits.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits ^ (bits >> 32)
}

/// One call, each of whose activities goes to a host at random, every fourth to both at once, as when a channel sends
/// it again.
async fn call(number: u64, hosts: Arc<[Host<Contoso>; 2]>) -> Vec<String> {
    let outbox = Outbox::new();
    for (step, mut activity) in (0..).zip(script()) {
        activity.id = Some(format!("activity-{step}"));
        activity.channel_id = Some("telephony".to_owned());
        activity.from = Some(ChannelAccount::new("caller"));
        activity.recipient = Some(ChannelAccount::new("bot"));
        activity.conversation = Some(ConversationAccount::new(&*format!("call-{number}")));
        let random = random(number, step);
        let (first, second) = if random & 1 == 0 { (0, 1) } else { (1, 0) };
        let delivered = hosts[first]
            .accept(activity.clone(), outbox.clone())
            .unwrap();
        if random & 6 == 0 && activity.kind != onhook::ActivityType::Event {
            let again = hosts[second].accept(activity, outbox.clone()).unwrap();
            let (delivered, again) = tokio::join!(delivered, again);
            delivered.unwrap();
            again.unwrap();
        } else {
            delivered.await.unwrap();
        }
    }
    outbox.spoken()
}

fn host(bank: &Arc<Bank>, store: &PostgresStore) -> Host<Contoso> {
    Host::builder(Contoso(Arc::clone(bank)))
        .state(store.clone())
        .build()
}

/// The steps of each call ran for three keys, and the record has the result of each once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_whose_activities_come_to_either_host_end_as_undisturbed_ones() {
    let Some(server) = Postgres::start() else {
        return;
    };
    // Each host has connections of its own, as a process would.
    let store = async || PostgresStore::connect(server.url()).await.unwrap();
    let alone = {
        let host = host(&Arc::default(), &store().await);
        call(CALLS, Arc::new([host.clone(), host])).await
    };
    assert_eq!(alone.last().unwrap(), "3 bills are paid, 3 notes taken.");

    let bank = Arc::new(Bank::default());
    let hosts = Arc::new([host(&bank, &store().await), host(&bank, &store().await)]);
    let calls: Vec<_> = (0..CALLS)
        .map(|number| tokio::spawn(call(number, Arc::clone(&hosts))))
        .collect();
    for (number, call) in calls.into_iter().enumerate() {
        assert_eq!(call.await.unwrap(), alone, "call {number}");
    }
    let charged = bank.0.lock().unwrap();
    assert_eq!(
        charged.len() as u64,
        CALLS * BILLS as u64,
        "one key for each step"
    );
    let twice: Vec<_> = charged
        .iter()
        .filter(|(_, (_, times))| *times > 1)
        .collect();
    assert!(
        twice.is_empty(),
        "ran twice, though no process has ended: {twice:?}"
    );
}
