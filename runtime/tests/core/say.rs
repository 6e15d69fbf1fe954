//! What is said: text is escaped, markup is not, and silence is refused.

use std::time::Duration;

use onhook::prelude::*;
use onhook::testing::TestTurn;
use onhook::{SendError, ssml};

async fn said(turn: &TestTurn, speech: impl Into<Speech> + Send) -> Activity {
    turn.say(speech).await.expect("it is said");
    turn.sent().pop().expect("it was sent")
}

#[tokio::test]
async fn text_is_said_and_not_obeyed() {
    let turn = TestTurn::message("hello");
    let text = r#"5 < 6 & "7" </speak><break time="5s"/>"#;
    let message = said(&turn, text).await;
    assert_eq!(message.text.as_deref(), Some(text));
    let spoken = ssml::read(message.speak.as_deref().expect("speech")).expect("SSML");
    assert_eq!(spoken, [ssml::Segment::Text(text.into())]);
}

#[tokio::test]
async fn every_kind_of_text_can_be_said() {
    let turn = TestTurn::message("hello");
    let owned = String::from("text");
    for message in [
        said(&turn, "text").await,
        said(&turn, owned.clone()).await,
        said(&turn, &owned).await,
        said(&turn, Text("text")).await,
        said(&turn, std::borrow::Cow::Borrowed("text")).await,
        said(&turn, Speech::text("text")).await,
        said(&turn, Ssml::new().text("text")).await,
    ] {
        assert_eq!(message.text.as_deref(), Some("text"));
    }
}

#[tokio::test]
async fn a_voice_and_a_locale_reach_the_markup() {
    let turn = TestTurn::message("hello").with(|activity| activity.locale = Some("de-DE".into()));
    let message = said(
        &turn,
        Speech::text("Hi.")
            .voice("en-GB-SoniaNeural")
            .locale("en-GB"),
    )
    .await;
    let speak = message.speak.expect("speech");
    assert!(speak.contains(r#"xml:lang="en-GB""#), "{speak}");
    assert!(
        speak.contains(r#"<voice name="en-GB-SoniaNeural">"#),
        "{speak}"
    );
    assert_eq!(message.locale.as_deref(), Some("en-GB"));
}

#[tokio::test]
async fn the_locale_is_the_caller_s_unless_set_and_english_if_unknown() {
    for (caller, in_markup, in_message) in [
        (Some("de-DE"), r#"xml:lang="de-DE""#, Some("de-DE")),
        (None, r#"xml:lang="en-US""#, None),
    ] {
        let turn =
            TestTurn::message("hello").with(|activity| activity.locale = caller.map(str::to_owned));
        let message = said(&turn, "Guten Tag.").await;
        let speak = message.speak.expect("speech");
        assert!(speak.contains(in_markup), "{speak}");
        assert_eq!(message.locale.as_deref(), in_message);
    }
}

#[tokio::test]
async fn what_may_interrupt_is_said_in_the_protocol_s_words() {
    let text = || Speech::text("Listen.");
    let turn = TestTurn::message("hello");
    for (speech, word) in [
        (text(), None),
        (
            text().input_hint(InputHint::AcceptingInput),
            Some("acceptingInput"),
        ),
        (text().expecting_input(), Some("expectingInput")),
        (text().no_barge_in(), Some("ignoringInput")),
        (text().speech_barge_in(), Some("ignoringNonSpeechInput")),
        (text().key_barge_in(), Some("ignoringSpeechInput")),
    ] {
        let message = said(&turn, speech).await;
        let hint = message.input_hint.as_ref().map(InputHint::as_str);
        assert_eq!(hint, word);
    }
}

#[tokio::test]
async fn nothing_to_say_is_refused_before_anything_is_sent() {
    let turn = TestTurn::message("hello");
    for speech in [
        Speech::text(""),
        Speech::text(" \t\n\u{a0}"),
        Speech::from(Ssml::new().pause(Duration::from_secs(1))),
        Speech::text("").voice("en-GB-SoniaNeural").no_barge_in(),
    ] {
        let error = turn.say(speech).await.expect_err("nothing to say");
        assert!(
            matches!(error.downcast_ref(), Some(SendError::EmptySpeech)),
            "{error}"
        );
    }
    assert!(turn.sent().is_empty() && !turn.responded());
}
