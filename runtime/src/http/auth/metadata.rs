//! Where the keys of an issuer are.

use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, StatusCode, Uri};
use serde::Deserialize;

use super::SetupError;
use super::key_set::KeySet;
use crate::http::{Transport, TransportError};

const MAX_METADATA: usize = 64 * 1024;
/// The Bot Framework's keys come with certificates and endorsements, and have some 100 KiB.
const MAX_KEY_SET: usize = 1024 * 1024;

/// The URL of an issuer's metadata, which name the URL of its keys (`OpenID` Connect Discovery 1.0, 3).
#[derive(Debug)]
pub(super) struct Metadata(Uri);

/// Why the keys were not had.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error(transparent)]
    Transport(#[from] TransportError),
    #[error("the answer has status {0}")]
    Status(StatusCode),
    #[error("{0}")]
    Unusable(&'static str),
}

#[derive(Deserialize)]
struct Document {
    jwks_uri: String,
}

impl Metadata {
    pub(super) fn at(url: &str) -> Result<Metadata, SetupError> {
        match url.parse::<Uri>() {
            Ok(uri)
                if uri.authority().is_some()
                    && matches!(uri.scheme_str(), Some("https" | "http")) =>
            {
                Ok(Metadata(uri))
            }
            _ => Err(SetupError::MetadataUrl(url.to_owned())),
        }
    }

    /// The URL.
    pub(super) fn url(&self) -> &Uri {
        &self.0
    }

    /// Fetches the metadata and then the keys. The keys may be on another host, as in the SDKs: the metadata came
    /// over TLS from the issuer and may say so.
    pub(super) async fn fetch(&self, transport: &dyn Transport) -> Result<KeySet, FetchError> {
        let document = get(transport, self.0.clone(), MAX_METADATA).await?;
        let document: Document = serde_json::from_slice(&document)
            .map_err(|_| FetchError::Unusable("the metadata do not name the keys"))?;
        let keys = self.keys_at(&document.jwks_uri)?;
        let keys = get(transport, keys, MAX_KEY_SET).await?;
        KeySet::read(&keys).map_err(FetchError::Unusable)
    }

    fn keys_at(&self, url: &str) -> Result<Uri, FetchError> {
        let url: Uri = url
            .parse()
            .map_err(|_| FetchError::Unusable("the url of the keys is malformed"))?;
        let is_https = url.scheme() == Some(&Scheme::HTTPS);
        let is_http = url.scheme() == Some(&Scheme::HTTP);
        if url.authority().is_none() || !(is_https || is_http && self.0.scheme() == url.scheme()) {
            return Err(FetchError::Unusable("the url of the keys is not https"));
        }
        Ok(url)
    }
}

async fn get(transport: &dyn Transport, url: Uri, longest: usize) -> Result<Bytes, FetchError> {
    let mut request = Request::new(Bytes::new());
    *request.uri_mut() = url;
    let response = transport.exchange(request).await?;
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status()));
    }
    if response.body().len() > longest {
        return Err(FetchError::Transport(TransportError::TooLong(longest)));
    }
    Ok(response.into_body())
}
