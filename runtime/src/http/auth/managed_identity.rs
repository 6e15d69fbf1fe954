//! The identity that Azure gives the machine on which the bot runs.

use super::secret::Secret;

/// Where a virtual machine asks for tokens: a link-local address that no other machine can answer at.
const MACHINE: &str =
    "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01";

/// Where tokens of a managed identity come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ManagedIdentity {
    /// The Instance Metadata Service of a virtual machine.
    Machine,
    /// The endpoint of an App Service, with the header that it wants to see.
    AppService { endpoint: String, header: Secret },
}

impl ManagedIdentity {
    /// That of this machine: an App Service says where to ask in `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
    pub(super) fn here(variable: impl Fn(&str) -> Option<String>) -> ManagedIdentity {
        match (variable("IDENTITY_ENDPOINT"), variable("IDENTITY_HEADER")) {
            (Some(endpoint), Some(header)) => ManagedIdentity::AppService {
                endpoint,
                header: Secret::new(header),
            },
            _ => ManagedIdentity::Machine,
        }
    }

    /// The URL to ask at, up to the query's next part.
    pub(super) fn url(&self) -> String {
        match self {
            ManagedIdentity::Machine => MACHINE.to_owned(),
            ManagedIdentity::AppService { endpoint, .. } => {
                format!("{endpoint}?api-version=2019-08-01")
            }
        }
    }

    /// The header that a request without it, made through somebody else's fault, does not have.
    pub(super) fn header(&self) -> (&'static str, &str) {
        match self {
            ManagedIdentity::Machine => ("metadata", "true"),
            ManagedIdentity::AppService { header, .. } => ("x-identity-header", header.reveal()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_service_names_its_endpoint_and_its_header() {
        let endpoint = ("IDENTITY_ENDPOINT", "http://127.0.0.1:41009/msi/token");
        let header = ("IDENTITY_HEADER", "hush-hush");
        let here = |set: &[(&str, &str)]| {
            ManagedIdentity::here(|name| {
                let found = set.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        for set in [&[][..], &[endpoint], &[header]] {
            assert_eq!(here(set), ManagedIdentity::Machine);
        }
        let identity = here(&[endpoint, header]);
        assert_eq!(
            identity.url(),
            "http://127.0.0.1:41009/msi/token?api-version=2019-08-01"
        );
        assert_eq!(identity.header(), ("x-identity-header", "hush-hush"));
        assert!(!format!("{identity:?}").contains("hush"));
    }
}
