//! Every hook in every form, on methods and on functions.

use onhook::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.open-ticket", result = Ticket)]
struct OpenTicket {
    title: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Ticket(u64);

#[derive(Serialize, Deserialize, Command)]
#[command(name = "channel/vnd.contoso.dim")]
enum Dim {
    Half,
}

#[derive(Serialize, Deserialize, Command)]
#[command(name = "application/vnd.contoso.pair")]
struct Pair(u8, u8);

mod names {
    pub(crate) const HELLO: &str = "hello";
}

struct Every;

#[bot]
impl Every {
    const GREETING: &'static str = "greeting";

    #[on_message]
    async fn message(&self, turn: &Turn, text: Text<'_>) -> Result<()> {
        turn.say(text).await
    }
    #[on_message(text = "yes")]
    async fn yes(&self) {}
    #[on_message(text = ["no", "nope",])]
    async fn no(&self) {}
    #[on_dtmf]
    async fn any_digit(&self, digit: Digit) -> Result<Flow> {
        let _ = digit;
        Ok(Flow::Handled)
    }
    #[on_dtmf('1', '#')]
    async fn digits(&self, turn: &Turn) {
        let _ = turn;
    }
    #[on_message_update]
    async fn updated() {}
    #[on_message_delete]
    async fn deleted(activity: &Activity) {
        let _ = activity;
    }
    #[on_members_added]
    async fn joined(&self, joined: MembersAdded<'_>) {
        let _ = joined.others().count();
    }
    #[on_members_removed]
    async fn left(&self, left: MembersRemoved<'_>) {
        let _ = left;
    }
    #[on_conversation_update]
    async fn changed(&self) {}
    #[on_reactions_added]
    async fn liked(&self) {}
    #[on_reactions_removed]
    async fn unliked(&self) {}
    #[on_event]
    async fn event(&self, name: Name<'_>) {
        let _ = name;
    }
    #[on_event("tokens/response")]
    async fn tokens(&self) {}
    #[on_event(names::HELLO)]
    async fn hello(&self) {}
    #[on_event(Self::GREETING)]
    async fn greeting(&self) {}
    #[on_handoff_status]
    async fn handoff(&self) {}
    #[on_invoke]
    async fn invoke(&self) -> InvokeResponse {
        InvokeResponse::status(501)
    }
    #[on_invoke("application/search")]
    async fn search(&self) -> Result<InvokeResponse> {
        Ok(InvokeResponse::ok(&["one"])?)
    }
    #[on_command]
    async fn command(&self) {}
    #[on_command("application/vnd.contoso.other")]
    async fn other(&self) {}
    #[on_command(OpenTicket)]
    async fn open(&self, ticket: CommandValue<OpenTicket>) {
        let _ = ticket;
    }
    #[on_command("session.init")]
    async fn session(&self) {}
    #[on_command_result]
    async fn result(&self) {}
    #[on_command_result("recording_start")]
    async fn started(&self, result: CommandResult<RecordingStart>) {
        let _ = result;
    }
    #[on_command_result("channel/vnd.microsoft.telephony.recording.pause")]
    async fn paused(&self, result: CommandResult<RecordingPause>) {
        let _ = result;
    }
    #[on_command_result(RecordingStop)]
    async fn stopped(&self, result: CommandResult<RecordingStop>) {
        let _ = result;
    }
    #[on_command_result(OpenTicket)]
    async fn opened(&self, result: CommandResult<OpenTicket>) {
        let _ = result;
    }
    #[on_installation_add]
    async fn installed(&self) {}
    #[on_installation_remove]
    async fn uninstalled(&self) {}
    #[on_end_of_conversation]
    async fn ended(&self) {}
    #[on_typing]
    async fn typing(&self) {}
    #[on_activity]
    async fn rest(&self) {}
    #[before_turn]
    async fn before(&self) {}
    #[after_turn]
    async fn after(&self) {}
    #[on_error]
    async fn failed(&self, error: &onhook::Error) {
        let _ = error;
    }
}

mod free {
    use onhook::prelude::*;

    #[on_message]
    pub async fn echo(turn: &Turn) -> Result<()> {
        turn.say("hello").await
    }

    /// By path, and without an import.
    #[onhook::on_event(super::names::HELLO)]
    pub(crate) async fn hello() {}

    #[on_error]
    pub(super) async fn failed() {}
}

fn is_bot(_: impl Bot) {}

fn main() {
    #[on_typing]
    async fn local() {}

    is_bot(Every);
    is_bot(Every.or(handlers![free::echo, crate::free::hello, free::failed, local]));
    let _ = (Dim::Half, Pair(1, 2), Ticket(1));
}
