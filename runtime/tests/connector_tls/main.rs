//! The default transport over TLS: whom it believes, and that it keeps such connections too.
//!
//! The roots of the system are read from the file that `SSL_CERT_FILE` names, so each test runs itself again in a
//! process of its own, with that variable. The authority beside this file is nobody's, and its key is thrown away.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Method, Request, Response};
use onhook::http::{HttpClient, Transport, TransportError};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

const AUTHORITY: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/connector_tls/authority.pem"
);
const NOBODY: &str = "/dev/null";

/// Whether this is the process for the test; if it is not, has one run it with these roots.
fn with_roots(test: &str, roots: &str) -> bool {
    if std::env::var_os("ONHOOK_TEST_ROOTS").is_some() {
        return true;
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact"])
        .env("ONHOOK_TEST_ROOTS", "set")
        .env("SSL_CERT_FILE", roots)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    false
}

/// A server for `localhost` that answers everything; counts its connections and requests.
fn server() -> (SocketAddr, Arc<[AtomicUsize; 2]>) {
    let certificate = CertificateDer::from_pem_slice(include_bytes!("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_slice(include_bytes!("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let counts = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
    let counted = Arc::clone(&counts);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted[0].fetch_add(1, Ordering::SeqCst);
            serve(stream.unwrap(), Arc::clone(&config), &counted[1]);
        }
    });
    (address, counts)
}

/// Serves until the client closes the connection, or does not want to make it.
fn serve(mut stream: TcpStream, config: Arc<ServerConfig>, requests: &AtomicUsize) {
    let mut connection = ServerConnection::new(config).unwrap();
    let mut stream = Stream::new(&mut connection, &mut stream);
    let mut request = [0; 4096];
    while let Ok(1..) = stream.read(&mut request) {
        requests.fetch_add(1, Ordering::SeqCst);
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi";
        stream.write_all(answer).unwrap();
    }
}

async fn get(client: &HttpClient, url: &str) -> Result<Response<Bytes>, TransportError> {
    let mut request = Request::new(Bytes::new());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = url.parse().unwrap();
    client.exchange(request).await
}

#[tokio::test]
async fn a_server_that_the_system_s_roots_vouch_for_is_believed_and_its_connection_kept() {
    if with_roots(
        "a_server_that_the_system_s_roots_vouch_for_is_believed_and_its_connection_kept",
        AUTHORITY,
    ) {
        let (address, counts) = server();
        let client = HttpClient::new();
        for _ in 0..3 {
            let url = format!("https://localhost:{}/", address.port());
            let response = get(&client, &url).await.unwrap();
            assert_eq!(&**response.body(), b"hi");
        }
        assert_eq!(counts[0].load(Ordering::SeqCst), 1);
        assert_eq!(counts[1].load(Ordering::SeqCst), 3);
    }
}

#[tokio::test]
async fn a_server_with_another_s_certificate_gets_nothing() {
    if with_roots(
        "a_server_with_another_s_certificate_gets_nothing",
        AUTHORITY,
    ) {
        let (address, counts) = server();
        // The certificate is for a name, and this is the address behind it.
        let error = get(&HttpClient::new(), &format!("https://{address}/")).await;
        assert!(
            matches!(&error, Err(error) if error.is_unsent()),
            "{error:?}"
        );
        assert_eq!(counts[1].load(Ordering::SeqCst), 0);
    }
}

#[tokio::test]
async fn without_roots_nobody_is_believed() {
    if with_roots("without_roots_nobody_is_believed", NOBODY) {
        let (address, counts) = server();
        let client = HttpClient::new();
        for _ in 0..2 {
            let url = format!("https://localhost:{}/", address.port());
            let error = get(&client, &url).await;
            assert!(
                matches!(&error, Err(error) if error.is_unsent()),
                "{error:?}"
            );
        }
        assert_eq!(counts[1].load(Ordering::SeqCst), 0);
    }
}
