//! Who is let in, and as whom.

use onhook::http::auth::{AuthError, CallerKind, Cloud, Credentials};
use serde_json::json;

use crate::mint::Mint;
use crate::scene::{
    APP, FRIEND, NOW, OWN_TENANT, SERVICE_URL, activity, activity_of, at_loopback, authenticator,
    builder, channel, clock, verdict, version_1, version_2,
};

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table")]
async fn every_kind_is_let_in_as_what_it_is() {
    let authenticator = authenticator().await;
    let own_v1 = format!("https://sts.windows.net/{OWN_TENANT}/");
    let own_v2 = format!("https://login.microsoftonline.com/{OWN_TENANT}/v2.0");
    let app_urn = format!("urn:botframework:aadappid:{APP}");
    let friend_urn = format!("urn:botframework:aadappid:{FRIEND}");
    let friend_scope = format!("{FRIEND}/.default");
    let channels = (
        CallerKind::Channel,
        None,
        "urn:botframework:azure",
        "https://api.botframework.com/.default",
    );
    let emulator = (
        CallerKind::Emulator,
        Some(APP),
        app_urn.as_str(),
        "https://api.botframework.com/.default",
    );
    let skill = (
        CallerKind::Skill,
        Some(FRIEND),
        friend_urn.as_str(),
        friend_scope.as_str(),
    );
    let rs384 = json!({"alg": "RS384"});

    for (name, mint, expected) in [
        ("a channel", channel(), channels),
        ("RS384", channel().header(rs384.clone()), channels),
        (
            "RS384 with a key that is for it",
            channel().header(rs384).header(json!({"kid": "rs384-key"})),
            channels,
        ),
        ("RS512", channel().header(json!({"alg": "RS512"})), channels),
        (
            "another of the keys",
            channel().header(json!({"kid": "other-key"})).key("other"),
            channels,
        ),
        (
            "no typ",
            channel().header(json!({"typ": null, "x5t": null})),
            channels,
        ),
        (
            "typ at+jwt",
            channel().header(json!({"typ": "at+jwt"})),
            channels,
        ),
        (
            "claims that nobody knows",
            channel().claims(json!({"iat": "x", "roles": ["a"]})),
            channels,
        ),
        (
            "a service url of another case",
            channel().claims(json!({"serviceurl": SERVICE_URL.to_uppercase()})),
            channels,
        ),
        (
            "expired within the skew",
            channel().claims(json!({"nbf": NOW - 3600, "exp": NOW - 290})),
            channels,
        ),
        (
            "not yet valid within the skew",
            channel().claims(json!({"nbf": NOW + 290})),
            channels,
        ),
        ("the Emulator, version 1", version_1(APP), emulator),
        ("the Emulator, version 2", version_2(APP), emulator),
        (
            "the Emulator, no version",
            version_1(APP).claims(json!({"ver": null})),
            emulator,
        ),
        (
            "the Emulator, empty version",
            version_1(APP).claims(json!({"ver": ""})),
            emulator,
        ),
        (
            "the Emulator in the bot's tenant, version 1",
            version_1(APP).claims(json!({"iss": own_v1, "tid": OWN_TENANT})),
            emulator,
        ),
        (
            "the Emulator in the bot's tenant, version 2",
            version_2(APP).claims(json!({"iss": own_v2, "tid": OWN_TENANT})),
            emulator,
        ),
        (
            "a key that does not name its issuer",
            version_2(APP).header(json!({"kid": "bare-entra-key"})),
            emulator,
        ),
        ("a bot, version 1", version_1(FRIEND), skill),
        ("a bot, version 2", version_2(FRIEND), skill),
    ] {
        let token = mint.token();
        for scheme in ["Bearer", "bearer", "BEARER"] {
            // Twice: the second time it is remembered.
            for _ in 0..2 {
                let header = format!("{scheme} {token}");
                let identity = verdict(&authenticator, &header, &activity()).await;
                let identity = identity.unwrap_or_else(|error| panic!("{name}: {error}"));
                let found = (
                    identity.kind(),
                    identity.app_id(),
                    identity.caller_id().unwrap(),
                    identity.scope().unwrap(),
                );
                assert_eq!(found, expected, "{name}");
            }
        }
    }
}

