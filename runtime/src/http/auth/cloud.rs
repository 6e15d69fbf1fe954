//! The clouds, each with its issuers, keys and scopes.

/// The Azure cloud in which the bot is registered. It fixes who may sign tokens and where tokens come from.
///
/// The values are those of the Bot Framework SDK and the Agents SDK for .NET (`AuthenticationConstants`,
/// `GovernmentAuthenticationConstants`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cloud {
    /// Azure.
    #[default]
    Public,
    /// Azure Government of the United States.
    UsGov,
    /// Azure operated by 21Vianet in China.
    China,
}

/// The tenants of Microsoft that issue the tokens of the Emulator and of multi-tenant bots in the public cloud.
const PUBLIC_TENANTS: &[&str] = &[
    "d6d49420-f39b-4df7-a1dc-d59a935871db",
    "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    "69e9b82d-4842-4902-8d1e-abc5b98a55e8",
];

const US_GOV_TENANTS: &[&str] = &["cab8a31a-1906-4287-a0d8-4eef66b95f6e"];

impl Cloud {
    /// Who signs the tokens of channels.
    pub(super) fn channel_issuer(self) -> &'static str {
        match self {
            Cloud::Public => "https://api.botframework.com",
            Cloud::UsGov => "https://api.botframework.us",
            Cloud::China => "https://api.botframework.azure.cn",
        }
    }

    /// The metadata of whoever signs the tokens of channels.
    pub(super) fn channel_metadata(self) -> &'static str {
        match self {
            Cloud::Public => "https://login.botframework.com/v1/.well-known/openidconfiguration",
            Cloud::UsGov => {
                "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"
            }
            Cloud::China => {
                "https://login.botframework.azure.cn/v1/.well-known/openidconfiguration"
            }
        }
    }

    /// The metadata of Microsoft Entra, which signs the tokens of bots.
    pub(super) fn entra_metadata(self) -> &'static str {
        match self {
            Cloud::Public => {
                "https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration"
            }
            Cloud::UsGov => {
                "https://login.microsoftonline.us/cab8a31a-1906-4287-a0d8-4eef66b95f6e/v2.0/.well-known/openid-configuration"
            }
            Cloud::China => {
                "https://login.partner.microsoftonline.cn/a55a4d5b-9241-49b1-b4ff-befa8db00269/.well-known/openid-configuration"
            }
        }
    }

    /// As whom Entra signs tokens of `tenant`, in versions 1 and 2. In China the first is the one of the Agents SDK;
    /// the others are those of Entra's endpoints there.
    pub(super) fn entra_issuers(self, tenant: &str) -> Vec<String> {
        match self {
            Cloud::Public => vec![
                format!("https://sts.windows.net/{tenant}/"),
                format!("https://login.microsoftonline.com/{tenant}/v2.0"),
            ],
            Cloud::UsGov => vec![
                format!("https://sts.windows.net/{tenant}/"),
                format!("https://login.microsoftonline.us/{tenant}/v2.0"),
            ],
            Cloud::China => vec![
                format!(
                    "https://login.partner.microsoftonline.cn/0b4a31a2-c1a0-475d-b363-5f26668660a3/{tenant}/v2.0"
                ),
                format!("https://sts.chinacloudapi.cn/{tenant}/"),
                format!("https://login.partner.microsoftonline.cn/{tenant}/v2.0"),
            ],
        }
    }

    /// The tenants that are trusted without being named.
    pub(super) fn tenants(self) -> &'static [&'static str] {
        match self {
            Cloud::Public => PUBLIC_TENANTS,
            Cloud::UsGov => US_GOV_TENANTS,
            Cloud::China => &[],
        }
    }

    /// What `callerId` says of this cloud's channels (appendix V); it has no word for China.
    pub(super) fn caller_id(self) -> Option<&'static str> {
        match self {
            Cloud::Public => Some("urn:botframework:azure"),
            Cloud::UsGov => Some("urn:botframework:azureusgov"),
            Cloud::China => None,
        }
    }

    /// Where Entra gives tokens.
    pub(super) fn login(self) -> &'static str {
        match self {
            Cloud::Public => "https://login.microsoftonline.com",
            Cloud::UsGov => "https://login.microsoftonline.us",
            Cloud::China => "https://login.partner.microsoftonline.cn",
        }
    }

    /// The tenant that gives tokens to multi-tenant bots.
    pub(super) fn bot_framework_tenant(self) -> &'static str {
        match self {
            Cloud::Public => "botframework.com",
            Cloud::UsGov => "MicrosoftServices.onmicrosoft.us",
            Cloud::China => "0b4a31a2-c1a0-475d-b363-5f26668660a3",
        }
    }

    /// The scope of the tokens with which a bot calls a channel.
    pub fn scope(self) -> &'static str {
        match self {
            Cloud::Public => "https://api.botframework.com/.default",
            Cloud::UsGov => "https://api.botframework.us/.default",
            Cloud::China => "https://api.botframework.azure.cn/.default",
        }
    }
}
