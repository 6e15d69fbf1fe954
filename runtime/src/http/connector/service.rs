//! The API at one service URL.

use bytes::Bytes;
use http::{Method, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::attempt::Call;
use super::path::Path;
use super::{ConnectorClient, ConnectorError, ServiceUrl};
use crate::activity::{ResourceResponse, surrogate};

/// The REST API of a channel at one service URL; made by [`ConnectorClient::service`].
///
/// Each operation is named by the specification's name for it, and is one request, repeated as
/// [`RetryPolicy`](super::RetryPolicy) says. Ids are percent-encoded.
///
/// ```no_run
/// use onhook::http::connector::ConnectorClient;
///
/// # async fn members(client: ConnectorClient) -> onhook::Result {
/// let service = client.service("https://smba.trafficmanager.net/amer/")?;
/// for member in service.members("19:meeting@thread.v2").await? {
///     println!("{:?}", member.name);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Service<'c> {
    client: &'c ConnectorClient,
    url: ServiceUrl,
}

impl<'c> Service<'c> {
    pub(super) fn new(client: &'c ConnectorClient, url: ServiceUrl) -> Service<'c> {
        Service { client, url }
    }

    /// A call without a body.
    pub(super) fn call(&self, method: Method, path: &Path) -> Result<Call, ConnectorError> {
        let uri = self.url.below(path.as_str());
        Ok(Call {
            method,
            uri: uri.map_err(ConnectorError::Address)?,
            body: Bytes::new(),
            trusted: self.url.is_trusted(),
        })
    }

    /// A call with `body` as JSON.
    pub(super) fn call_with<T: Serialize>(
        &self,
        method: Method,
        path: &Path,
        body: &T,
    ) -> Result<Call, ConnectorError> {
        let body = serde_json::to_vec(body).map_err(ConnectorError::Value)?;
        Ok(Call {
            body: body.into(),
            ..self.call(method, path)?
        })
    }

    pub(super) async fn make(&self, call: Call) -> Result<Response<Bytes>, ConnectorError> {
        self.client.make(call).await
    }

    /// What is at `path`.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &Path) -> Result<T, ConnectorError> {
        let call = self.call(Method::GET, path)?;
        read(&self.make(call).await?)
    }

    /// Sends `body` to `path` and reads what comes back.
    pub(super) async fn post<B: Serialize, T: DeserializeOwned>(
        &self,
        path: &Path,
        body: &B,
    ) -> Result<T, ConnectorError> {
        let call = self.call_with(Method::POST, path, body)?;
        read(&self.make(call).await?)
    }

    pub(super) async fn delete(&self, path: &Path) -> Result<(), ConnectorError> {
        let call = self.call(Method::DELETE, path)?;
        self.make(call).await.map(drop)
    }
}

impl ConnectorClient {
    /// Makes a call that hands over an activity. Once the channel has taken it, it is sent, whatever the body of the
    /// answer is: some channels give no id, some no body, some an empty one.
    pub(super) async fn hand_over(&self, call: Call) -> Result<ResourceResponse, ConnectorError> {
        let response = self.make(call).await?;
        let given = surrogate::read_slice::<ResourceResponse>(response.body());
        let mut given = given.unwrap_or_default();
        given.id = given.id.filter(|id| !id.is_empty());
        Ok(given)
    }
}

impl Service<'_> {
    pub(super) async fn hand_over(&self, call: Call) -> Result<ResourceResponse, ConnectorError> {
        self.client.hand_over(call).await
    }
}

fn read<T: DeserializeOwned>(response: &Response<Bytes>) -> Result<T, ConnectorError> {
    surrogate::read_slice(response.body()).map_err(ConnectorError::Unreadable)
}
