//! Arguments of handlers: which hook has which, and what they are.

use onhook::extract::*;
use onhook::hook::*;
use onhook::testing::TestTurn;
use onhook::{
    Activity, ActivityType, CommandResult, CommandValue, Error, FromTurn, IntoOutcome,
    InvokeResponse, Outcome, RecordingPause, RecordingStart, Rejection, Turn, hook,
};

use crate::stub::{OpenTicket, activity, in_call};

fn turn(json: &str) -> TestTurn {
    TestTurn::new(activity(json))
}

fn take<'t, H, T: FromTurn<'t, H>>(turn: &'t Turn) -> Result<T, Rejection> {
    T::from_turn(turn)
}

/// Takes the argument in each of the hooks, which must all give the same; the wrappers too.
macro_rules! same_in {
    ($turn:expr, $ty:ty: $($hook:ident $(<$c:ty>)?)*) => {{
        let texts = [$(
            format!("{:?}", take::<hook::$hook$(<$c>)?, $ty>($turn)),
            take::<hook::$hook$(<$c>)?, Option<$ty>>($turn)
                .map(|argument| argument.ok_or_else(|| absent::<hook::$hook$(<$c>)?, $ty>($turn)))
                .map_or_else(|rejection| format!("{:?}", Err::<$ty, _>(rejection)), |argument| format!("{argument:?}")),
            format!("{:?}", take::<hook::$hook$(<$c>)?, Result<$ty, Rejection>>($turn).expect("never rejected")),
        )*];
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:#?}");
        texts[0].clone()
    }};
}

/// The rejection behind a `None`, which must be an absence.
fn absent<'t, H, T: FromTurn<'t, H>>(turn: &'t Turn) -> Rejection {
    let Err(rejection) = take::<H, T>(turn) else {
        panic!("an argument that is there");
    };
    assert!(rejection.is_absent());
    rejection
}

macro_rules! everywhere {
    ($turn:expr, $ty:ty) => {
        same_in!($turn, $ty: on_message on_dtmf on_message_update on_message_delete on_members_added
            on_members_removed on_conversation_update on_reactions_added on_reactions_removed on_event
            on_handoff_status on_invoke on_installation_add on_installation_remove on_end_of_conversation
            on_typing on_activity before_turn after_turn on_error on_command<any> on_command<OpenTicket>
            on_command_result<any> on_command_result<RecordingStart>)
    };
}

const NOTHING: &str = r#"{"type":"message"}"#;

#[test]
fn text() {
    for (json, expected) in [
        (
            r#"{"type":"message","text":" hi "}"#,
            r#"Ok(Text(" hi "))"#.into(),
        ),
        (NOTHING, missing("text")),
        (r#"{"type":"message","text":null}"#, missing("text")),
    ] {
        let taken = same_in!(&turn(json), Text<'_>: on_message on_dtmf on_message_update
            on_end_of_conversation on_typing on_activity before_turn after_turn on_error);
        assert_eq!(taken, expected);
    }
}

fn missing(path: &'static str) -> String {
    format!("{:?}", Err::<(), _>(Rejection::absent(path)))
}

#[test]
fn digit() {
    let none = missing("entities[type=DTMF]");
    for (turn, expected) in [
        (TestTurn::dtmf('#'), "Ok(Digit('#'))"),
        (TestTurn::message("1"), none.as_str()),
    ] {
        let taken =
            same_in!(&turn, Digit: on_dtmf on_message on_activity before_turn after_turn on_error);
        assert_eq!(taken, expected);
    }
}

#[test]
fn members() {
    let update = turn(
        r#"{"type":"conversationUpdate","recipient":{"id":"bot"},"membersAdded":[{"id":"bot"},{"id":"a"},{"name":"b"}],
            "membersRemoved":[{"id":"c"},{"id":"bot"}]}"#,
    );
    let added: MembersAdded<'_> = take::<on_members_added, _>(&update).unwrap();
    let others: Vec<_> = added.others().map(|member| member.id.as_deref()).collect();
    assert_eq!((others, added.all().len()), (vec![Some("a"), None], 3));
    let removed: MembersRemoved<'_> = take::<on_members_removed, _>(&update).unwrap();
    let others: Vec<_> = removed
        .others()
        .filter_map(|member| member.id.as_deref())
        .collect();
    assert_eq!((others, removed.all().len()), (vec!["c"], 2));
    for json in [
        NOTHING,
        r#"{"type":"conversationUpdate","membersAdded":[],"membersRemoved":[]}"#,
    ] {
        let turn = turn(json);
        let taken = same_in!(&turn, MembersAdded<'_>: on_members_added on_conversation_update on_activity
            before_turn after_turn on_error);
        assert_eq!(taken, missing("membersAdded"));
        let taken = same_in!(&turn, MembersRemoved<'_>: on_members_removed on_conversation_update on_activity
            before_turn after_turn on_error);
        assert_eq!(taken, missing("membersRemoved"));
    }
}

