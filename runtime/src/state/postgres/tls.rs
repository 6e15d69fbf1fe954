//! TLS to the server.

use std::net::IpAddr;
use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::state::StateError;

/// A configuration with the roots of the system. Reads files.
pub(super) fn with_system_roots() -> Result<ClientConfig, StateError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(StateError::unavailable)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Decides where the URL does not: TLS with a server on another machine, none with one on this. The client's own default
/// is to take what the server offers, which whoever sits in between can have it not offer; and on this machine Debian's server
/// offers a certificate that nobody has signed.
pub(super) fn decide(url: &str, config: &mut Config) {
    if !url.contains("sslmode") {
        config.ssl_mode(if is_local(config) {
            SslMode::Disable
        } else {
            SslMode::Require
        });
    }
}

fn is_local(config: &Config) -> bool {
    let by_name = config.get_hosts().iter().all(|host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    });
    by_name && config.get_hostaddrs().iter().all(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_demanded_of_other_machines() {
        let mode = |url: &str| {
            let mut config: Config = url.parse().unwrap();
            decide(url, &mut config);
            config.get_ssl_mode()
        };
        assert_eq!(mode("postgres://bot@localhost/calls"), SslMode::Disable);
        assert_eq!(
            mode("postgres://bot@127.0.0.1:5433/calls"),
            SslMode::Disable
        );
        assert_eq!(mode("host=/run/postgresql user=bot"), SslMode::Disable);
        assert_eq!(mode("postgres://bot@db.example/calls"), SslMode::Require);
        assert_eq!(mode("host=localhost,db.example user=bot"), SslMode::Require);
        assert_eq!(
            mode("host=localhost hostaddr=192.0.2.7 user=bot"),
            SslMode::Require
        );
        let said = "postgres://bot@db.example/calls?sslmode=disable";
        assert_eq!(mode(said), SslMode::Disable);
        let said = "postgres://bot@localhost/calls?sslmode=require";
        assert_eq!(mode(said), SslMode::Require);
    }
}
