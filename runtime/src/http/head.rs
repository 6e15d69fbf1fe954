//! What the head of a request must say before its body is read.

use http::{HeaderMap, Method, StatusCode, header, request::Parts};

use super::problem::Problem;

/// Checks method, media type, encoding and declared length.
pub(super) fn check(head: &Parts, body_limit: usize) -> Result<(), Problem> {
    if head.method != Method::POST {
        return Err(Problem::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "activities are sent with POST",
        )
        .with_header(header::ALLOW, "POST"));
    }
    media_type(&head.headers)?;
    if let Some(encoding) = head.headers.get(header::CONTENT_ENCODING)
        && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
    {
        return Err(unsupported("the body must not be encoded"));
    }
    let length = head.headers.get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > body_limit as u64) {
        return Err(too_large(body_limit));
    }
    Ok(())
}

pub(super) fn too_large(limit: usize) -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "MessageSizeTooBig",
        format!("the body is longer than {limit} bytes"),
    )
}

fn unsupported(message: &str) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UnsupportedMediaType",
        message,
    )
}

/// `application/json` or `application/…+json`, in UTF-8 if it names a charset. RFC 8259 knows no other.
fn media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let mut contents = headers.get_all(header::CONTENT_TYPE).iter();
    let content = contents.next().and_then(|content| content.to_str().ok());
    if contents.next().is_some() {
        return Err(unsupported("there is more than one `Content-Type` header"));
    }
    let mut parts = content.unwrap_or_default().split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    if !is_json(media) {
        return Err(unsupported("the body must be `application/json`"));
    }
    for parameter in parts {
        let Some((name, value)) = parameter.split_once('=') else {
            continue;
        };
        let value = value.trim().trim_matches('"');
        let known = ["utf-8", "utf8", "us-ascii"]
            .iter()
            .any(|charset| value.eq_ignore_ascii_case(charset));
        if name.trim().eq_ignore_ascii_case("charset") && !known {
            return Err(unsupported("the body must be in UTF-8"));
        }
    }
    Ok(())
}

fn is_json(media: &str) -> bool {
    let Some((kind, subtype)) = media.split_once('/') else {
        return false;
    };
    let suffix = subtype.rsplit('+').next().unwrap_or(subtype);
    kind.eq_ignore_ascii_case("application") && suffix.eq_ignore_ascii_case("json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(method: Method, content_type: Option<&str>, more: &[(&str, &str)]) -> u16 {
        let mut request = http::Request::builder().method(method);
        for (name, value) in content_type
            .map(|value| ("CoNtEnT-TyPe", value))
            .iter()
            .chain(more)
        {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        check(&head, 100).map_or_else(|problem| problem.status().as_u16(), |()| 200)
    }

    #[test]
    fn only_posts_are_taken() {
        for method in [
            Method::GET,
            Method::PUT,
            Method::DELETE,
            Method::OPTIONS,
            Method::HEAD,
        ] {
            assert_eq!(status(method.clone(), Some("application/json"), &[]), 405);
        }
        assert_eq!(status(Method::POST, Some("application/json"), &[]), 200);
    }

    #[test]
    fn media_types_are_taken_in_any_case_and_in_utf_8_only() {
        for (content_type, expected) in [
            ("application/json", 200),
            ("APPLICATION/Json ; Charset=UTF-8", 200),
            ("application/json;charset=\"utf-8\"", 200),
            ("application/json; charset=utf8; v=1", 200),
            ("application/vnd.microsoft.activity+json", 200),
            ("application/json; charset=utf-16", 415),
            ("application/json; charset=iso-8859-1", 415),
            ("text/json", 415),
            ("text/plain", 415),
            ("application/jsonp", 415),
            ("json", 415),
            ("", 415),
        ] {
            assert_eq!(
                status(Method::POST, Some(content_type), &[]),
                expected,
                "{content_type}"
            );
        }
        assert_eq!(status(Method::POST, None, &[]), 415);
    }

    #[test]
    fn what_is_encoded_or_declares_too_much_is_refused_unread() {
        let json = Some("application/json");
        for (header, value, expected) in [
            ("content-encoding", "gzip", 415),
            ("content-encoding", "Identity", 200),
            ("content-length", "100", 200),
            ("content-length", "101", 413),
            ("content-length", "18446744073709551615", 413),
        ] {
            assert_eq!(
                status(Method::POST, json, &[(header, value)]),
                expected,
                "{header}: {value}"
            );
        }
    }
}
