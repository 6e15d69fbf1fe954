use onhook::prelude::*;
use onhook::Turn;

struct Contoso;

#[bot(version = 0)]
impl Contoso {
    #[on_members_added]
    async fn two_calls(&self, call: &mut Dialog<'_>, other: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_message(text = "turn")]
    async fn with_turn(&self, call: &mut Dialog<'_>, turn: &Turn) -> Result<()> {
        Ok(())
    }

    #[on_message(text = "local")]
    async fn with_local(&self, call: &mut Dialog<'_>, who: Local<u32>) -> Result<()> {
        Ok(())
    }

    #[on_message(text = "no result")]
    async fn no_result(&self, call: &mut Dialog<'_>) {}

    #[on_invoke("search")]
    async fn invoke(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_command("application/x")]
    async fn command(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_command_result("recording_start")]
    async fn result(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_end_of_conversation]
    async fn ended(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[before_turn]
    async fn before(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_error]
    async fn error(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_typing]
    async fn typing(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }

    #[on_activity]
    async fn other(&self, call: &mut Dialog<'_>) -> Result<()> {
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
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }
}

struct Fabrikam;

#[bot(verson = 2)]
impl Fabrikam {
    #[on_message]
    async fn greet(&self, call: &mut Dialog<'_>) -> Result<()> {
        Ok(())
    }
}

fn main() {}