#[tokio::test]
async fn every_cloud_has_its_issuers() {
    let login_cn = "https://login.partner.microsoftonline.cn";
    let gov_tenant = "cab8a31a-1906-4287-a0d8-4eef66b95f6e";
    let clouds = [
        (
            Cloud::Public,
            "https://api.botframework.com",
            vec![
                format!("https://sts.windows.net/{OWN_TENANT}/"),
                format!("https://login.microsoftonline.com/{OWN_TENANT}/v2.0"),
                "https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a/".into(),
                "https://login.microsoftonline.com/69e9b82d-4842-4902-8d1e-abc5b98a55e8/v2.0"
                    .into(),
            ],
            Some("urn:botframework:azure"),
            "https://api.botframework.com/.default",
        ),
        (
            Cloud::UsGov,
            "https://api.botframework.us",
            vec![
                format!("https://sts.windows.net/{OWN_TENANT}/"),
                format!("https://login.microsoftonline.us/{OWN_TENANT}/v2.0"),
                format!("https://sts.windows.net/{gov_tenant}/"),
                format!("https://login.microsoftonline.us/{gov_tenant}/v2.0"),
            ],
            Some("urn:botframework:azureusgov"),
            "https://api.botframework.us/.default",
        ),
        (
            Cloud::China,
            "https://api.botframework.azure.cn",
            vec![
                format!("{login_cn}/0b4a31a2-c1a0-475d-b363-5f26668660a3/{OWN_TENANT}/v2.0"),
                format!("{login_cn}/{OWN_TENANT}/v2.0"),
                format!("https://sts.chinacloudapi.cn/{OWN_TENANT}/"),
            ],
            None,
            "https://api.botframework.azure.cn/.default",
        ),
    ];
    for (cloud, channel_issuer, entra_issuers, caller_id, scope) in &clouds {
        let authenticator = at_loopback(builder().cloud(*cloud)).await;
        let kind = async |mint: Mint| {
            let header = format!("Bearer {}", mint.token());
            verdict(&authenticator, &header, &activity()).await
        };
        let identity = kind(channel().claims(json!({"iss": channel_issuer}))).await;
        let identity = identity.unwrap();
        assert_eq!(identity.kind(), CallerKind::Channel, "{cloud:?}");
        assert_eq!(identity.caller_id(), *caller_id, "{cloud:?}");
        assert_eq!(identity.scope(), Some(*scope), "{cloud:?}");

        for issuer in entra_issuers {
            let bare = json!({"kid": "bare-entra-key"});
            let in_cloud = json!({"iss": issuer, "tid": null});
            for (mint, expected) in [
                (version_1(APP), CallerKind::Emulator),
                (version_2(APP), CallerKind::Emulator),
                (version_1(FRIEND), CallerKind::Skill),
                (version_2(FRIEND), CallerKind::Skill),
            ] {
                let mint = mint.claims(in_cloud.clone()).header(bare.clone());
                let identity = kind(mint).await.unwrap();
                assert_eq!(identity.kind(), expected, "{cloud:?} {issuer}");
            }
        }

        // The others' issuers are strangers here.
        for (other, channel_issuer, ..) in &clouds {
            if other != cloud {
                let token = channel().claims(json!({"iss": channel_issuer}));
                assert_eq!(kind(token).await, Err(AuthError::Issuer), "{cloud:?}");
            }
        }
    }
}

#[tokio::test]
async fn every_bot_of_a_trusted_tenant_may_call_if_the_bot_says_so() {
    let authenticator = at_loopback(builder().allow_every_caller()).await;
    let header = format!("Bearer {}", version_2("anybody").token());
    let identity = verdict(&authenticator, &header, &activity()).await.unwrap();
    assert_eq!(identity.kind(), CallerKind::Skill);
    assert_eq!(identity.scope(), Some("anybody/.default"));
}

#[tokio::test]
async fn credentials_set_up_the_authenticator_of_their_app() {
    let credentials = Credentials::secret(APP, "hush-hush")
        .tenant(OWN_TENANT.to_uppercase())
        .cloud(Cloud::UsGov)
        .clock(clock());
    let authenticator = at_loopback(credentials.authenticator()).await;
    assert_eq!(authenticator.app_id(), APP);
    assert_eq!(authenticator.cloud(), Cloud::UsGov);
    let issuer = format!("https://login.microsoftonline.us/{OWN_TENANT}/v2.0");
    let token = version_2(APP)
        .claims(json!({"iss": issuer, "tid": OWN_TENANT}))
        .header(json!({"kid": "bare-entra-key"}))
        .token();
    let header = format!("Bearer {token}");
    let identity = verdict(&authenticator, &header, &activity()).await.unwrap();
    assert_eq!(identity.kind(), CallerKind::Emulator);

    let by_domain = Credentials::secret(APP, "hush-hush").tenant("contoso.com");
    assert!(by_domain.authenticator().build().is_ok());
}

#[tokio::test]
async fn only_a_channel_is_held_to_its_service_url() {
    let authenticator = authenticator().await;
    let header = format!("Bearer {}", version_1(APP).token());
    let local = activity_of("emulator", "http://localhost:56150");
    assert!(verdict(&authenticator, &header, &local).await.is_ok());
}
