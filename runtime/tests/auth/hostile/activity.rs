//! Channels whose token is not for their activity.

use onhook::http::auth::AuthError::{Endorsement, ServiceUrl};
use serde_json::json;

use crate::scene::{SERVICE_URL, activity, activity_of, authenticator, channel, verdict};

#[tokio::test]
async fn a_channel_is_held_to_its_activity() {
    let authenticator = authenticator().await;
    let good = channel();
    let with_key = |kid: &str| channel().header(json!({ "kid": kid }));
    let unaddressed = {
        let mut activity = activity();
        activity.service_url = None;
        activity
    };
    let of_no_channel = {
        let mut activity = activity();
        activity.channel_id = None;
        activity
    };
    for (name, mint, activity, expected) in vec![
        (
            "a channel that the key is not endorsed for",
            good.clone(),
            activity_of("webchat", SERVICE_URL),
            Endorsement,
        ),
        (
            "another channel's key",
            with_key("webchat-key"),
            activity(),
            Endorsement,
        ),
        (
            "a key that is endorsed for nothing",
            with_key("bare-key"),
            activity(),
            Endorsement,
        ),
        (
            "the channel in another case",
            good.clone(),
            activity_of("Telephony", SERVICE_URL),
            Endorsement,
        ),
        (
            "no channel",
            with_key("bare-key"),
            of_no_channel,
            Endorsement,
        ),
        (
            "an empty channel",
            with_key("bare-key"),
            activity_of("", SERVICE_URL),
            Endorsement,
        ),
        (
            "another host",
            good.clone(),
            activity_of("telephony", "https://evil.example/v1/amer"),
            ServiceUrl,
        ),
        (
            "another path",
            good.clone(),
            activity_of("telephony", "https://telephony.botframework.com/v1/emea"),
            ServiceUrl,
        ),
        (
            "the host for a prefix",
            good.clone(),
            activity_of("telephony", &format!("{SERVICE_URL}.evil.example")),
            ServiceUrl,
        ),
        (
            "a slash more",
            good.clone(),
            activity_of("telephony", &format!("{SERVICE_URL}/")),
            ServiceUrl,
        ),
        (
            "a part of the url",
            good.clone(),
            activity_of("telephony", "https://telephony.botframework.com"),
            ServiceUrl,
        ),
        (
            "no url, by another channel",
            with_key("webchat-key"),
            unaddressed.clone(),
            Endorsement,
        ),
    ] {
        let header = format!("Bearer {}", mint.token());
        let found = verdict(&authenticator, &header, &activity).await;
        assert_eq!(found, Err(expected), "{name}");
        assert_eq!(expected.status(), 403, "{name}");
    }
    // Nothing can be sent upon an activity without a service url.
    let header = format!("Bearer {}", good.token());
    assert!(verdict(&authenticator, &header, &unaddressed).await.is_ok());
}
