//! For whom a request is: the host that it names.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, StatusCode, Uri, header};

use super::problem::Problem;

/// The host that a request names: in its target, or else in its `Host` field (RFC 9112, 3.2). `None` if in neither, as
/// in HTTP/1.0.
///
/// # Errors
/// 400 if there is more than one `Host` field, or if one is no host.
pub(super) fn of<'h>(target: &'h Uri, headers: &'h HeaderMap) -> Result<Option<&'h str>, Problem> {
    let mut fields = headers.get_all(header::HOST).iter();
    let field = fields.next();
    if fields.next().is_some() {
        return Err(bad("there is more than one `Host` header"));
    }
    let field = field
        .map(|field| {
            let host = field.to_str().ok().and_then(host);
            host.ok_or_else(|| bad("the `Host` header is not the name of a host"))
        })
        .transpose()?;
    // A proxy is told of its target, and so is who takes the place of one.
    Ok(target.host().or(field))
}

pub(super) fn bad(message: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BadSyntax", message)
}

/// The host of `host[:port]`, if it is one (RFC 3986, 3.2.2). An empty name is none in a URL of HTTP.
fn host(text: &str) -> Option<&str> {
    let end = match text.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, port) = text.split_at_checked(end)?;
    let digits = port.strip_prefix(':').unwrap_or(port);
    let has_port = port.is_empty() || port.starts_with(':');
    let is_valid = has_port && digits.bytes().all(|byte| byte.is_ascii_digit()) && is_host(host);
    is_valid.then_some(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
    {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let mut bytes = host.bytes();
    while let Some(byte) = bytes.next() {
        let valid = match byte {
            b'%' => (0..2).all(|_| bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit())),
            _ => byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte),
        };
        if !valid {
            return false;
        }
    }
    !host.is_empty()
}

/// Whether the name leads to this machine and to no other, whoever answers for names: `localhost`, what is below it
/// (RFC 6761, 6.3), and addresses of loopback.
pub(super) fn is_loopback(host: &str) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let name = bare.strip_suffix('.').unwrap_or(bare);
    let last = name.rsplit('.').next().unwrap_or(name);
    let address = name.parse::<IpAddr>();
    last.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str, fields: &[&str]) -> Result<Option<String>, u16> {
        let mut request = http::Request::post(target);
        for field in fields {
            request = request.header("Host", *field);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        match of(&head.uri, &head.headers) {
            Ok(host) => Ok(host.map(str::to_owned)),
            Err(problem) => Err(problem.status().as_u16()),
        }
    }

    #[test]
    fn a_host_has_a_name_and_perhaps_a_port() {
        for (field, expected) in [
            ("localhost", Some("localhost")),
            ("localhost:3978", Some("localhost")),
            ("localhost:", Some("localhost")),
            ("LOCALHOST.", Some("LOCALHOST.")),
            ("127.0.0.1:80", Some("127.0.0.1")),
            ("[::1]", Some("[::1]")),
            ("[::1]:3978", Some("[::1]")),
            ("[::ffff:127.0.0.1]", Some("[::ffff:127.0.0.1]")),
            ("bot_1.contoso.com", Some("bot_1.contoso.com")),
            ("a%20b", Some("a%20b")),
            ("", None),
            (":80", None),
            ("localhost:http", None),
            ("localhost:80:80", None),
            ("localhost 127.0.0.1", None),
            ("user@localhost", None),
            ("localhost/path", None),
            ("http://localhost", None),
            ("::1", None),
            ("[::1", None),
            ("[::1]80", None),
            ("[localhost]", None),
            ("[]", None),
            ("a%2", None),
            ("b\"c", None),
        ] {
            let expected = expected.map(|host| Some(host.to_owned())).ok_or(400);
            assert_eq!(asked("/api/messages", &[field]), expected, "{field:?}");
        }
    }

    #[test]
    fn the_target_counts_before_the_field() {
        for (target, fields, expected) in [
            ("/", &[][..], Ok(None)),
            ("/", &["a"], Ok(Some("a"))),
            ("http://b:80/", &["a"], Ok(Some("b"))),
            ("http://b/", &[], Ok(Some("b"))),
            ("http://b/", &["a", "a"], Err(400)),
            ("/", &["a", "a"], Err(400)),
            ("/", &["a", "b"], Err(400)),
            ("http://b/", &["/"], Err(400)),
        ] {
            let expected = expected.map(|host: Option<&str>| host.map(str::to_owned));
            assert_eq!(asked(target, fields), expected, "{target} {fields:?}");
        }
    }

    #[test]
    fn names_of_loopback() {
        for (host, expected) in [
            ("localhost", true),
            ("LocalHost", true),
            ("localhost.", true),
            ("bot.localhost", true),
            ("a.b.LOCALHOST.", true),
            ("127.0.0.1", true),
            ("127.255.3.4", true),
            ("127.0.0.1.", true),
            ("[::1]", true),
            ("[0:0:0:0:0:0:0:1]", true),
            ("[::ffff:127.0.0.1]", true),
            ("localhost..", false),
            ("localhost.evil.example", false),
            ("127.0.0.1.evil.example", false),
            ("notlocalhost", false),
            ("evil.example", false),
            ("0.0.0.0", false),
            ("[::]", false),
            ("10.0.0.1", false),
            ("128.0.0.1", false),
            ("127.1", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), expected, "{host:?}");
        }
    }
}
