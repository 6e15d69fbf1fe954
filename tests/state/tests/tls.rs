//! TLS to the servers: it is spoken, and a certificate of an unknown authority is refused.

use std::process::Command;
use std::sync::Arc;

use onhook::state::{PostgresStore, RedisStore, StateError, StateStore};
use onhook_state_tests::{Postgres, Redis, certificate};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

fn config(roots: RootCertStore) -> ClientConfig {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth()
}

fn authority() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    let authority = CertificateDer::from_pem_file(certificate::path("authority.pem"));
    roots.add(authority.unwrap()).unwrap();
    roots
}

fn reason(error: &StateError) -> String {
    let mut source = std::error::Error::source(error);
    let mut reasons = Vec::new();
    while let Some(error) = source {
        reasons.push(error.to_string());
        source = error.source();
    }
    reasons.join("; ")
}

#[tokio::test]
async fn postgres_with_an_authority_of_ones_own() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = format!("{}?sslmode=require", server.url());
    let believed = PostgresStore::builder(&url).tls(config(authority()));
    let store = believed.connect().await.unwrap();
    assert_eq!(store.get("a").await.unwrap(), None);
    let unknown = PostgresStore::builder(&url).tls(config(RootCertStore::empty()));
    let error = unknown.connect().await.unwrap_err();
    assert!(reason(&error).contains("certificate"), "{}", reason(&error));
}

/// Runs `test` of this binary in a process of its own with these roots of the system; true in that process.
fn with_roots(test: &str, roots: &std::path::Path) -> bool {
    if std::env::var_os("ONHOOK_TEST_ROOTS").is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env("ONHOOK_TEST_ROOTS", "set")
        .env("SSL_CERT_FILE", roots)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{errors}");
    assert!(said.contains("1 passed"), "{said}");
    eprint!("{errors}");
    false
}

#[test]
fn redis_with_the_roots_of_the_system() {
    if with_roots(
        "redis_with_the_roots_of_the_system",
        &certificate::path("authority.pem"),
    ) {
        in_a_runtime(async {
            let Some(server) = Redis::start() else {
                return;
            };
            let store = RedisStore::connect(server.tls_url()).await.unwrap();
            assert_eq!(store.get("a").await.unwrap(), None);
        });
    }
}

#[test]
fn redis_of_an_unknown_authority() {
    if with_roots(
        "redis_of_an_unknown_authority",
        std::path::Path::new("/dev/null"),
    ) {
        in_a_runtime(async {
            let Some(server) = Redis::start() else {
                return;
            };
            let error = RedisStore::connect(server.tls_url()).await.unwrap_err();
            let reason = reason(&error).to_lowercase();
            assert!(reason.contains("certificate"), "{reason}");
        });
    }
}

fn in_a_runtime(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}
