use super::ServiceUrlError::{Host, Insecure, Malformed, Port, UnusualPart};
use super::*;
use proptest::prelude::*;

fn host(name: &str) -> ServiceUrlError {
    Host(name.into())
}

#[test]
fn documented_hosts_are_called() {
    for url in [
        "https://smba.trafficmanager.net/amer/",
        "https://smba.trafficmanager.net/teams",
        "https://SMBA.TrafficManager.NET/amer",
        "HTTPS://smba.trafficmanager.net/amer",
        "https://api.botframework.com",
        "https://botframework.com/",
        "https://telephony.botframework.com:443/v1",
        "https://europe.directline.botframework.com",
        "https://webchat.botframework.us/",
        "https://directline.botframework.azure.us/",
        "https://api.botframework.azure.cn/",
        "https://smba.infra.gcc.teams.microsoft.com/teams",
        "https://smba.infra.gov.teams.microsoft.us/gcch",
    ] {
        let checked = ServiceUrls::documented().check(url);
        assert!(checked.is_ok_and(|url| url.is_trusted()), "{url}");
    }
}

/// Not one of these is called by a bot with the documented hosts.
fn refuse<'u>(urls: impl IntoIterator<Item = (&'u str, ServiceUrlError)>) {
    for (url, error) in urls {
        let checked = ServiceUrls::documented().check(url);
        assert_eq!(checked.err(), Some(error), "{url:?}");
    }
}

#[test]
fn hosts_that_look_like_a_documented_one_are_not_called() {
    refuse([
        (
            "https://evilbotframework.com/",
            host("evilbotframework.com"),
        ),
        (
            "https://botframework.com.evil.com/",
            host("botframework.com.evil.com"),
        ),
        ("https://botframework.co/", host("botframework.co")),
        ("https://bot-framework.com/", host("bot-framework.com")),
        (
            "https://evil.smba.trafficmanager.net/",
            host("evil.smba.trafficmanager.net"),
        ),
        (
            "https://evil.trafficmanager.net/",
            host("evil.trafficmanager.net"),
        ),
        (
            "https://smba-trafficmanager.net/",
            host("smba-trafficmanager.net"),
        ),
        (
            "https://evil.blob.core.windows.net/",
            host("evil.blob.core.windows.net"),
        ),
        (
            "https://evil.azurewebsites.net/",
            host("evil.azurewebsites.net"),
        ),
        ("https://evil.com/botframework.com", host("evil.com")),
        ("https://evil.com/.botframework.com", host("evil.com")),
        (
            "https://evil.com:443/https://api.botframework.com/",
            host("evil.com"),
        ),
        ("https://com/", host("com")),
        (
            "https://xn--botframewrk-yib.com/",
            host("xn--botframewrk-yib.com"),
        ),
    ]);
}

#[test]
fn a_host_whose_name_is_not_one_is_not_called() {
    refuse([
        ("https://botframework.com./", Malformed),
        ("https://.botframework.com/", Malformed),
        ("https://evil..botframework.com/", Malformed),
        ("https://botfräme.botframework.com/", Malformed),
        ("https://evil\u{3002}botframework.com/", Malformed),
        ("https://evil.com%2f.botframework.com/", Malformed),
        ("https://evil.com%00.botframework.com/", Malformed),
        ("https://evil.com\0.botframework.com/", Malformed),
        ("https://evil.com\r\n.botframework.com/", Malformed),
        ("https://evil.com\t.botframework.com/", Malformed),
        ("https://evil.com .botframework.com/", Malformed),
        ("https://evil.com;.botframework.com/", Malformed),
        ("https://evil.com,.botframework.com/", Malformed),
        ("https://*.botframework.com/", Malformed),
        ("https:///api.botframework.com/", Malformed),
        ("https://", Malformed),
        ("https:api.botframework.com", Malformed),
    ]);
}

#[test]
fn what_readers_read_differently_is_not_called() {
    refuse([
        (
            "https://api.botframework.com@evil.com/",
            UnusualPart("user information"),
        ),
        (
            "https://user:pass@api.botframework.com/",
            UnusualPart("user information"),
        ),
        (
            "https://evil.com@api.botframework.com/",
            UnusualPart("user information"),
        ),
        (
            "https://@api.botframework.com/",
            UnusualPart("user information"),
        ),
        (
            "https://evil.com:443@api.botframework.com/",
            UnusualPart("user information"),
        ),
        (
            "https://evil.com\\.botframework.com/",
            UnusualPart("a backslash"),
        ),
        (
            "https://evil.com\\@api.botframework.com/",
            UnusualPart("a backslash"),
        ),
        (
            "https:\\\\api.botframework.com/",
            UnusualPart("a backslash"),
        ),
        (
            "https://evil.com#.botframework.com/",
            UnusualPart("a fragment"),
        ),
        (
            "https://evil.com?.botframework.com/",
            UnusualPart("a query"),
        ),
        ("https://api.botframework.com/?x=", UnusualPart("a query")),
        ("https://api.botframework.com/#", UnusualPart("a fragment")),
        (
            "https://api.botframework.com/a/../../b",
            UnusualPart("a dot segment"),
        ),
        (
            "https://api.botframework.com/%2e%2E/b",
            UnusualPart("a dot segment"),
        ),
        (
            "https://api.botframework.com/.%2e",
            UnusualPart("a dot segment"),
        ),
        (
            "https://api.botframework.com/.",
            UnusualPart("a dot segment"),
        ),
    ]);
}

