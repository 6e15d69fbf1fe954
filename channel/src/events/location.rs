//! The address of a file.

use std::fmt::Write;
use std::path::Path;

/// The `file` URL of a path (RFC 8089); none if the path is no UTF-8.
pub(super) fn url(path: &Path) -> Option<String> {
    let path = std::path::absolute(path).ok()?;
    let mut url = "file://".to_owned();
    for byte in path.to_str()?.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                url.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => url.push('/'),
            // Writing into a string does not fail.
            _ => write!(url, "%{byte:02X}").unwrap_or_default(),
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_is_no_letter_of_a_url_is_encoded() {
        // A folder whose name is percent-encoded itself must come back as it is.
        assert_eq!(
            url(Path::new("/a b/%2B1425/ü/content.wav")).as_deref(),
            Some("file:///a%20b/%252B1425/%C3%BC/content.wav")
        );
    }
}
