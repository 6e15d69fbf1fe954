//! What a handler may return.

#![allow(unused)]

use onhook::prelude::*;

struct Failure;

struct Bot;

#[bot]
impl Bot {
    #[on_message]
    async fn boolean(&self, turn: &Turn) -> bool {
        true
    }

    #[on_typing]
    async fn text_error(&self, turn: &Turn) -> Result<(), String> {
        Ok(())
    }

    #[on_event]
    async fn own_error(&self, turn: &Turn) -> std::result::Result<(), Failure> {
        Ok(())
    }

    #[on_members_added]
    async fn number(&self, turn: &Turn) -> Result<u8> {
        Ok(0)
    }

    #[on_members_removed]
    async fn invoke(&self, turn: &Turn) -> Result<InvokeResponse> {
        Ok(InvokeResponse::status(200))
    }
}

fn main() {}
