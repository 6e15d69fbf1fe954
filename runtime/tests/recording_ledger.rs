//! A command that comes twice is carried out once.

use std::time::Duration;

use onhook::recording::{Action, CommandId, Dialect, Fingerprint, Ledger, Seen};

fn id(text: &str) -> CommandId {
    CommandId::of(Some(text), None).unwrap()
}

fn data(json: &str) -> Fingerprint {
    Fingerprint::of(Some(&serde_json::from_str(json).unwrap()))
}

const START: &str = "recording_start_command";
const ZERO: Duration = Duration::ZERO;

#[test]
fn a_command_that_comes_twice_is_carried_out_once() {
    let mut ledger = Ledger::default();
    let none = Fingerprint::of(None);
    assert_eq!(ledger.check(&id("1"), START, none), Seen::New);
    ledger.accept(id("1"), START, none, ZERO);
    assert_eq!(ledger.check(&id("1"), START, none), Seen::UnderWay);
    ledger.remember(id("1"), START, none, "started", ZERO);
    assert_eq!(
        ledger.check(&id("1"), START, data("{}")),
        Seen::Replay(&"started")
    );
    assert_eq!(
        ledger.check(&CommandId::of(None, Some("1")).unwrap(), START, none),
        Seen::New
    );
}

#[test]
fn the_same_command_in_another_dialect_is_the_same() {
    let none = Fingerprint::of(None);
    for action in Action::ALL {
        let mut ledger = Ledger::default();
        ledger.remember(id("1"), action.wire_name(Dialect::Preview), none, (), ZERO);
        for other in Action::ALL {
            let expected = if other == action {
                Seen::Replay(&())
            } else {
                Seen::Conflict
            };
            assert_eq!(
                ledger.check(&id("1"), other.wire_name(Dialect::Current), none),
                expected,
                "{action} {other}"
            );
        }
    }
}

#[test]
fn an_id_used_for_something_else_is_a_conflict_and_leaves_the_first_answer() {
    let mut ledger = Ledger::default();
    let queue = |name| data(&format!(r#"{{"metadata":{{"queue":"{name}"}}}}"#));
    ledger.remember(id("1"), START, queue("a"), 1, ZERO);
    assert_eq!(ledger.check(&id("1"), START, queue("b")), Seen::Conflict);
    assert_eq!(
        ledger.check(&id("1"), "application/vnd.contoso.ticket", queue("a")),
        Seen::Conflict
    );
    ledger.remember(id("1"), START, queue("b"), 2, ZERO);
    ledger.accept(id("1"), START, queue("a"), ZERO);
    assert_eq!(ledger.check(&id("1"), START, queue("a")), Seen::Replay(&1));
}

#[test]
fn at_most_1024_commands_are_remembered_and_the_oldest_answered_leaves() {
    let mut ledger = Ledger::default();
    let none = Fingerprint::of(None);
    ledger.accept(id("under way"), START, none, ZERO);
    for number in 0..1_023 {
        ledger.remember(id(&number.to_string()), START, none, number, ZERO);
    }
    assert_eq!(
        (ledger.len(), ledger.check(&id("0"), START, none)),
        (1_024, Seen::Replay(&0))
    );
    ledger.remember(id("1023"), START, none, 1_023, ZERO);
    assert_eq!(ledger.len(), 1_024);
    assert_eq!(ledger.check(&id("0"), START, none), Seen::New);
    assert_eq!(ledger.check(&id("1"), START, none), Seen::Replay(&1));
    assert_eq!(ledger.check(&id("under way"), START, none), Seen::UnderWay);
}

#[test]
fn commands_are_remembered_for_the_conversation_and_ten_minutes() {
    let mut ledger = Ledger::default();
    let none = Fingerprint::of(None);
    let minutes = |minutes: u64| Duration::from_secs(minutes * 60);
    ledger.remember(id("in the call"), START, none, (), ZERO);
    assert!(
        !ledger.expire(minutes(600)),
        "nothing is forgotten in a call"
    );
    ledger.end(minutes(600));
    ledger.end(minutes(900));
    ledger.remember(id("after it"), START, none, (), minutes(601));
    assert!(!ledger.expire(minutes(609) + Duration::from_millis(59_999)));
    assert_eq!(ledger.len(), 2);
    assert!(!ledger.expire(minutes(610)));
    assert_eq!(ledger.check(&id("in the call"), START, none), Seen::New);
    assert_eq!(
        ledger.check(&id("after it"), START, none),
        Seen::Replay(&())
    );
    assert!(ledger.expire(minutes(611)));
    assert!(ledger.is_empty());
}
