//! Which handler takes which activity: one table, for a `#[bot]` block and for a list of functions.

use onhook::Outcome;
use onhook::prelude::*;
use onhook::testing::TestTurn;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket")]
struct OpenTicket {}

const GREETING: &str = "greeting";

struct Methods;

/// Each handler says its name. The order is that of the alphabet: it must not matter.
#[bot]
impl Methods {
    #[on_dtmf]
    async fn any_digit(&self, turn: &Turn) -> Result<()> {
        turn.say("any_digit").await
    }
    #[on_event]
    async fn any_event(&self, turn: &Turn) -> Result<()> {
        turn.say("any_event").await
    }
    #[on_message]
    async fn any_message(&self, turn: &Turn) -> Result<()> {
        turn.say("any_message").await
    }
    #[on_command_result]
    async fn any_result(&self, turn: &Turn) -> Result<()> {
        turn.say("any_result").await
    }
    #[on_conversation_update]
    async fn changed(&self, turn: &Turn) -> Result<()> {
        turn.say("changed").await
    }
    #[on_message_delete]
    async fn deleted(&self, turn: &Turn) -> Result<()> {
        turn.say("deleted").await
    }
    #[on_end_of_conversation]
    async fn ended(&self, turn: &Turn) -> Result<()> {
        turn.say("ended").await
    }
    #[on_message(text = "five")]
    async fn five(&self, turn: &Turn) -> Result<()> {
        turn.say("five").await
    }
    #[on_event(GREETING)]
    async fn greeting(&self, turn: &Turn) -> Result<()> {
        turn.say("greeting").await
    }
    #[on_handoff_status]
    async fn handoff(&self, turn: &Turn) -> Result<()> {
        turn.say("handoff").await
    }
    #[on_installation_add]
    async fn installed(&self, turn: &Turn) -> Result<()> {
        turn.say("installed").await
    }
    #[on_members_added]
    async fn joined(&self, turn: &Turn) -> Result<()> {
        turn.say("joined").await
    }
    #[on_members_removed]
    async fn left(&self, turn: &Turn) -> Result<()> {
        turn.say("left").await
    }
    #[on_reactions_added]
    async fn liked(&self, turn: &Turn) -> Result<()> {
        turn.say("liked").await
    }
    #[on_dtmf('1', '#')]
    async fn one(&self, turn: &Turn) -> Result<()> {
        turn.say("one").await
    }
    #[on_command(OpenTicket)]
    async fn open(&self, turn: &Turn) -> Result<()> {
        turn.say("open").await
    }
    #[on_command("application/vnd.contoso.other")]
    async fn other(&self, turn: &Turn) -> Result<()> {
        turn.say("other").await
    }
    #[on_command_result(RecordingPause)]
    async fn paused(&self, turn: &Turn) -> Result<()> {
        turn.say("paused").await
    }
    #[on_activity]
    async fn rest(&self, turn: &Turn) -> Result<()> {
        turn.say("rest").await
    }
    #[on_invoke("application/search")]
    async fn search(&self, turn: &Turn) -> Result<()> {
        turn.say("search").await
    }
    #[on_command_result("recording_start")]
    async fn started(&self, turn: &Turn) -> Result<()> {
        turn.say("started").await
    }
    #[on_event("tokens/response")]
    async fn tokens(&self, turn: &Turn) -> Result<()> {
        turn.say("tokens").await
    }
    #[on_typing]
    async fn typing(&self, turn: &Turn) -> Result<()> {
        turn.say("typing").await
    }
    #[on_installation_remove]
    async fn uninstalled(&self, turn: &Turn) -> Result<()> {
        turn.say("uninstalled").await
    }
    #[on_reactions_removed]
    async fn unliked(&self, turn: &Turn) -> Result<()> {
        turn.say("unliked").await
    }
    #[on_message_update]
    async fn updated(&self, turn: &Turn) -> Result<()> {
        turn.say("updated").await
    }
    #[on_message(text = ["Yes", "yes, please"])]
    async fn yes(&self, turn: &Turn) -> Result<()> {
        turn.say("yes").await
    }
}

mod functions {
    use super::*;

