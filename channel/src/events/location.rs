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

/// The path of a `file` URL, with `/` between its parts; none if it is no such URL.
pub(super) fn path(url: &str) -> Option<String> {
    let (mut path, mut rest) = (Vec::new(), url.strip_prefix("file://")?.as_bytes());
    while let Some((byte, after)) = rest.split_first() {
        let (byte, after) = match (byte, after) {
            (b'%', [high, low, after @ ..]) => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16);
                let byte = digit(high)? << 4 | digit(low)?;
                (u8::try_from(byte).ok()?, after)
            }
            (b'%', _) => return None,
            (byte, after) => (*byte, after),
        };
        path.push(byte);
        rest = after;
    }
    String::from_utf8(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_path_comes_back_from_its_url() {
        for folder in ["/a b/%2B1425/ü/content.wav", "/", "/ABC=7/0001", "/%"] {
            assert_eq!(
                path(&url(Path::new(folder)).unwrap()).as_deref(),
                Some(folder)
            );
        }
        for other in [
            "",
            "https://a/b",
            "file:///%",
            "file:///%4",
            "file:///%zz",
            "file:///%FF",
        ] {
            assert_eq!(path(other), None, "{other}");
        }
    }

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