#[test]
fn other_schemes_are_not_called() {
    refuse([
        ("http://api.botframework.com/", Insecure),
        ("http://api.botframework.com:443/", Insecure),
        ("ftp://api.botframework.com/", Malformed),
        ("file:///etc/passwd", Malformed),
        ("gopher://api.botframework.com/", Malformed),
        ("javascript:alert(1)", Malformed),
        ("urn:botframework:websocket:0", Malformed),
        ("//api.botframework.com/", Malformed),
        ("/v3/conversations", Malformed),
        ("api.botframework.com", Malformed),
        ("", Malformed),
        (" https://api.botframework.com/", Malformed),
        ("*", Malformed),
    ]);
}

#[test]
fn other_ports_are_not_called() {
    refuse([
        ("https://api.botframework.com:80/", Port(80)),
        ("https://api.botframework.com:8443/", Port(8443)),
        ("https://api.botframework.com:22", Port(22)),
        ("https://api.botframework.com:0/", Port(0)),
        ("https://api.botframework.com:/", Malformed),
        ("https://api.botframework.com:443x/", Malformed),
        ("https://api.botframework.com:65979/", Malformed),
        ("https://api.botframework.com:443:80/", Malformed),
    ]);
}

/// This machine, its network, and where clouds keep credentials.
#[test]
fn addresses_are_not_called() {
    refuse([
        (
            "http://169.254.169.254/latest/meta-data/",
            host("169.254.169.254"),
        ),
        (
            "https://169.254.169.254/metadata/instance",
            host("169.254.169.254"),
        ),
        ("https://127.0.0.1/", host("127.0.0.1")),
        ("https://127.1/", host("127.1")),
        ("https://2130706433/", host("2130706433")),
        ("https://0x7f000001/", host("0x7f000001")),
        ("https://0177.0.0.1/", host("0177.0.0.1")),
        ("https://10.0.0.1/", host("10.0.0.1")),
        ("https://0/", host("0")),
        ("https://[::1]/", host("[::1]")),
        (
            "https://[::ffff:169.254.169.254]/",
            host("[::ffff:169.254.169.254]"),
        ),
        ("https://[fe80::1%25eth0]/", Malformed),
        ("https://[::1/", Malformed),
        ("https://[botframework.com]/", Malformed),
        ("https://localhost/", host("localhost")),
        ("http://localhost:3978/", host("localhost")),
        (
            "https://metadata.google.internal/",
            host("metadata.google.internal"),
        ),
    ]);
}

#[test]
fn a_url_of_endless_length_is_not_read() {
    let url = format!("https://api.botframework.com/{}", "a".repeat(LONGEST));
    assert_eq!(ServiceUrls::any().check(&url).err(), Some(Malformed));
}

#[test]
fn hosts_are_added_to_the_letter_and_with_their_port() {
    let urls = ServiceUrls::none()
        .also("connector.contoso.com")
        .and_then(|urls| urls.also("other.contoso.com:8443"))
        .and_then(|urls| urls.also_below("fabrikam.com"))
        .unwrap();
    for (url, error) in [
        ("https://connector.contoso.com", None),
        ("https://Connector.Contoso.com:443/x", None),
        ("https://connector.contoso.com:8443", Some(Port(8443))),
        ("http://connector.contoso.com", Some(Insecure)),
        (
            "https://a.connector.contoso.com",
            Some(host("a.connector.contoso.com")),
        ),
        ("https://contoso.com", Some(host("contoso.com"))),
        ("https://other.contoso.com:8443", None),
        ("https://other.contoso.com", Some(Port(443))),
        ("https://fabrikam.com", None),
        ("https://a.b.fabrikam.com", None),
        ("https://afabrikam.com", Some(host("afabrikam.com"))),
        (
            "https://api.botframework.com",
            Some(host("api.botframework.com")),
        ),
    ] {
        assert_eq!(urls.check(url).err(), error, "{url}");
    }
}