    macro_rules! functions {
        ($($(#[$hook:meta])* $name:ident;)*) => {$(
            $(#[$hook])*
            pub(super) async fn $name(turn: &Turn) -> Result<()> {
                turn.say(stringify!($name)).await
            }
        )*};
    }

    functions! {
        #[on_dtmf] any_digit;
        #[on_event] any_event;
        #[on_message] any_message;
        #[on_command_result] any_result;
        #[on_conversation_update] changed;
        #[on_message_delete] deleted;
        #[on_end_of_conversation] ended;
        #[on_message(text = "five")] five;
        #[on_event(GREETING)] greeting;
        #[on_handoff_status] handoff;
        #[on_installation_add] installed;
        #[on_members_added] joined;
        #[on_members_removed] left;
        #[on_reactions_added] liked;
        #[on_dtmf('1', '#')] one;
        #[on_command(OpenTicket)] open;
        #[on_command("application/vnd.contoso.other")] other;
        #[on_command_result(RecordingPause)] paused;
        #[on_activity] rest;
        #[on_invoke("application/search")] search;
        #[on_command_result("recording_start")] started;
        #[on_event("tokens/response")] tokens;
        #[on_typing] typing;
        #[on_installation_remove] uninstalled;
        #[on_reactions_removed] unliked;
        #[on_message_update] updated;
        #[on_message(text = ["Yes", "yes, please"])] yes;
    }
}

fn list() -> impl Bot {
    use functions as f;
    handlers![
        f::rest,
        f::any_digit,
        f::any_event,
        f::any_message,
        f::any_result,
        f::changed,
        f::deleted,
        f::ended,
        f::five,
        f::greeting,
        f::handoff,
        f::installed,
        f::left,
        f::joined,
        f::unliked,
        f::liked,
        f::one,
        f::open,
        f::other,
        f::paused,
        f::search,
        f::started,
        f::tokens,
        f::typing,
        f::uninstalled,
        f::updated,
        f::yes,
    ]
}

/// What arrives, and what is said.
const TABLE: &[(&str, &[&str])] = &[
    // A text is compared without regard to case, and to punctuation and white space around it; any other is any message.
    (r#"{"type":"message","text":"yes"}"#, &["yes"]),
    (r#"{"type":"message","text":" YES, Please\n"}"#, &["yes"]),
    (r#"{"type":"message","text":"Yes!"}"#, &["yes"]),
    (
        r#"{"type":"message","text":"«yes,\u00A0please»"}"#,
        &["yes"],
    ),
    (
        r#"{"type":"message","text":"yes please"}"#,
        &["any_message"],
    ),
    (r#"{"type":"message","text":""}"#, &["any_message"]),
    (r#"{"type":"message"}"#, &["any_message"]),
    // Types are case-sensitive.
    (r#"{"type":"Message","text":"yes"}"#, &["rest"]),
    // A digit is more than its text; a message without the entity is no digit.
    (
        r#"{"type":"message","text":"1","entities":[{"type":"DTMF"}]}"#,
        &["one"],
    ),
    (
        r##"{"type":"message","text":"#","entities":[{"type":"dtmf"}]}"##,
        &["one"],
    ),
    (
        r#"{"type":"message","text":"2","entities":[{"type":"DTMF"}]}"#,
        &["any_digit"],
    ),
    (r#"{"type":"message","text":"1"}"#, &["any_message"]),
    (
        r#"{"type":"message","text":"five","entities":[{"type":"DTMF"}]}"#,
        &["five"],
    ),
    (r#"{"type":"messageUpdate","text":"yes"}"#, &["updated"]),
    (r#"{"type":"messageDelete"}"#, &["deleted"]),
    // Who joins and who leaves: both may, and the bot alone is nobody.
    (
        r#"{"type":"conversationUpdate","membersAdded":[{"id":"caller"}]}"#,
        &["joined"],
    ),
    (
        r#"{"type":"conversationUpdate","membersRemoved":[{"id":"caller"}]}"#,
        &["left"],
    ),
    (
        r#"{"type":"conversationUpdate","membersAdded":[{"id":"a"}],"membersRemoved":[{"id":"b"}]}"#,
        &["joined", "left"],
    ),
    (
        r#"{"type":"conversationUpdate","membersAdded":[],"membersRemoved":[{"id":"b"}]}"#,
        &["left"],
    ),
    (
        r#"{"type":"conversationUpdate","membersAdded":[{"id":"bot"}]}"#,
        &["changed"],
    ),
    (
        r#"{"type":"conversationUpdate","topicName":"x"}"#,
        &["changed"],
    ),
    // Reactions: both may, given ones first.
    (
        r#"{"type":"messageReaction","reactionsAdded":[{"type":"like"}]}"#,
        &["liked"],
    ),
    (
        r#"{"type":"messageReaction","reactionsRemoved":[{"type":"like"}],"reactionsAdded":[{"type":"heart"}]}"#,
        &["liked", "unliked"],
    ),
    (r#"{"type":"messageReaction"}"#, &["rest"]),
    // Names are compared to the letter.
    (r#"{"type":"event","name":"tokens/response"}"#, &["tokens"]),
    (r#"{"type":"event","name":"greeting"}"#, &["greeting"]),
    (r#"{"type":"event","name":"Greeting"}"#, &["any_event"]),
    (r#"{"type":"event","name":"handoff.status"}"#, &["handoff"]),
    (r#"{"type":"event"}"#, &["any_event"]),
    (
        r#"{"type":"invoke","name":"application/search"}"#,
        &["search"],
    ),
    (r#"{"type":"invoke","name":"other"}"#, &["rest"]),
    (
        r#"{"type":"command","name":"application/vnd.contoso.open-ticket"}"#,
        &["open"],
    ),
    (
        r#"{"type":"command","name":"application/vnd.contoso.other"}"#,
        &["other"],
    ),
    (
        r#"{"type":"command","name":"application/vnd.contoso.neither"}"#,
        &["rest"],
    ),
    // A command's name has two dialects.
    (
        r#"{"type":"commandResult","name":"channel/vnd.microsoft.telephony.recording.start"}"#,
        &["started"],
    ),
    (
        r#"{"type":"commandResult","name":"recording_start_command"}"#,
        &["started"],
    ),
    (
        r#"{"type":"commandResult","name":"channel/vnd.microsoft.telephony.recording.pause"}"#,
        &["paused"],
    ),
    (
        r#"{"type":"commandResult","name":"recording_pause_command"}"#,
        &["paused"],
    ),
    (
        r#"{"type":"commandResult","name":"recording_start"}"#,
        &["any_result"],
    ),
    (r#"{"type":"commandResult"}"#, &["any_result"]),
    (
        r#"{"type":"installationUpdate","action":"add"}"#,
        &["installed"],
    ),
    (
        r#"{"type":"installationUpdate","action":"add-upgrade"}"#,
        &["installed"],
    ),
    (
        r#"{"type":"installationUpdate","action":"remove-upgrade"}"#,
        &["uninstalled"],
    ),
    (
        r#"{"type":"installationUpdate","action":"move"}"#,
        &["rest"],
    ),
    (r#"{"type":"endOfConversation"}"#, &["ended"]),
    (r#"{"type":"typing"}"#, &["typing"]),
    (r#"{"type":"trace"}"#, &["rest"]),
    (r#"{"type":"somethingNew"}"#, &["rest"]),
];

async fn follows_the_table(bot: impl Bot) {
    for (json, said) in TABLE {
        let turn = TestTurn::new(Activity::from_json(json).expect(json));
        let outcome = bot.dispatch(&turn).await.expect(json);
        assert!(outcome.is_handled(), "{json}");
        assert_eq!(turn.spoken(), *said, "{json}");
    }
}

#[tokio::test]
async fn methods_follow_the_table() {
    follows_the_table(Methods).await;
}

#[tokio::test]
async fn functions_follow_the_table() {
    follows_the_table(list()).await;
}

/// Every handler of the table is said at least once.
#[test]
fn the_table_is_complete() {
    fn handlers<B: Bot>(_: &B) -> Vec<&'static str> {
        B::HOOKS.iter().map(|hook| hook.handler).collect()
    }
    let mut methods = handlers(&Methods);
    for handler in &methods {
        assert!(
            TABLE.iter().any(|(_, said)| said.contains(handler)),
            "{handler}"
        );
    }
    let mut functions = handlers(&list());
    methods.sort_unstable();
    functions.sort_unstable();
    assert_eq!(methods, functions);
}

/// The rows of the table of hooks.
#[test]
fn hooks_name_attribute_key_handler_and_documentation() {
    struct Shop;

    #[bot]
    impl Shop {
        /// Opens the shop.
        ///
        /// With more to say.
        #[on_message(text = ["open", "hello"])]
        async fn open(&self) {}

        #[on_command_result("recording_stop")]
        async fn stopped(&self) {}

        #[on_command(OpenTicket)]
        async fn ticket(&self) {}

        #[on_event(GREETING)]
        async fn greeting(&self) {}
    }

    let rows: Vec<_> = Shop::HOOKS
        .iter()
        .map(|hook| (hook.attribute, hook.key, hook.handler, hook.doc))
        .collect();
    assert_eq!(
        rows,
        [
            ("on_message", "open | hello", "open", "Opens the shop."),
            (
                "on_command_result",
                "channel/vnd.microsoft.telephony.recording.stop",
                "stopped",
                ""
            ),
            (
                "on_command",
                "application/vnd.contoso.open-ticket",
                "ticket",
                ""
            ),
            ("on_event", "greeting", "greeting", ""),
        ]
    );
}

/// Without a handler of its own or a catch-all, an activity is left to the next bot.
#[tokio::test]
async fn what_no_handler_takes_is_unhandled() {
    struct Narrow;

    #[bot]
    impl Narrow {
        #[on_message(text = "yes")]
        async fn yes(&self) {}

        #[on_members_added]
        async fn joined(&self) {}

        #[on_event("a")]
        async fn event(&self) {}
    }

    #[on_activity]
    async fn rest(turn: &Turn) -> Result<()> {
        turn.say("rest").await
    }

    for (json, _) in TABLE
        .iter()
        .filter(|(_, said)| !["yes", "joined"].contains(&said[0]))
    {
        let turn = TestTurn::new(Activity::from_json(json).expect(json));
        let outcome = Narrow.dispatch(&turn).await.expect(json);
        assert!(matches!(outcome, Outcome::Unhandled), "{json}");
        let outcome = Narrow
            .or(handlers![rest])
            .dispatch(&turn)
            .await
            .expect(json);
        assert!(outcome.is_handled(), "{json}");
        assert_eq!(turn.spoken(), ["rest"], "{json}");
    }
}

mod around {
    use super::*;

    #[before_turn]
    pub(super) async fn before(turn: &Turn) -> Result<Flow> {
        turn.say("before").await?;
        Ok(if turn.activity().text.as_deref() == Some("stop") {
            Flow::Handled
        } else {
            Flow::Unhandled
        })
    }

    #[after_turn]
    pub(super) async fn after(turn: &Turn) -> Result<()> {
        turn.say("after").await
    }

    #[on_error]
    pub(super) async fn failed(turn: &Turn, error: &onhook::Error) -> Result<()> {
        turn.say(format!("failed: {error}")).await
    }

    #[on_message]
    pub(super) async fn message(turn: &Turn) -> Result<()> {
        turn.say("message").await
    }

    #[on_typing]
    pub(super) async fn typing() -> Result<()> {
        Err(onhook::Error::msg("no typing"))
    }

    pub(super) struct Methods;

    #[bot]
    impl Methods {
        #[after_turn]
        async fn after(&self, turn: &Turn) -> Result<()> {
            after(turn).await
        }

        #[before_turn]
        async fn before(&self, turn: &Turn) -> Result<Flow> {
            before(turn).await
        }

        #[on_error]
        async fn failed(&self, turn: &Turn, error: &onhook::Error) -> Result<()> {
            failed(turn, error).await
        }

        #[on_message]
        async fn message(&self, turn: &Turn) -> Result<()> {
            message(turn).await
        }

        #[on_typing]
        async fn typing(&self) -> Result<()> {
            typing().await
        }
    }
}

/// The hooks around a dispatch, and a handler that stays callable.
#[tokio::test]
async fn hooks_around_a_turn_run_in_order() {
    async fn said(bot: &impl Bot, turn: TestTurn) -> Vec<String> {
        turn.run(bot).await.expect("handled");
        turn.spoken()
    }
    async fn check(bot: impl Bot) {
        assert_eq!(
            said(&bot, TestTurn::message("go")).await,
            ["before", "message", "after"]
        );
        assert_eq!(said(&bot, TestTurn::message("stop")).await, ["before"]);
        assert_eq!(
            said(&bot, TestTurn::new(Activity::typing())).await,
            ["before", "failed: no typing", "after"]
        );
        assert_eq!(
            said(&bot, TestTurn::event("unknown")).await,
            ["before", "after"]
        );
    }
    check(around::Methods).await;
    let list = handlers![
        around::failed,
        around::after,
        around::message,
        around::before,
        around::typing
    ];
    check(list).await;
}

/// An argument that is not there is an error that names hook, handler and argument.
#[tokio::test]
async fn rejections_say_where() {
    #[on_message]
    async fn echo(turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }

    let turn = TestTurn::new(Activity::from_json(r#"{"type":"message"}"#).expect("an activity"));
    let error = handlers![echo]
        .dispatch(&turn)
        .await
        .expect_err("there is no text");
    assert_eq!(
        error.to_string(),
        "`#[on_message]` handler `echo`, argument `text: Text<'_>`: the activity has no `text`"
    );
}
