//! Credentials as the environment names them.

use super::{Cloud, Credentials, TokenError};

/// The credentials that `variable` names. An empty variable is one that is not set.
pub(super) fn read(
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Credentials>, TokenError> {
    let variable = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let required = |name: &str| {
        variable(name).ok_or_else(|| TokenError::Credentials(format!("{name} is not set")))
    };
    let Some(app_id) = variable("MicrosoftAppId") else {
        return Ok(None);
    };
    let kind = variable("MicrosoftAppType").unwrap_or_else(|| "MultiTenant".to_owned());
    let credentials = match kind.trim().to_ascii_lowercase().as_str() {
        // A multi-tenant bot asks the Bot Framework's tenant, whatever its own is.
        "multitenant" => Credentials::secret(app_id, required("MicrosoftAppPassword")?),
        "singletenant" => Credentials::secret(app_id, required("MicrosoftAppPassword")?)
            .tenant(required("MicrosoftAppTenantId")?),
        "userassignedmsi" => {
            let credentials = Credentials::managed_identity(app_id);
            match variable("MicrosoftAppTenantId") {
                Some(tenant) => credentials.tenant(tenant),
                None => credentials,
            }
        }
        _ => {
            return Err(TokenError::Credentials(
                "MicrosoftAppType is not MultiTenant, SingleTenant or UserAssignedMSI".to_owned(),
            ));
        }
    };
    let cloud = match variable("ChannelService").as_deref() {
        None => Cloud::Public,
        Some("https://botframework.azure.us") => Cloud::UsGov,
        Some(_) => {
            return Err(TokenError::Credentials(
                "ChannelService is not that of a known cloud".to_owned(),
            ));
        }
    };
    Ok(Some(credentials.cloud(cloud)))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Variable = (&'static str, &'static str);
    type Case = (Vec<Variable>, Result<Option<&'static str>, &'static str>);

    #[test]
    fn variables_are_those_of_the_sdks() {
        let id = ("MicrosoftAppId", "app");
        let password = ("MicrosoftAppPassword", "hush-hush");
        let tenant = ("MicrosoftAppTenantId", "t-1");
        let kind = |kind| ("MicrosoftAppType", kind);
        let gov = ("ChannelService", "https://botframework.azure.us");
        let cases: [Case; 13] = [
            (vec![], Ok(None)),
            (vec![("MicrosoftAppId", " "), password], Ok(None)),
            (
                vec![id, password],
                Ok(Some("app, Secret(Secret(…)), None, Public")),
            ),
            (
                vec![id, password, kind("MultiTenant"), tenant],
                Ok(Some("app, Secret(Secret(…)), None, Public")),
            ),
            (
                vec![id, password, gov],
                Ok(Some("app, Secret(Secret(…)), None, UsGov")),
            ),
            (
                vec![id, password, kind("singletenant"), tenant],
                Ok(Some("app, Secret(Secret(…)), Some(\"t-1\"), Public")),
            ),
            (
                vec![id, kind("UserAssignedMSI")],
                Ok(Some("app, ManagedIdentity(Machine), None, Public")),
            ),
            (
                vec![id, kind("UserAssignedMSI"), tenant],
                Ok(Some("app, ManagedIdentity(Machine), Some(\"t-1\"), Public")),
            ),
            (vec![id], Err("MicrosoftAppPassword is not set")),
            (
                vec![id, password, kind("SingleTenant")],
                Err("MicrosoftAppTenantId is not set"),
            ),
            (
                vec![id, kind("SingleTenant"), tenant],
                Err("MicrosoftAppPassword is not set"),
            ),
            (
                vec![id, password, kind("Certificate")],
                Err("MicrosoftAppType is not MultiTenant, SingleTenant or UserAssignedMSI"),
            ),
            (
                vec![id, password, ("ChannelService", "https://evil.example")],
                Err("ChannelService is not that of a known cloud"),
            ),
        ];
        for (variables, expected) in cases {
            let read = read(|name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned())
            });
            let found = match read {
                Ok(credentials) => Ok(credentials.map(|credentials| credentials.summary())),
                Err(TokenError::Credentials(why)) => Err(why),
                Err(error) => panic!("{error}"),
            };
            let expected = match expected {
                Ok(summary) => Ok(summary.map(str::to_owned)),
                Err(why) => Err(why.to_owned()),
            };
            assert_eq!(found, expected, "{variables:?}");
        }
    }
}