#[test]
fn loopback_is_this_machine_and_nothing_else() {
    let urls = ServiceUrls::documented().also_loopback();
    for (url, error) in [
        ("http://localhost:3978", None),
        ("http://LOCALHOST/", None),
        ("https://127.0.0.1:8443/", None),
        ("http://[::1]:3978/", None),
        ("http://127.0.0.2/", Some(host("127.0.0.2"))),
        (
            "http://localhost.evil.com/",
            Some(host("localhost.evil.com")),
        ),
        ("http://evil.localhost/", Some(host("evil.localhost"))),
        ("http://0.0.0.0/", Some(host("0.0.0.0"))),
        (
            "http://user@localhost/",
            Some(UnusualPart("user information")),
        ),
        ("http://api.botframework.com/", Some(Insecure)),
    ] {
        assert_eq!(urls.check(url).err(), error, "{url}");
    }
}

#[test]
fn without_a_limit_only_the_form_counts_and_nobody_is_trusted() {
    for (url, called) in [
        ("http://localhost:3978", true),
        ("http://10.0.0.5:9000/base/", true),
        ("https://api.botframework.com", true),
        ("http://[2001:db8::1]:80/", true),
        ("http://user@localhost", false),
        ("http://localhost/?q", false),
        ("http://localhost/..", false),
        ("ws://localhost", false),
        ("http://localhost:", false),
    ] {
        let checked = ServiceUrls::any().check(url);
        assert_eq!(checked.is_ok(), called, "{url}");
        assert!(!checked.is_ok_and(|url| url.is_trusted()), "{url}");
    }
}

#[test]
fn requests_go_below_the_url() {
    for (base, expected) in [
        (
            "https://api.botframework.com",
            "https://api.botframework.com/v3/x?y=z",
        ),
        (
            "https://api.botframework.com/",
            "https://api.botframework.com/v3/x?y=z",
        ),
        (
            "https://api.botframework.com///",
            "https://api.botframework.com/v3/x?y=z",
        ),
        (
            "https://smba.trafficmanager.net/amer",
            "https://smba.trafficmanager.net/amer/v3/x?y=z",
        ),
        (
            "https://smba.trafficmanager.net/amer/",
            "https://smba.trafficmanager.net/amer/v3/x?y=z",
        ),
        (
            "https://smba.trafficmanager.net/a/b/",
            "https://smba.trafficmanager.net/a/b/v3/x?y=z",
        ),
    ] {
        let url = ServiceUrls::documented().check(base).unwrap();
        assert_eq!(url.below("/v3/x?y=z").unwrap().to_string(), expected);
    }
}

/// The host as the strictest reader sees it: what stands between the scheme and the first sign that can end a host
/// for anybody.
fn strict_host(url: &str) -> Option<&str> {
    let rest = url.get(8..)?;
    let scheme = url.get(..8)?;
    let end = rest.find(['/', '\\', '?', '#', '@']).unwrap_or(rest.len());
    (scheme.eq_ignore_ascii_case("https://")).then(|| &rest[..end])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_put_together_only_documented_hosts_are_called(
        pieces in prop::collection::vec(
            prop_oneof![
                8 => prop::sample::select(vec![
                    "https://", "http://", "//", "/", "\\", "@", ":", ":443", ":80", "#", "?", ".", "..", "%2e", "%2F",
                    "%00", " ", "\t", "\r\n", "[", "]", "[::1]", "127.0.0.1", "evil.com", "evil", "botframework.com",
                    "api.botframework.com", "smba.trafficmanager.net", "teams.microsoft.us", "ä", "\u{3002}", "-", "x",
                ]).prop_map(str::to_owned),
                1 => any::<char>().prop_map(String::from),
            ],
            0..8,
        ),
        scheme in any::<bool>(),
    ) {
        let text = [if scheme { "https://" } else { "" }, &pieces.concat()].concat();
        if let Ok(url) = ServiceUrls::documented().check(&text) {
            let host = strict_host(&text).unwrap().to_ascii_lowercase();
            let host = host.strip_suffix(":443").unwrap_or(&host);
            let below = ["botframework.com", "teams.microsoft.us"];
            let documented = host == "smba.trafficmanager.net"
                || below.iter().any(|domain| {
                    host == *domain || host.strip_suffix(domain).is_some_and(|above| above.ends_with('.'))
                });
            prop_assert!(documented, "{text:?}");
            // What is called is what was checked.
            let called = url.below("/v3").unwrap();
            prop_assert_eq!(called.host().unwrap().to_ascii_lowercase(), host);
            prop_assert_eq!(called.scheme_str(), Some("https"));
            prop_assert!(matches!(called.port_u16(), None | Some(443)));
            prop_assert!(called.query().is_none() && called.path().ends_with("/v3"));
        }
    }
}
