//! Messages with SSML, as a caller hears them and as the transcript shows them.

use onhook::prelude::*;
use onhook_channel::{Channel, Dial, Event};

/// Sends a message with this `text` and `speak`.
struct Speaker(Option<&'static str>, &'static str);

#[bot]
impl Speaker {
    #[on_members_added]
    async fn greet(&self, turn: &Turn) -> Result<()> {
        let mut message = Activity::message(self.0.unwrap_or_default());
        message.text = self.0.map(str::to_owned);
        message.speak = Some(self.1.to_owned());
        turn.send(message).await.map(drop)
    }
}

/// The lines of a call in which the bot says this, without those of the call itself.
async fn lines(text: Option<&'static str>, speak: &'static str) -> Vec<String> {
    let channel = Channel::builder(Speaker(text, speak)).build();
    let call = channel.dial(Dial::new());
    call.listens().await;
    let lines = call.hangs_up().await.transcript.lines;
    let told = lines.iter().filter(|line| {
        matches!(
            line.what,
            Event::BotSays(_) | Event::BotUnheard(_) | Event::Trouble(_)
        )
    });
    // Without its time.
    told.map(|line| line.to_string()[11..].to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_line_of_a_message_without_text_has_what_is_spoken() {
    for (text, speak, line) in [
        (
            None,
            "<speak><voice name='a'>First.</voice><voice name='b'>Second.</voice></speak>",
            "bot        “First. Second.”",
        ),
        (Some(""), "Hello.", "bot        “Hello.”"),
        (
            Some("Hello."),
            "<speak>Good evening.</speak>",
            "bot        “Hello.”",
        ),
    ] {
        assert_eq!(lines(text, speak).await, [line]);
    }
}

#[tokio::test(start_paused = true)]
async fn the_line_of_a_message_that_cannot_be_read_says_so() {
    let error =
        "ssml is not valid at byte 12: unknown reference: an & to be spoken is written &amp;";
    let unread = "<speak>fish & chips</speak>";
    assert_eq!(
        lines(None, unread).await,
        [
            format!("trouble    the SSML of a message without text cannot be read: {error}"),
            format!("bot        “[cannot be read: {error}]”"),
        ]
    );
    assert_eq!(
        lines(Some("Fish and chips."), unread).await,
        [
            format!("trouble    the SSML of “Fish and chips.” cannot be read: {error}"),
            "bot        “Fish and chips.”".to_owned(),
        ]
    );
}
