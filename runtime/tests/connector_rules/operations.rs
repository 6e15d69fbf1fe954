//! The fifteen operations: what goes out, what comes back.

use onhook::http::connector::{AttachmentData, ConnectorError, ConversationParameters, Transcript};
use onhook::{Activity, ChannelAccount};

use crate::script::{Answer, Script, client, ok, service};

/// `await`s one operation of a service that gives one answer; what was sent, and what came of it.
macro_rules! operate {
    ($answer:expr, |$service:ident| $operation:expr) => {{
        let script = Script::new([$answer]);
        let client = client(&script);
        let $service = service(&client);
        let result = $operation.await;
        let [sent] = script.sent().try_into().unwrap();
        let sent = sent.replace("https://smba.trafficmanager.net/amer", "");
        (sent, result)
    }};
}

#[tokio::test]
async fn activities_are_sent_replied_replaced_and_deleted() {
    let hi = Activity::message("hi");
    let (sent, result) = operate!(ok(r#"{"id":"1"}"#), |s| s.send_to_conversation("a/b", &hi));
    assert_eq!(
        sent,
        r#"POST /v3/conversations/a%2Fb/activities {"type":"message","text":"hi"}"#
    );
    assert_eq!(result.unwrap().id.as_deref(), Some("1"));

    let (sent, result) = operate!(Answer::Response(201, r#"{"id":"2"}"#), |s| s
        .reply_to_activity("c", "a|1", &hi));
    assert_eq!(
        sent,
        r#"POST /v3/conversations/c/activities/a%7C1 {"type":"message","text":"hi"}"#
    );
    assert_eq!(result.unwrap().id.as_deref(), Some("2"));

    let (sent, result) = operate!(Answer::Response(202, ""), |s| s
        .update_activity("c", "a", &hi));
    assert_eq!(
        sent,
        r#"PUT /v3/conversations/c/activities/a {"type":"message","text":"hi"}"#
    );
    assert_eq!(result.unwrap().id, None);

    let (sent, result) = operate!(ok(""), |s| s.delete_activity("c", "a"));
    assert_eq!(sent, "DELETE /v3/conversations/c/activities/a");
    result.unwrap();

    let transcript = Transcript::new([Activity::typing()]);
    let (sent, result) = operate!(ok(r#"{"id":"3"}"#), |s| s
        .send_conversation_history("c", &transcript));
    assert_eq!(
        sent,
        r#"POST /v3/conversations/c/activities/history {"activities":[{"type":"typing"}]}"#
    );
    assert_eq!(result.unwrap().id.as_deref(), Some("3"));

    let (sent, result) = operate!(ok(r#"[{"id":"u"}]"#), |s| s.activity_members("c", "a"));
    assert_eq!(sent, "GET /v3/conversations/c/activities/a/members");
    assert_eq!(result.unwrap(), [ChannelAccount::new("u")]);
}

#[tokio::test]
async fn conversations_are_begun_and_listed() {
    let parameters =
        ConversationParameters::between(ChannelAccount::new("bot"), ChannelAccount::new("+1"));
    let (sent, result) = operate!(
        Answer::Response(
            201,
            r#"{"id":"c","serviceUrl":"https://s","activityId":"a"}"#
        ),
        |s| s.create_conversation(&parameters)
    );
    assert_eq!(
        sent,
        r#"POST /v3/conversations {"bot":{"id":"bot"},"members":[{"id":"+1"}]}"#
    );
    let begun = result.unwrap();
    assert_eq!(
        (begun.id, begun.service_url, begun.activity_id),
        (Some("c".into()), Some("https://s".into()), Some("a".into()))
    );

    let (sent, result) = operate!(ok(r#"{"conversations":[{"id":"c"}]}"#), |s| s
        .conversations(None));
    assert_eq!(sent, "GET /v3/conversations");
    assert_eq!(result.unwrap().conversations.unwrap().len(), 1);

    let (sent, result) = operate!(ok("{}"), |s| s.conversations(Some("a=b&c")));
    assert_eq!(sent, "GET /v3/conversations?continuationToken=a%3Db%26c");
    assert_eq!(result.unwrap().continuation_token, None);
}

#[tokio::test]
async fn members_are_listed_and_removed() {
    let (sent, result) = operate!(ok(r#"[{"id":"u"},{"id":"v"}]"#), |s| s.members("c"));
    assert_eq!(sent, "GET /v3/conversations/c/members");
    assert_eq!(result.unwrap().len(), 2);

    let (sent, result) = operate!(ok(r#"{"id":"u","name":"n"}"#), |s| s.member("c", "29:ü"));
    assert_eq!(sent, "GET /v3/conversations/c/members/29%3A%C3%BC");
    assert_eq!(result.unwrap().name.as_deref(), Some("n"));

    let (sent, result) = operate!(Answer::Response(204, ""), |s| s.delete_member("c", "u"));
    assert_eq!(sent, "DELETE /v3/conversations/c/members/u");
    result.unwrap();

    let (sent, result) = operate!(ok(r#"{"members":[],"continuationToken":"n"}"#), |s| s
        .paged_members("c", Some(50), Some("t")));
    assert_eq!(
        sent,
        "GET /v3/conversations/c/pagedmembers?pageSize=50&continuationToken=t"
    );
    assert_eq!(result.unwrap().continuation_token.as_deref(), Some("n"));

    let (sent, _) = operate!(ok("{}"), |s| s.paged_members("c", None, None));
    assert_eq!(sent, "GET /v3/conversations/c/pagedmembers");
}

#[tokio::test]
async fn attachments_are_kept_and_read() {
    let data = AttachmentData::new("text/plain", "a.txt", b"hi");
    let (sent, result) = operate!(ok(r#"{"id":"f"}"#), |s| s.upload_attachment("c", &data));
    assert_eq!(
        sent,
        r#"POST /v3/conversations/c/attachments {"type":"text/plain","name":"a.txt","originalBase64":"aGk="}"#
    );
    assert_eq!(result.unwrap().id.as_deref(), Some("f"));

    let (sent, result) = operate!(
        ok(r#"{"name":"a.txt","views":[{"viewId":"original","size":2}]}"#),
        |s| s.attachment_info("f/1")
    );
    assert_eq!(sent, "GET /v3/attachments/f%2F1");
    let views = result.unwrap().views.unwrap();
    assert_eq!(views[0].size.as_ref().unwrap().as_i64(), Some(2));

    let (sent, result) = operate!(ok("hi"), |s| s.attachment("f", "original"));
    assert_eq!(sent, "GET /v3/attachments/f/views/original");
    assert_eq!(&*result.unwrap(), b"hi");

    for status in [301, 302, 303, 307, 308] {
        let answer = Answer::With(status, "location", "https://elsewhere/?sig=1");
        let (_, result) = operate!(answer, |s| s.attachment("f", "original"));
        assert!(
            matches!(
                &result,
                Err(ConnectorError::Moved { status: given, location: Some(location) })
                    if *given == status && location == "https://elsewhere/?sig=1"
            ),
            "{result:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_documented_one_is_an_error_where_it_matters() {
    for body in ["", "null", "[]", "<html>", r#"{"id":5}"#] {
        let parameters = ConversationParameters::default();
        let (_, result) = operate!(ok(body), |s| s.create_conversation(&parameters));
        assert!(
            matches!(result, Err(ConnectorError::Unreadable(_))),
            "{body}: {result:?}"
        );
    }
    for body in ["", "{}", "[5]", r#"[{"id":5}]"#] {
        let (_, result) = operate!(ok(body), |s| s.members("c"));
        assert!(
            matches!(result, Err(ConnectorError::Unreadable(_))),
            "{body}: {result:?}"
        );
    }
}

#[tokio::test]
async fn an_id_that_would_be_another_route_is_sent_nowhere() {
    let script = Script::new([]);
    let client = client(&script);
    let service = service(&client);
    for id in ["", ".", ".."] {
        for (what, result) in [
            ("conversation", service.delete_activity(id, "a").await),
            ("activity", service.delete_activity("c", id).await),
            ("member", service.delete_member("c", id).await),
            ("attachment", service.attachment(id, "v").await.map(drop)),
            ("view", service.attachment("f", id).await.map(drop)),
        ] {
            assert!(
                matches!(result, Err(ConnectorError::Id(named)) if named == what),
                "{what} {id:?}"
            );
        }
    }
    assert!(script.sent().is_empty());
}
