//! Calls that are cut: between turns by chance, and inside of turns at every operation of the store.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use onhook::prelude::*;
use onhook::question::Confirm;
use onhook::state::{ETag, MemoryStore, StateError, StateStore, Stored, UnixMillis, Write};
use onhook::testing::TestDialog;
use onhook::{BoxFuture, TurnOutcome};
use proptest::prelude::*;

use crate::{number, secs, words};

/// Notes the keys of the steps that it carries out, as a service does.
#[derive(Default)]
struct Shop {
    keys: Mutex<Vec<String>>,
}

impl Shop {
    async fn order(&self, key: &str) -> Result<usize, std::io::Error> {
        tokio::time::sleep(secs(1)).await;
        let mut keys = self.keys.lock().unwrap();
        keys.push(key.to_owned());
        Ok(keys.iter().collect::<BTreeSet<_>>().len())
    }
}

#[bot]
impl Shop {
    #[on_members_added]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        call.say("Welcome.").await?;
        call.start_recording(RecordingStart::new()).await?;
        let mut orders = Vec::new();
        loop {
            let what = call.ask(words("What item?").attempts(99)).await?;
            let count = call.ask(number("How many?").attempts(99)).await?;
            let order = call
                .run("order", async |key| self.order(&key).await)
                .await?;
            orders.push(format!("{count} {what} as {order}"));
            call.say(format!("Order {order}.")).await?;
            if !call
                .ask(Confirm::new("Anything else?").attempts(99))
                .await?
            {
                break;
            }
        }
        call.say(format!("Done: {}", orders.join(", "))).await?;
        call.end_call().await
    }

    #[on_message(text = "time", interrupts)]
    async fn time(&self, turn: &Turn) -> Result<()> {
        turn.say("Late.").await
    }
}

