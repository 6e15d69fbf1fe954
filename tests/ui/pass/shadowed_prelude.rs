//! Generated code does not rely on what names mean around it.

#![allow(dead_code, non_camel_case_types)]

mod core {}
mod std {}
mod onhook {}

struct Result;
struct Option;
struct Some;
struct None;
struct Ok;
struct Err;
struct Send;
struct Future;
struct Outcome;
struct Error;
struct Turn;
struct ActivityType;
struct str;

#[derive(::onhook::Choice)]
enum Menu {
    #[choice(key = '1', say = "opening hours")]
    Hours,
    #[choice(other)]
    Other(::std::string::String),
}

struct Echo;

#[::onhook::bot]
impl Echo {
    #[::onhook::on_message]
    async fn echo(&self, turn: &::onhook::Turn) -> ::onhook::Result {
        turn.say("hello").await
    }

    #[::onhook::on_command_result("recording_start")]
    async fn started(&self) {}

    #[::onhook::on_dtmf('1')]
    async fn one(&self) {}

    #[::onhook::on_members_added]
    async fn joined(&self) {}

    #[::onhook::on_members_removed]
    async fn left(&self) {}

    #[::onhook::on_event(NAME)]
    async fn event(&self) {}
}

const NAME: &'static ::core::primitive::str = "name";

#[::onhook::on_typing]
async fn typing() {}

#[derive(::onhook::Command)]
#[command(name = "application/vnd.contoso.x")]
struct X {}

impl ::serde::Serialize for X {
    fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> ::serde::Deserialize<'de> for X {
    fn deserialize<D: ::serde::Deserializer<'de>>(_: D) -> ::core::result::Result<X, D::Error> {
        ::core::result::Result::Ok(X {})
    }
}

fn main() {
    fn is_bot(_: impl ::onhook::Bot) {}
    is_bot(Echo);
    is_bot(::onhook::handlers![typing]);
}
