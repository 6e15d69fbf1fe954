//! What a caller may say where a handler has a text: for a `#[bot]` block, for a list, and for a chain of both.

use onhook::prelude::*;
use onhook::testing::TestTurn;

struct Methods;

#[bot]
impl Methods {
    #[on_message]
    async fn other(&self, turn: &Turn) -> Result<()> {
        turn.say("other").await
    }
    #[on_message(text = "Straße")]
    async fn street(&self, turn: &Turn) -> Result<()> {
        turn.say("street").await
    }
    #[on_message(text = ["yes", "sí"])]
    async fn yes(&self, turn: &Turn) -> Result<()> {
        turn.say("yes").await
    }
    #[on_message(text = "?")]
    async fn asked(&self, turn: &Turn) -> Result<()> {
        turn.say("asked").await
    }
    #[on_message(text = "#")]
    async fn hash(&self, turn: &Turn) -> Result<()> {
        turn.say("hash").await
    }
    #[on_message(text = "I don't know.")]
    async fn unknown(&self, turn: &Turn) -> Result<()> {
        turn.say("unknown").await
    }
    #[on_message(text = "각")]
    async fn each(&self, turn: &Turn) -> Result<()> {
        turn.say("each").await
    }
    #[on_message(text = "12.5")]
    async fn number(&self, turn: &Turn) -> Result<()> {
        turn.say("number").await
    }
}

mod function {
    use onhook::prelude::*;

    macro_rules! functions {
        ($($(#[$hook:meta])* $name:ident;)*) => {$(
            $(#[$hook])*
            pub(super) async fn $name(turn: &Turn) -> Result<()> {
                turn.say(stringify!($name)).await
            }
        )*};
    }

    functions! {
        #[on_message] other;
        #[on_message(text = "STRASSE")] street;
        #[on_message(text = ["¡Sí!", "Yes?"])] yes;
        #[on_message(text = "?")] asked;
        #[on_message(text = "#")] hash;
        #[on_message(text = "i don’t  know")] unknown;
        #[on_message(text = "\u{1100}\u{1161}\u{11A8}")] each;
        #[on_message(text = "12.5")] number;
    }
}

/// What is said, and the handler that takes it.
const TABLE: &[(&str, &str)] = &[
    ("yes", "yes"),
    ("Yes.", "yes"),
    (" YES!! ", "yes"),
    ("“Yes…”", "yes"),
    ("— yes —", "yes"),
    ("\u{A0}yes\u{3000}", "yes"),
    ("\u{FEFF}Y\u{AD}es\u{200B}.", "yes"),
    ("\u{200F}yes؟", "yes"),
    ("yes。", "yes"),
    ("yes।", "yes"),
    ("¿Sí?", "yes"),
    ("SI\u{301}", "yes"),
    ("straße", "street"),
    ("Strasse.", "street"),
    ("STRAẞE", "street"),
    ("I don’t know.", "unknown"),
    ("i DON'T\u{202F}know", "unknown"),
    ("각", "each"),
    ("\u{1100}\u{1161}\u{11A8}。", "each"),
    ("?", "asked"),
    ("#", "hash"),
    ("12.5", "number"),
    // Another text is another text.
    ("", "other"),
    (" ", "other"),
    ("\u{200B}", "other"),
    ("!", "other"),
    ("*", "other"),
    ("#1", "other"),
    ("125", "other"),
    ("yes yes", "other"),
    ("ye s", "other"),
    ("si", "other"),
    ("I dont know", "other"),
    ("가", "other"),
];

async fn follows_the_table(bot: impl Bot) {
    for (said, handler) in TABLE {
        let turn = TestTurn::message(said);
        bot.dispatch(&turn).await.expect(said);
        assert_eq!(turn.spoken(), [*handler], "{said:?}");
    }
}

fn list() -> impl Bot {
    use function as f;
    handlers![
        f::other,
        f::street,
        f::yes,
        f::asked,
        f::hash,
        f::unknown,
        f::each,
        f::number
    ]
}

#[tokio::test]
async fn methods_take_what_a_recogniser_writes() {
    follows_the_table(Methods).await;
}

#[tokio::test]
async fn functions_take_what_a_recogniser_writes() {
    follows_the_table(list()).await;
}

#[tokio::test]
async fn a_chain_takes_what_a_recogniser_writes() {
    use function as f;
    follows_the_table(
        handlers![f::other]
            .or(handlers![f::street, f::yes, f::asked, f::hash])
            .or(handlers![f::unknown, f::each, f::number]),
    )
    .await;
}

/// The table of hooks shows what stands in the source.
#[test]
fn the_table_of_hooks_has_the_texts_as_they_are_written() {
    let keys: Vec<&str> = Methods::HOOKS.iter().map(|hook| hook.key).collect();
    assert!(keys.contains(&"Straße") && keys.contains(&"yes | sí"));
}