#[test]
fn reactions() {
    let reaction = turn(
        r#"{"type":"messageReaction","reactionsAdded":[{"type":"like"}],"reactionsRemoved":[{"type":"like"},{"type":"x"}]}"#,
    );
    let added: ReactionsAdded<'_> = take::<on_reactions_added, _>(&reaction).unwrap();
    let removed: ReactionsRemoved<'_> = take::<on_reactions_removed, _>(&reaction).unwrap();
    assert_eq!((added.0.len(), removed.0.len()), (1, 2));
    let nothing = turn(NOTHING);
    let taken = same_in!(&nothing, ReactionsAdded<'_>: on_reactions_added on_activity before_turn after_turn on_error);
    assert_eq!(taken, missing("reactionsAdded"));
    let taken = same_in!(&nothing, ReactionsRemoved<'_>: on_reactions_removed on_activity before_turn after_turn on_error);
    assert_eq!(taken, missing("reactionsRemoved"));
}

#[test]
fn name() {
    for (json, expected) in [
        (
            r#"{"type":"event","name":"a/b"}"#,
            r#"Ok(Name("a/b"))"#.into(),
        ),
        (NOTHING, missing("name")),
    ] {
        let taken = same_in!(&turn(json), Name<'_>: on_event on_invoke on_handoff_status on_activity before_turn
            after_turn on_error on_command<any> on_command<OpenTicket> on_command_result<any>
            on_command_result<RecordingStart>);
        assert_eq!(taken, expected);
    }
}

#[test]
fn what_every_handler_may_take() {
    let all = turn(
        r#"{"type":"message","value":{"n":1},"channelData":[2],"locale":"de-DE","text":"hi"}"#,
    );
    all.insert(17_u8);
    assert!(everywhere!(&all, &Turn).starts_with("Ok(Turn"));
    assert!(everywhere!(&all, &Activity).contains("hi"));
    assert_eq!(
        everywhere!(&all, Value<std::collections::BTreeMap<String, u8>>),
        r#"Ok(Value({"n": 1}))"#
    );
    assert_eq!(
        everywhere!(&all, ChannelData<Vec<u8>>),
        "Ok(ChannelData([2]))"
    );
    assert_eq!(
        everywhere!(&all, ConversationId<'_>),
        r#"Ok(ConversationId("call-1"))"#
    );
    assert_eq!(everywhere!(&all, Locale<'_>), r#"Ok(Locale("de-DE"))"#);
    assert_eq!(everywhere!(&all, Local<u8>), "Ok(Local(17))");
    let sender: Sender<'_> = take::<on_typing, _>(&all).unwrap();
    assert_eq!(sender.id.as_deref(), Some("caller"));
    assert!(everywhere!(&all, Sender<'_>).starts_with("Ok(Sender"));

    let nothing = turn(r#"{"type":"message","value":null,"channelData":null,"conversation":{}}"#);
    assert_eq!(everywhere!(&nothing, Value<u8>), missing("value"));
    assert_eq!(
        everywhere!(&nothing, ChannelData<u8>),
        missing("channelData")
    );
    assert_eq!(
        everywhere!(&nothing, ConversationId<'_>),
        missing("conversation.id")
    );
    assert_eq!(everywhere!(&nothing, Locale<'_>), missing("locale"));
    assert_eq!(everywhere!(&nothing, Local<u8>), missing("u8"));
}

#[test]
fn what_is_malformed_is_not_absent() {
    let wrong = turn(r#"{"type":"event","name":"x","value":{"n":"one"},"channelData":{}}"#);
    for text in [
        everywhere!(&wrong, Value<Vec<u8>>),
        everywhere!(&wrong, ChannelData<Vec<u8>>),
    ] {
        assert!(
            text.contains("Malformed") && text.contains("expected a sequence"),
            "{text}"
        );
    }
}

#[test]
fn half_a_character_is_replaced_in_typed_values_and_kept_in_raw_ones() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Note {
        text: String,
        tags: std::collections::BTreeMap<String, Option<String>>,
        kind: Kind,
    }
    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(untagged)]
    enum Kind {
        Number(u8),
        Word(String),
    }
    let note = r#"{"text":"cut \ud83d","tags":{"\ude00":"\ud83d\ud83d\ude00","x":null},"kind":"\\ud83d\udfff"}"#;
    let turn = turn(&format!(
        r#"{{"type":"message","text":"\ud83d","value":{note},"channelData":{note}}}"#
    ));
    let expected = || Note {
        text: "cut \u{FFFD}".into(),
        tags: [
            ("\u{FFFD}".into(), Some("\u{FFFD}\u{1F600}".into())),
            ("x".into(), None),
        ]
        .into(),
        kind: Kind::Word("\\ud83d\u{FFFD}".into()),
    };
    let value: Value<Note> = take::<on_message, _>(&turn).unwrap();
    assert_eq!(value.0, expected());
    let data: ChannelData<Note> = take::<on_message, _>(&turn).unwrap();
    assert_eq!(data.0, expected());
    let open: Value<serde_json::Value> = take::<on_message, _>(&turn).unwrap();
    assert_eq!(open["text"], "cut \u{FFFD}");
    let raw: Value<onhook::Json> = take::<on_message, _>(&turn).unwrap();
    assert_eq!(raw.as_str(), note);
    assert_eq!(turn.activity().text.as_deref(), Some("\u{FFFD}"));
}

#[test]
fn who_joined_is_nobody_who_is_null() {
    let nulls = turn(
        r#"{"type":"conversationUpdate","membersAdded":[null,{"id":"caller"},null],"recipient":{"id":"bot"}}"#,
    );
    let joined: MembersAdded<'_> = take::<on_members_added, _>(&nulls).unwrap();
    assert_eq!(joined.all().len(), 1);
    assert_eq!(joined.others().count(), 1);
    let only_nulls = turn(r#"{"type":"conversationUpdate","membersAdded":[null]}"#);
    let taken = same_in!(&only_nulls, MembersAdded<'_>: on_members_added);
    assert_eq!(taken, missing("membersAdded"));
}

#[test]
fn how_it_ended() {
    let end = turn(r#"{"type":"endOfConversation","code":"userCancelled","text":"bye"}"#);
    let ending: Ending<'_> = take::<on_end_of_conversation, _>(&end).unwrap();
    assert_eq!(ending.code.unwrap().as_str(), "userCancelled");
    assert_eq!(ending.text, Some("bye"));
    let without = turn(r#"{"type":"endOfConversation"}"#);
    let taken = same_in!(&without, Ending<'_>: on_end_of_conversation on_activity before_turn after_turn on_error);
    assert_eq!(taken, "Ok(Ending { code: None, text: None })");
    let taken = same_in!(&turn(NOTHING), Ending<'_>: on_activity before_turn after_turn on_error);
    assert_eq!(taken, missing("code"));
}

#[test]
fn how_a_transfer_went() {
    use onhook::activity::{HandoffState, HandoffStatus};
    let status = turn(
        r#"{"type":"event","name":"handoff.status","value":{"state":"failed","message":"busy"}}"#,
    );
    let status: HandoffStatus = take::<on_handoff_status, _>(&status).unwrap();
    assert_eq!(
        (status.state, status.message.as_deref()),
        (Some(HandoffState::Failed), Some("busy"))
    );
    let absent = same_in!(&turn(NOTHING), HandoffStatus: on_handoff_status);
    assert_eq!(absent, missing("value"));
    let malformed =
        same_in!(&turn(r#"{"type":"event","value":[]}"#), HandoffStatus: on_handoff_status);
    assert!(malformed.contains("Malformed"), "{malformed}");
}

#[tokio::test]
async fn the_error_of_the_turn() {
    let fine = turn(NOTHING);
    let taken = same_in!(&fine, &Error: on_error);
    assert_eq!(taken, missing("error"));
    let bot = crate::stub::bot(|_| Box::pin(async { Err(Error::msg("no")) }));
    fine.run(&bot).await.unwrap_err();
    assert_eq!(same_in!(&fine, &Error: on_error), "Ok(no)");
}

#[test]
fn a_command_and_its_data() {
    let json = |name: &str, rest: &str| {
        turn(&format!(
            r#"{{"type":"command","name":"{name}","value":{{"commandId":"c-1"{rest}}}}}"#
        ))
    };
    for name in [
        "application/vnd.contoso.open-ticket",
        "application/vnd.contoso.ticket",
    ] {
        let turn = json(name, r#","data":{"subject":"printer"}"#);
        let command: CommandValue<OpenTicket> = take::<on_command<OpenTicket>, _>(&turn).unwrap();
        assert_eq!(command.data.subject, "printer");
        assert_eq!(command.command_id.as_deref(), Some("c-1"));
    }
    let other = json("application/other", "");
    let taken = same_in!(&other, CommandValue<OpenTicket>: on_command<any> on_command<OpenTicket>);
    assert_eq!(taken, missing("application/vnd.contoso.open-ticket"));
    let without = json("application/vnd.contoso.open-ticket", "");
    let taken =
        same_in!(&without, CommandValue<OpenTicket>: on_command<any> on_command<OpenTicket>);
    assert!(
        taken.contains("Malformed") && taken.contains("value.data"),
        "{taken}"
    );
    // A10200: data may be missing where the command defines so.
    let pause = json("recording_pause_command", "");
    let pause: CommandValue<RecordingPause> = take::<on_command<any>, _>(&pause).unwrap();
    assert_eq!(pause.data, RecordingPause::default());
}

#[test]
fn a_result_and_its_outcome() {
    let json = |name: &str, value: &str| {
        turn(&format!(
            r#"{{"type":"commandResult",{name}"value":{value}}}"#
        ))
    };
    let start = r#""name":"recording_start_command","#;
    let turn = json(start, r#"{"commandId":"c-1","data":{"recordingId":"r-1"}}"#);
    let result: CommandResult<RecordingStart> = take::<on_command_result<any>, _>(&turn).unwrap();
    assert_eq!(
        (result.name(), result.command_id()),
        ("recording_start_command", Some("c-1"))
    );
    assert_eq!(
        result.outcome().unwrap().recording_id.as_deref(),
        Some("r-1")
    );
    let failed = json(
        start,
        r#"{"error":{"message":"Recording is already in progress"}}"#,
    );
    let result: CommandResult<RecordingStart> =
        take::<on_command_result<RecordingStart>, _>(&failed).unwrap();
    assert_eq!(
        result.into_outcome().unwrap_err().message,
        "Recording is already in progress"
    );
    // Under a hook that takes any name, the result of another command is not there.
    let taken = same_in!(&failed, CommandResult<OpenTicket>: on_command_result<any>);
    assert_eq!(taken, missing("application/vnd.contoso.open-ticket"));
    let turn = json(start, "[]");
    let rejection =
        take::<on_command_result<any>, CommandResult<RecordingStart>>(&turn).unwrap_err();
    assert!(
        !rejection.is_absent() && rejection.to_string().starts_with("`value`"),
        "{rejection}"
    );
}

/// The value of a result, and its error as it is displayed; none is success.
const RESULTS: [(&str, Option<&str>); 23] = [
    (r#"{"commandId":"c-1"}"#, None),
    (r#"{"commandId":"c-1","data":null,"error":null}"#, None),
    (
        r#"{"CommandId":"c-1","Data":{"recordingId":"r-1"},"Error":null}"#,
        None,
    ),
    (r#"{"commandId":17,"data":{}}"#, None),
    (
        r#"{"commandId":"c-1","error":{}}"#,
        Some("the command failed without a reason"),
    ),
    (
        r#"{"commandId":"c-1","error":false}"#,
        Some("the command failed without a reason"),
    ),
    (
        r#"{"commandId":"c-1","error":true}"#,
        Some("the command failed without a reason"),
    ),
    (
        r#"{"commandId":"c-1","error":""}"#,
        Some("the command failed without a reason"),
    ),
    (r#"{"commandId":"c-1","error":0}"#, Some("0")),
    (r#"{"commandId":"c-1","error":"no disk"}"#, Some("no disk")),
    (
        r#"{"commandId":"c-1","error":"cut \ud83d"}"#,
        Some("cut \u{FFFD}"),
    ),
    (
        r#"{"commandId":"c-1","error":["no disk"]}"#,
        Some("no disk"),
    ),
    (
        r#"{"commandId":"c-1","error":[]}"#,
        Some("the command failed without a reason"),
    ),
    (
        r#"{"commandId":"c-1","error":{"code":503,"message":"down"}}"#,
        Some("503: down"),
    ),
    (
        r#"{"commandId":"c-1","error":{"code":"A","innerHttpError":{"statusCode":"503"}}}"#,
        Some("A"),
    ),
    (
        r#"{"CommandId":"c-1","Error":{"Code":"A","Message":"b"}}"#,
        Some("A: b"),
    ),
    (r#"{"COMMANDID":"c-1","data":{},"ERROR":"b"}"#, Some("b")),
    (r#"{"error":null,"Error":"b","commandId":"c-1"}"#, Some("b")),
    (
        r#"{"commandId":"c-1","data":{"recordingId":5},"error":"b"}"#,
        Some("b"),
    ),
    (
        r#"{"commandId":"c-1","error":{"innererror":{"code":"A"}}}"#,
        Some("A"),
    ),
    (
        r#"{"commandId":"c-1","error":{"code":1e400}}"#,
        Some("The error cannot be read: number out of range at line 1 column 13"),
    ),
    (
        r#"{"commandId":"c-1","data":5}"#,
        Some(
            "MalformedResult: `value.data` is malformed: invalid type: integer `5`, expected struct StatusData at line 1 column 1",
        ),
    ),
    (
        r#"{"commandId":"c-1","data":{"recordingId":5}}"#,
        Some(
            "MalformedResult: `value.data` is malformed: invalid type: integer `5`, expected a string at line 1 column 16",
        ),
    ),
];

#[test]
fn a_result_is_read_whatever_is_in_it() {
    for (value, error) in RESULTS {
        let turn = turn(&format!(
            r#"{{"type":"commandResult","name":"recording_start_command","value":{value}}}"#
        ));
        let result: CommandResult<RecordingStart> =
            take::<on_command_result<RecordingStart>, _>(&turn)
                .unwrap_or_else(|rejection| panic!("{value}: {rejection}"));
        let outcome = result.outcome().map(drop).map_err(ToString::to_string);
        assert_eq!(outcome.err().as_deref(), error, "{value}");
        let id = (!value.contains("17")).then_some("c-1");
        assert_eq!(result.command_id(), id, "{value}");
    }
}

#[test]
fn a_command_s_members_are_found_in_every_case() {
    for value in [
        r#"{"CommandId":"c-1","Data":{"subject":"printer"}}"#,
        r#"{"commandId":"c-1","data":{"subject":"printer"},"x":"\ud83d"}"#,
        r#"{"commandId":null,"COMMANDID":"c-1","data":null,"DATA":{"subject":"printer"}}"#,
    ] {
        let turn = turn(&format!(
            r#"{{"type":"command","name":"application/vnd.contoso.open-ticket","value":{value}}}"#
        ));
        let command: CommandValue<OpenTicket> = take::<on_command<OpenTicket>, _>(&turn).unwrap();
        assert_eq!(command.data.subject, "printer");
        assert_eq!(command.command_id.as_deref(), Some("c-1"));
    }
}

#[test]
fn what_handlers_return() {
    fn outcome<H, T: IntoOutcome<H>>(value: T) -> String {
        format!("{:?}", value.into_outcome())
    }
    use onhook::{CommandReply, Flow};
    assert_eq!(outcome::<on_message, _>(()), "Ok(Handled)");
    assert_eq!(outcome::<before_turn, _>(()), "Ok(Unhandled)");
    assert_eq!(outcome::<after_turn, _>(()), "Ok(Unhandled)");
    assert_eq!(outcome::<on_error, _>(Flow::Unhandled), "Ok(Unhandled)");
    assert_eq!(outcome::<before_turn, _>(Flow::Handled), "Ok(Handled)");
    assert_eq!(
        outcome::<on_typing, _>(Ok::<_, Error>(Flow::Handled)),
        "Ok(Handled)"
    );
    assert_eq!(
        outcome::<on_typing, _>(Err::<(), _>(std::fmt::Error)),
        format!("Err({})", std::fmt::Error)
    );
    let Ok(Outcome::Invoke(response)) = IntoOutcome::<on_invoke>::into_outcome(()) else {
        panic!("an invoke is answered");
    };
    assert_eq!(response, InvokeResponse::status(200));
    assert!(outcome::<on_invoke, _>(InvokeResponse::status(404)).contains("404"));
    assert!(outcome::<on_command<any>, _>(CommandReply::done()).starts_with("Ok(Reply"));
}

#[test]
fn what_the_dispatch_asks_of_a_turn() {
    use onhook::__private as ask;
    for (said, text, is) in [
        ("Yes", "yes", true),
        (" yes\n", "YES", true),
        ("ÜBER", "über", true),
        ("yes!", "yes", false),
        ("", "yes", false),
    ] {
        assert_eq!(ask::text_is(&TestTurn::message(said), text), is, "{said:?}");
    }
    assert!(
        !ask::text_is(&turn(NOTHING), ""),
        "no text is not an empty text"
    );
    for (ids, others) in [
        (vec!["bot"], false),
        (vec!["bot", "a"], true),
        (vec![], false),
    ] {
        assert_eq!(
            ask::has_members_added(&TestTurn::members_added(ids)),
            others
        );
    }
    for (action, [added, removed]) in [
        ("add", [true, false]),
        ("add-upgrade", [true, false]),
        ("remove", [false, true]),
        ("remove-upgrade", [false, true]),
        ("ADD", [false, false]),
    ] {
        let mut update = in_call(Activity::new(ActivityType::InstallationUpdate));
        update.action = Some(action.into());
        let turn = TestTurn::new(update);
        assert_eq!(
            [
                ask::installation_added(&turn),
                ask::installation_removed(&turn)
            ],
            [added, removed],
            "{action}"
        );
    }
}
