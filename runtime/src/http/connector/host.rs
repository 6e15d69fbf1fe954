//! Which hosts a bot may send to.

use http::uri::Authority;

/// A host, or all hosts of a domain, that may be called.
#[derive(Clone, Debug)]
pub(super) struct Host {
    name: Box<str>,
    subdomains: bool,
    port: Option<u16>,
}

/// The hosts at which Microsoft's clouds run channels, and whether the hosts below them are meant too.
///
/// Only where nobody else can put up a host: a traffic manager's or a storage account's name can be had by anyone, so
/// the one that Teams has is listed to the letter.
const DOCUMENTED: &[(&str, bool)] = &[
    ("botframework.com", true),
    ("botframework.us", true),
    ("botframework.azure.us", true),
    ("botframework.azure.cn", true),
    ("smba.trafficmanager.net", false),
    ("teams.microsoft.com", true),
    ("teams.microsoft.us", true),
];

impl Host {
    pub(super) fn documented() -> Vec<Host> {
        let hosts = DOCUMENTED.iter().map(|&(name, subdomains)| Host {
            name: name.into(),
            subdomains,
            port: None,
        });
        hosts.collect()
    }

    /// From `connector.contoso.com` or `connector.contoso.com:8443`.
    pub(super) fn new(text: &str, subdomains: bool) -> Result<Host, InvalidHost> {
        let invalid = || InvalidHost(text.chars().take(LONGEST_NAME).collect());
        let authority: Authority = text.parse().map_err(|_| invalid())?;
        let (name, port) = split(&authority).ok_or_else(invalid)?;
        if !is_name(name) {
            return Err(invalid());
        }
        Ok(Host {
            name: name.into(),
            subdomains,
            port,
        })
    }

    /// Whether this entry is about the host `name`, whatever the port.
    pub(super) fn is(&self, name: &str) -> bool {
        let Some(at) = name.len().checked_sub(self.name.len()) else {
            return false;
        };
        let (above, domain) = name.as_bytes().split_at(at);
        domain.eq_ignore_ascii_case(self.name.as_bytes())
            && (above.is_empty() || self.subdomains && above.last() == Some(&b'.'))
    }

    /// Whether `https` on this port is allowed; no port is 443.
    pub(super) fn takes(&self, port: Option<u16>) -> bool {
        port.unwrap_or(443) == self.port.unwrap_or(443)
    }
}

/// A text that names no host: `connector.contoso.com` and `connector.contoso.com:8443` do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a host with or without a port")]
pub struct InvalidHost(Box<str>);

/// RFC 1035, 2.3.4.
const LONGEST_NAME: usize = 253;

/// Host and port, when there is nothing else: no user, no empty port, none that is no number.
pub(super) fn split(authority: &Authority) -> Option<(&str, Option<u16>)> {
    let (name, port) = (authority.host(), authority.port());
    let length = name.len() + port.as_ref().map_or(0, |port| 1 + port.as_str().len());
    (authority.as_str().len() == length).then(|| (name, port.map(|port| port.as_u16())))
}

/// Labels of letters, digits, hyphens and underscores with single dots between them: no address in brackets, no
/// percent signs, no dot at the end.
pub(super) fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= LONGEST_NAME && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::Host;

    #[test]
    fn hosts_are_given_with_or_without_a_port() {
        for (text, valid) in [
            ("connector.contoso.com", true),
            ("connector.contoso.com:8443", true),
            ("localhost", true),
            ("10.0.0.5:3978", true),
            ("", false),
            (":8443", false),
            ("contoso.com:", false),
            ("contoso.com:x", false),
            ("contoso.com:99999", false),
            ("https://contoso.com", false),
            ("contoso.com/path", false),
            ("user@contoso.com", false),
            ("*.contoso.com", false),
            (".contoso.com", false),
            ("contoso.com.", false),
            ("contoso..com", false),
            ("[::1]", false),
            ("bücher.example", false),
        ] {
            assert_eq!(Host::new(text, false).is_ok(), valid, "{text:?}");
        }
    }

    #[test]
    fn a_domain_is_matched_at_its_labels() {
        let exact = Host::new("contoso.com", false).unwrap();
        let domain = Host::new("contoso.com", true).unwrap();
        for (name, is_exact, is_below) in [
            ("contoso.com", true, true),
            ("CONTOSO.com", true, true),
            ("a.contoso.com", false, true),
            ("a.b.Contoso.Com", false, true),
            ("evilcontoso.com", false, false),
            ("contoso.com.evil.com", false, false),
            ("ontoso.com", false, false),
            ("com", false, false),
        ] {
            assert_eq!(
                (exact.is(name), domain.is(name)),
                (is_exact, is_below),
                "{name}"
            );
        }
    }
}
