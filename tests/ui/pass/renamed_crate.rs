//! The runtime under another name, and behind another crate's path.

extern crate onhook as topspin;

mod facade {
    pub use onhook as hooks;
}

struct Echo;

#[topspin::bot(crate = ::topspin)]
impl Echo {
    #[topspin::on_message]
    async fn echo(&self, turn: &topspin::Turn) -> topspin::Result {
        turn.say("hello").await
    }
}

struct Behind;

#[topspin::bot(crate = crate::facade::hooks)]
impl Behind {
    #[topspin::on_command_result("recording_start")]
    async fn started(&self) {}
}

#[topspin::on_typing(crate = ::topspin)]
async fn typing() {}

#[topspin::on_event("a", crate = crate::facade::hooks)]
async fn event() {}

#[derive(serde::Serialize, serde::Deserialize, topspin::Command)]
#[command(name = "application/vnd.contoso.x", crate = ::topspin)]
struct X;

#[derive(topspin::Choice)]
#[choice(crate = crate::facade::hooks)]
enum Menu {
    #[choice(key = '1')]
    Hours,
    #[choice(other)]
    Other(String),
}

// From a macro of another crate.
macro_rules! make {
    ($name:ident, $text:literal, $turn:ty) => {
        struct $name;

        #[topspin::bot(crate = $crate::facade::hooks)]
        impl $name {
            #[topspin::on_message(text = $text)]
            async fn echo(&self, turn: &$turn) -> topspin::Result {
                turn.say("hello").await
            }
        }
    };
}

make!(Made, "made", topspin::Turn);

fn main() {
    fn is_bot(_: impl topspin::Bot) {}
    is_bot(Echo);
    is_bot(Behind);
    is_bot(Made);
    is_bot(topspin::handlers![crate = ::topspin, typing, event]);
    let _ = X;
    let _ = <Menu as topspin::question::Choice>::choose("?");
    let _ = (Menu::Hours, Menu::Other(String::new()));
}
