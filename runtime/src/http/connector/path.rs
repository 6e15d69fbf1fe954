//! The path of a request, with ids in it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::ConnectorError;
use super::service_url::is_dots;

/// All but the unreserved characters (RFC 3986, 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path and its query, such as `/v3/conversations/{id}/members`.
#[derive(Debug)]
pub(super) struct Path {
    text: String,
    asked: bool,
}

impl Path {
    /// The list of the conversations.
    pub(super) fn conversations() -> Path {
        Path::new("/v3/conversations")
    }

    /// One conversation.
    pub(super) fn conversation(id: &str) -> Result<Path, ConnectorError> {
        Path::conversations().id("conversation", id)
    }

    /// The list of the attachments.
    pub(super) fn attachments() -> Path {
        Path::new("/v3/attachments")
    }

    fn new(text: &str) -> Path {
        // Room for ids: those of conversations have a hundred characters and more.
        let mut path = String::with_capacity(256);
        path.push_str(text);
        Path {
            text: path,
            asked: false,
        }
    }

    /// A fixed word.
    pub(super) fn word(mut self, word: &str) -> Path {
        self.text.push('/');
        self.text.push_str(word);
        self
    }

    /// The id of a `what`, percent-encoded as one segment.
    ///
    /// An empty id, `.` and `..` are errors: no encoding keeps a server from reading them as another route, for
    /// servers decode `%2E` before they resolve dot segments (RFC 3986, 6.2.2.2).
    pub(super) fn id(mut self, what: &'static str, id: &str) -> Result<Path, ConnectorError> {
        if id.is_empty() || is_dots(id) {
            return Err(ConnectorError::Id(what));
        }
        self.text.push('/');
        self.text.extend(utf8_percent_encode(id, RESERVED));
        Ok(self)
    }

    /// One more parameter of the query, if it is there.
    pub(super) fn query(mut self, name: &str, value: Option<&str>) -> Path {
        if let Some(value) = value {
            self.text.push(if self.asked { '&' } else { '?' });
            self.text.push_str(name);
            self.text.push('=');
            self.text.extend(utf8_percent_encode(value, RESERVED));
            self.asked = true;
        }
        self
    }

    pub(super) fn as_str(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_segment_whatever_is_in_it() {
        for (id, segment) in [
            ("abc-DEF_1.2~3", "abc-DEF_1.2~3"),
            ("a/b", "a%2Fb"),
            ("../..", "..%2F.."),
            ("...", "..."),
            (".a", ".a"),
            ("a?b=c&d", "a%3Fb%3Dc%26d"),
            ("a#b", "a%23b"),
            ("100%", "100%25"),
            ("a%2Fb", "a%252Fb"),
            ("a b+c", "a%20b%2Bc"),
            (
                "19:x@thread.v2;messageid=1",
                "19%3Ax%40thread.v2%3Bmessageid%3D1",
            ),
            ("ä語", "%C3%A4%E8%AA%9E"),
            ("a\r\nHost: evil", "a%0D%0AHost%3A%20evil"),
            ("\0", "%00"),
            ("a\\b", "a%5Cb"),
        ] {
            let path = Path::conversation(id).unwrap();
            assert_eq!(path.as_str(), format!("/v3/conversations/{segment}"));
        }
    }

    #[test]
    fn an_id_that_names_another_route_is_refused() {
        for id in ["", ".", "..", "%2e", "%2E%2e", ".%2E"] {
            let error = Path::conversation("c").and_then(|path| path.id("activity", id));
            assert!(matches!(error, Err(ConnectorError::Id("activity"))), "{id}");
        }
    }

    #[test]
    fn what_is_asked_for_stands_in_the_query() {
        let path = Path::conversations()
            .query("a", None)
            .query("b", Some("1&2=3"))
            .query("c", Some(""))
            .query("d", Some("é"));
        assert_eq!(path.as_str(), "/v3/conversations?b=1%262%3D3&c=&d=%C3%A9");
    }
}
