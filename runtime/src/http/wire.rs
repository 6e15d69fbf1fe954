//! What a server owes to HTTP/1.1 beyond what its parser does.

use http::{HeaderMap, Request, StatusCode, Version, header};

use super::authority;
use super::problem::Problem;

/// The longest path and query of a target, in bytes: RFC 9110, 4.1, asks for 8000 at least.
const TARGET: usize = 8 * 1024;

/// Checks a request as it came from a connection.
///
/// # Errors
/// 414 if its target is too long; 400 if it is HTTP/1.1 and has no `Host` (RFC 9112, 3.2), or is chunked twice; 501 for a
/// transfer coding that is not known (6.1).
pub(super) fn check<R>(request: &Request<R>) -> Result<(), Problem> {
    let headers = request.headers();
    let target = request
        .uri()
        .path_and_query()
        .map_or("", |path| path.as_str());
    if target.len() > TARGET {
        return Err(Problem::new(
            StatusCode::URI_TOO_LONG,
            "UriTooLong",
            format!("the target is longer than {TARGET} bytes"),
        ));
    }
    if request.version() == Version::HTTP_11 && !headers.contains_key(header::HOST) {
        return Err(authority::bad("there is no `Host` header"));
    }
    transfer_codings(headers)
}

/// The parser has seen to it that the last coding is `chunked`, and takes the others for granted.
fn transfer_codings(headers: &HeaderMap) -> Result<(), Problem> {
    let mut chunked = 0;
    for field in headers.get_all(header::TRANSFER_ENCODING) {
        for coding in field.as_bytes().split(|byte| *byte == b',') {
            let coding = coding.trim_ascii();
            if coding.eq_ignore_ascii_case(b"chunked") {
                chunked += 1;
            } else if !coding.is_empty() {
                return Err(Problem::new(
                    StatusCode::NOT_IMPLEMENTED,
                    "NotImplemented",
                    "the only transfer coding is `chunked`",
                ));
            }
        }
    }
    if chunked > 1 {
        return Err(authority::bad("the body is chunked more than once"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_transfer_coding_is_chunked() {
        for (fields, status) in [
            (&[][..], 200),
            (&["chunked"], 200),
            (&["Chunked"], 200),
            (&[", chunked ,"], 200),
            (&["gzip, chunked"], 501),
            (&["gzip", "chunked"], 501),
            (&["identity, chunked"], 501),
            (&["chunked;a=b"], 501),
            (&["chunked, chunked"], 400),
            (&["chunked", "chunked"], 400),
        ] {
            let mut request = Request::post("/").header("host", "localhost");
            for field in fields {
                request = request.header("transfer-encoding", *field);
            }
            let checked = check(&request.body(()).unwrap());
            let found = checked.map_or_else(|problem| problem.status().as_u16(), |()| 200);
            assert_eq!(found, status, "{fields:?}");
        }
    }

    #[test]
    fn http_1_1_has_a_host_field() {
        for (version, host, status) in [
            (Version::HTTP_11, Some("localhost"), 200),
            (Version::HTTP_11, None, 400),
            (Version::HTTP_10, None, 200),
        ] {
            let mut request = Request::post("/").version(version);
            if let Some(host) = host {
                request = request.header("host", host);
            }
            let checked = check(&request.body(()).unwrap());
            let found = checked.map_or_else(|problem| problem.status().as_u16(), |()| 200);
            assert_eq!(found, status, "{version:?} {host:?}");
        }
    }
}
