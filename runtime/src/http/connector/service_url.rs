//! Whom the bot calls: the service URL of an activity, checked before anything goes there.

use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;
use http::uri::{Authority, Scheme};

use super::host::{self, Host, InvalidHost};

/// Which service URLs a bot calls, and so who gets its token.
///
/// A service URL comes with each activity. Whoever can make the bot believe one would get the bot's token and the
/// caller's words, and could make it call into its own network. So a URL is called only if it is `https` on port 443
/// at a host where Microsoft's clouds run channels, or at one that was added here.
///
/// ```
/// use onhook::http::connector::ServiceUrls;
///
/// let urls = ServiceUrls::documented().also("connector.contoso.com:8443")?;
/// assert!(urls.check("https://smba.trafficmanager.net/amer/").is_ok());
/// assert!(urls.check("https://connector.contoso.com:8443").is_ok());
/// assert!(urls.check("https://evilbotframework.com").is_err());
/// # Ok::<(), onhook::http::connector::InvalidHost>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct ServiceUrls {
    /// None for no limit.
    hosts: Option<Vec<Host>>,
    loopback: bool,
}

impl ServiceUrls {
    /// The hosts of Microsoft's clouds: `botframework.com`, `botframework.us`, `botframework.azure.us`,
    /// `botframework.azure.cn`, `teams.microsoft.com`, `teams.microsoft.us` and what is below them, and
    /// `smba.trafficmanager.net`.
    pub fn documented() -> ServiceUrls {
        ServiceUrls {
            hosts: Some(Host::documented()),
            loopback: false,
        }
    }

    /// Nobody, until hosts are added.
    pub fn none() -> ServiceUrls {
        ServiceUrls {
            hosts: Some(Vec::new()),
            loopback: false,
        }
    }

    /// Everybody, by `http` too: for a bot without authentication on one's own machine. As nothing says who they
    /// are, **no token** goes along.
    pub fn any() -> ServiceUrls {
        ServiceUrls {
            hosts: None,
            loopback: true,
        }
    }

    /// Adds one host, by `https`: `connector.contoso.com`, or with a port that is not 443, `connector.contoso.com:8443`.
    pub fn also(self, host: &str) -> Result<ServiceUrls, InvalidHost> {
        self.with(host, false)
    }

    /// Adds a host and everything below it, by `https`: everybody who can put up a host there can get a token.
    pub fn also_below(self, domain: &str) -> Result<ServiceUrls, InvalidHost> {
        self.with(domain, true)
    }

    /// Adds this machine (`localhost`, `127.0.0.1`, `[::1]`) on every port, by `http` too: for a channel that runs
    /// beside the bot, such as an emulator. Every program on the machine can then get a token.
    pub fn also_loopback(mut self) -> ServiceUrls {
        self.loopback = true;
        self
    }

    fn with(mut self, host: &str, subdomains: bool) -> Result<ServiceUrls, InvalidHost> {
        let host = Host::new(host, subdomains)?;
        if let Some(hosts) = &mut self.hosts {
            hosts.push(host);
        }
        Ok(self)
    }

    /// Whether `url` may be called. What is checked is what is called: the text is read once.
    pub fn check(&self, url: &str) -> Result<ServiceUrl, ServiceUrlError> {
        let url = ServiceUrl::read(url)?;
        let (name, port) = url.host();
        let Some(hosts) = &self.hosts else {
            return Ok(url);
        };
        if !(self.loopback && is_loopback(name)) {
            let mut named = hosts.iter().filter(|host| host.is(name)).peekable();
            if named.peek().is_none() {
                return Err(ServiceUrlError::Host(name.into()));
            }
            if url.scheme != Scheme::HTTPS {
                return Err(ServiceUrlError::Insecure);
            }
            if !named.any(|host| host.takes(port)) {
                return Err(ServiceUrlError::Port(port.unwrap_or(443)));
            }
        }
        Ok(ServiceUrl {
            trusted: true,
            ..url
        })
    }
}

impl Default for ServiceUrls {
    fn default() -> ServiceUrls {
        ServiceUrls::documented()
    }
}

/// A service URL that may be called.
#[derive(Clone, Debug)]
pub struct ServiceUrl {
    scheme: Scheme,
    authority: Authority,
    /// Begins with a slash or is empty, and does not end with one.
    path: Box<str>,
    trusted: bool,
}

/// Longer than any that a channel sends.
const LONGEST: usize = 2048;

impl ServiceUrl {
    /// The URL of `path_and_query`, which begins with a slash, below this one.
    pub(super) fn below(&self, path_and_query: &str) -> Result<Uri, http::Error> {
        let path = [&self.path, path_and_query].concat();
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(path)
            .build()
    }

    /// Whether the bot's token may go there.
    pub(super) fn is_trusted(&self) -> bool {
        self.trusted
    }

    fn host(&self) -> (&str, Option<u16>) {
        host::split(&self.authority).unwrap_or(("", None))
    }

    fn read(text: &str) -> Result<ServiceUrl, ServiceUrlError> {
        use ServiceUrlError::{Malformed, UnusualPart};
        if text.len() > LONGEST {
            return Err(Malformed);
        }
        // The parser drops a fragment, and browsers read a backslash as a slash.
        if let Some(sign) = text.chars().find(|sign| "?#\\".contains(*sign)) {
            return Err(UnusualPart(match sign {
                '?' => "a query",
                '#' => "a fragment",
                _ => "a backslash",
            }));
        }
        let uri: Uri = text.parse().map_err(|_| Malformed)?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(Malformed);
        };
        if scheme != Scheme::HTTPS && scheme != Scheme::HTTP {
            return Err(Malformed);
        }
        if authority.as_str().contains('@') {
            return Err(UnusualPart("user information"));
        }
        let (name, _) = host::split(&authority).ok_or(Malformed)?;
        if !host::is_name(name) && in_brackets(name).is_none() {
            return Err(Malformed);
        }
        let path = parts.path_and_query;
        let path = path.as_ref().map_or("", |path| path.path());
        if path.split('/').any(is_dots) {
            return Err(UnusualPart("a dot segment"));
        }
        let path = path.trim_end_matches('/').into();
        Ok(ServiceUrl {
            scheme,
            authority,
            path,
            trusted: false,
        })
    }
}

/// Whether a segment is `.` or `..`, as text or percent-encoded: servers read both the same way.
pub(super) fn is_dots(segment: &str) -> bool {
    let decoded = segment.replace("%2e", ".").replace("%2E", ".");
    matches!(&*decoded, "." | "..")
}

fn in_brackets(name: &str) -> Option<Ipv6Addr> {
    name.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

fn is_loopback(name: &str) -> bool {
    name.eq_ignore_ascii_case("localhost")
        || name.parse() == Ok(Ipv4Addr::LOCALHOST)
        || in_brackets(name) == Some(Ipv6Addr::LOCALHOST)
}

/// Why a service URL is not called. Nothing was sent there, and no token was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceUrlError {
    /// It is no absolute `http` or `https` URL.
    #[error("the service url is not an absolute http or https url")]
    Malformed,
    /// It has something that no service URL has, and that different readers read differently.
    #[error("the service url has {0}")]
    UnusualPart(&'static str),
    /// It is not `https`.
    #[error("the service url is not https")]
    Insecure,
    /// The host is allowed, on another port.
    #[error("port {0} of the service url is not allowed")]
    Port(u16),
    /// The host is not among those allowed; a channel of your own is added with
    /// [`ServiceUrls::also`].
    #[error("the host `{0}` of the service url is not allowed")]
    Host(Box<str>),
}

#[cfg(test)]
mod tests;
