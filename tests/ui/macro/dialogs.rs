use onhook::prelude::*;
use onhook::Turn;

struct Contoso;

#[bot(version = 0)]
impl Contoso {
    #[on_members_added]
    async fn two_calls(&self, _call: &mut Dialog<'_>, _other: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_message(text = "turn")]
    async fn with_turn(&self, _call: &mut Dialog<'_>, _turn: &Turn) -> Result<()> {
        Ok(())
    }

    #[on_message(text = "local")]
    async fn with_local(&self, _call: &mut Dialog<'_>, _who: Local<u32>) -> Result<()> {
        Ok(())
    }

    #[on_message(text = "no result")]
    async fn no_result(&self, _call: &mut Dialog<'_>) {}

    #[on_invoke("search")]
    async fn invoke(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_command("application/x")]
    async fn command(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_command_result("recording_start")]
    async fn result(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_end_of_conversation]
    async fn ended(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[before_turn]
    async fn before(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_error]
    async fn error(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_typing]
    async fn typing(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_activity]
    async fn other(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_message(interrupts)]
    async fn everything(&self) -> Result<()> {
        Ok(())
    }

    #[on_dtmf(interrupts)]
    async fn every_key(&self) -> Result<()> {
        Ok(())
    }

    #[on_event("alarm", interrupts)]
    async fn alarm(&self) -> Result<()> {
        Ok(())
    }
}

struct Northwind;

#[bot(on_change = hangup)]
impl Northwind {
    #[on_message]
    async fn greet(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }
}

struct Fabrikam;

#[bot(verson = 2)]
impl Fabrikam {
    #[on_message]
    async fn greet(&self, _call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }
}

fn main() {}