/// What the caller does.
#[derive(Clone, Debug)]
enum Act {
    Says(&'static str),
    Presses(&'static str),
    /// Says nothing until at least one time-out has passed, and then this.
    Hesitates(&'static str),
}

fn act() -> impl Strategy<Value = Act> {
    let text = prop::sample::select(vec!["tea", "yes", "no", "time", "help", "repeat"]);
    let keys = prop::sample::select(vec!["1", "2", "12#", "#", "5#1", "7#2"]);
    prop_oneof![
        text.clone().prop_map(Act::Says),
        keys.prop_map(Act::Presses),
        text.prop_map(Act::Hesitates),
    ]
}

/// What was heard, and the keys of the steps. The process restarts before each act that `cuts` has.
fn conduct(acts: &[Act], cuts: &[bool]) -> (Vec<String>, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let shop = Arc::new(Shop::default());
        let mut call = TestDialog::begin(Arc::clone(&shop)).await;
        for (act, cut) in acts.iter().zip(cuts) {
            if *cut {
                call.restarts_the_bot();
            }
            match act {
                Act::Says(text) => call.says(text).await,
                Act::Presses(keys) => call.presses(keys).await,
                Act::Hesitates(text) => {
                    call.waits(secs(10)).await;
                    call.says(text).await;
                }
            }
        }
        let keys = shop.keys.lock().unwrap().clone();
        let mut heard = call.heard();
        // Another process finds a time-out a little later: how often a prompt is repeated may differ.
        heard.dedup();
        (heard, keys)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_call_that_is_cut_between_turns_is_the_same_call(
        (acts, cuts) in prop::collection::vec(act(), 1..24).prop_flat_map(|acts| {
            let count = acts.len();
            (Just(acts), prop::collection::vec(any::<bool>(), count))
        })
    ) {
        let whole = conduct(&acts, &vec![false; acts.len()]);
        let cut = conduct(&acts, &cuts);
        prop_assert_eq!(&whole.0, &cut.0);
        // The keys are made of the run's id, which the process gives.
        prop_assert_eq!(whole.1.len(), cut.1.len());
        let distinct: BTreeSet<_> = cut.1.iter().collect();
        prop_assert_eq!(distinct.len(), cut.1.len(), "each key once");
    }
}

/// A store whose process ends at one of its operations.
#[derive(Default)]
struct Cut {
    store: MemoryStore,
    /// Operations until then.
    left: AtomicI64,
    /// Whether that operation happens.
    after: AtomicBool,
    dead: AtomicBool,
    operations: AtomicI64,
}

impl Cut {
    async fn dies(&self, after: bool) {
        if after {
            if self.left.load(Ordering::Relaxed) == -1 && self.after.load(Ordering::Relaxed) {
                self.left.store(-2, Ordering::Relaxed);
                self.dead.store(true, Ordering::Relaxed);
            }
        } else {
            self.operations.fetch_add(1, Ordering::Relaxed);
            let left = self.left.fetch_sub(1, Ordering::Relaxed);
            if left == 0 && !self.after.load(Ordering::Relaxed) {
                self.dead.store(true, Ordering::Relaxed);
            }
        }
        if self.dead.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    }
}

impl StateStore for Cut {
    fn get<'s>(&'s self, key: &'s str) -> BoxFuture<'s, Result<Option<Stored>, StateError>> {
        Box::pin(async move {
            if self.dead.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            self.store.get(key).await
        })
    }

    fn put<'s>(&'s self, key: &'s str, write: Write) -> BoxFuture<'s, Result<ETag, StateError>> {
        Box::pin(async move {
            self.dies(false).await;
            let put = self.store.put(key, write).await;
            self.dies(true).await;
            put
        })
    }

    fn delete<'s>(&'s self, key: &'s str, etag: &'s ETag) -> BoxFuture<'s, Result<(), StateError>> {
        self.store.delete(key, etag)
    }

    fn due(
        &self,
        before: UnixMillis,
        until: UnixMillis,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<String>, StateError>> {
        self.store.due(before, until, limit)
    }
}

/// A caller who answers what was asked last, and waits if nothing was.
async fn converse(store: &Arc<Cut>) -> (Vec<String>, Vec<String>) {
    let shop = Arc::new(Shop::default());
    let mut call = TestDialog::with_store(Arc::clone(&shop), store.clone());
    let mut joined = Activity::conversation_update();
    joined.members_added = Some(vec![onhook::ChannelAccount::new("caller")]);
    does(&mut call, store, joined).await;
    let (mut answered, mut items) = (0, ["tea", "milk"].into_iter());
    for _ in 0..60 {
        let heard = call.heard();
        let news = heard.len() > answered;
        answered = heard.len();
        let last = heard.last().map_or("", String::as_str);
        match last {
            "What item?" if news => {
                let item = items.next().unwrap_or("sugar");
                does(&mut call, store, Activity::message(item)).await;
            }
            "How many?" if news => {
                for key in ["3", "#"] {
                    let mut pressed = Activity::message(key);
                    pressed.entities = Some(vec![onhook::activity::Entity::new("DTMF")]);
                    does(&mut call, store, pressed).await;
                }
            }
            "Anything else?" if news => {
                let more = if items.len() > 0 { "yes" } else { "no" };
                does(&mut call, store, Activity::message(more)).await;
            }
            _ if call.is_over() => {
                let keys = shop.keys.lock().unwrap().clone();
                return (heard, keys);
            }
            _ => {
                call.waits(secs(5)).await;
                if store.dead.swap(false, Ordering::Relaxed) {
                    call.restarts_the_bot();
                }
            }
        }
    }
    let record = store
        .store
        .get("conversation/telephony/call-1")
        .await
        .unwrap();
    let record = record.map(|record| String::from_utf8_lossy(&record.bytes).into_owned());
    panic!(
        "the call does not come to its end: {:?} {record:?}",
        call.heard()
    );
}

/// Delivers an activity. If the process ends over it, the channel delivers it again to the next.
async fn does<B: Bot + 'static>(call: &mut TestDialog<B>, store: &Arc<Cut>, activity: Activity) {
    let ended: Result<Result<TurnOutcome>, _> =
        tokio::time::timeout(secs(4), call.sends(activity)).await;
    if store.dead.swap(false, Ordering::Relaxed) {
        call.restarts_the_bot();
        call.is_redelivered().await;
    } else {
        ended
            .expect("a turn that ends")
            .expect("a turn that does not fail");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_cut_at_any_operation_comes_to_the_same_end() {
    let store = Arc::new(Cut {
        left: AtomicI64::new(i64::MAX),
        ..Cut::default()
    });
    let (whole, keys) = Box::pin(converse(&store)).await;
    let operations = store.operations.load(Ordering::Relaxed);
    assert_eq!(whole.last().unwrap(), "Done: 3 tea as 1, 3 milk as 2");
    assert_eq!(keys.len(), 2);
    assert!(operations > 10, "{operations}");
    for cut in 0..operations {
        for after in [false, true] {
            let store = Arc::new(Cut {
                left: AtomicI64::new(cut),
                after: AtomicBool::new(after),
                ..Cut::default()
            });
            let (heard, keys) = Box::pin(converse(&store)).await;
            let what = format!("cut {cut}, after {after}: {heard:?}");
            // What was to be said when the process ended is not heard, and the call ends all the same.
            assert!(
                heard.last() == whole.last() || cut + 2 >= operations,
                "{what}"
            );
            let distinct: BTreeSet<_> = keys.iter().collect();
            assert_eq!(distinct.len(), 2, "{what}");
            assert!(
                keys.len() <= 3,
                "only the step that was cut runs again: {what}"
            );
        }
    }
}
