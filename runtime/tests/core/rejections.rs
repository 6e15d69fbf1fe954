//! A rejection says which handler wanted what, and what is wrong with it.

use onhook::extract::{MembersAdded, Value};
use onhook::testing::TestTurn;
use onhook::{__private, CommandValue, FromTurn, Rejection, hook};

use crate::stub::{OpenTicket, activity};

fn rejected(rejection: Rejection, hook: &'static str, argument: &'static str) -> String {
    let error = __private::taken::<()>(Err(rejection), hook, "greet", argument).unwrap_err();
    assert!(error.downcast_ref::<Rejection>().is_some());
    error.to_string()
}

#[test]
fn an_absent_argument() {
    let turn = TestTurn::message("hi");
    let rejection =
        <MembersAdded<'_> as FromTurn<hook::on_members_added>>::from_turn(&turn).unwrap_err();
    assert_eq!(
        rejected(rejection, "on_members_added", "joined: MembersAdded<'_>"),
        "`#[on_members_added]` handler `greet`, argument `joined: MembersAdded<'_>`: the activity has no `membersAdded`"
    );
}

#[test]
fn a_malformed_value() {
    let turn = TestTurn::new(activity(r#"{"type":"event","value":{"number":"seven"}}"#));
    let rejection =
        <Value<crate::stub::Ticket> as FromTurn<hook::on_event>>::from_turn(&turn).unwrap_err();
    assert_eq!(
        rejected(rejection, "on_event", "order: Value<Ticket>"),
        "`#[on_event]` handler `greet`, argument `order: Value<Ticket>`: `value` is malformed: \
         invalid type: string \"seven\", expected u32 at line 1 column 17"
    );
}

#[test]
fn malformed_data_of_a_command() {
    let turn = TestTurn::new(activity(
        r#"{"type":"command","name":"application/vnd.contoso.open-ticket","value":{"data":{}}}"#,
    ));
    let rejection =
        <CommandValue<OpenTicket> as FromTurn<hook::on_command<OpenTicket>>>::from_turn(&turn)
            .unwrap_err();
    assert_eq!(
        rejected(rejection, "on_command", "command: CommandValue<OpenTicket>"),
        "`#[on_command]` handler `greet`, argument `command: CommandValue<OpenTicket>`: `value.data` is malformed: \
         missing field `subject` at line 1 column 2"
    );
}
