//! The default transport on real sockets, and the client above it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response};
use onhook::http::connector::{ConnectorClient, ConnectorError, RetryPolicy, ServiceUrls};
use onhook::http::{HttpClient, Transport, TransportError};
use onhook::{Activity, Connector, ConversationAccount, SendError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What a server does with one request that it has read.
#[derive(Clone, Copy)]
enum Act {
    /// Writes this and keeps the connection.
    Answer(&'static str),
    /// Writes this and closes the connection.
    Close(&'static str),
    /// Writes this and then nothing more, with the connection open.
    Stall(&'static str),
}
use Act::{Answer, Close, Stall};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\":\"1\"}";

/// A server that acts as told, request by request, the last act for all that follow.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    requests: Arc<AtomicUsize>,
    last: Arc<std::sync::Mutex<String>>,
}

impl Server {
    async fn new(acts: &'static [Act]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Server {
            address: listener.local_addr().unwrap(),
            connections: Arc::default(),
            requests: Arc::default(),
            last: Arc::default(),
        };
        let connections = Arc::clone(&server.connections);
        let requests = Arc::clone(&server.requests);
        let last = Arc::clone(&server.last);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::SeqCst);
                let requests = Arc::clone(&requests);
                let last = Arc::clone(&last);
                tokio::spawn(async move {
                    while let Ok(request) = read(&mut stream).await {
                        *last.lock().unwrap() = request;
                        let number = requests.fetch_add(1, Ordering::SeqCst);
                        let act = acts.get(number).or(acts.last()).unwrap();
                        let (Answer(text) | Close(text) | Stall(text)) = act;
                        stream.write_all(text.as_bytes()).await.unwrap();
                        match act {
                            Answer(_) => {}
                            Close(_) => break,
                            Stall(_) => std::future::pending().await,
                        }
                    }
                });
            }
        });
        server
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn counts(&self) -> (usize, usize) {
        let count = |of: &AtomicUsize| of.load(Ordering::SeqCst);
        (count(&self.connections), count(&self.requests))
    }

    fn request(&self, method: Method) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from_static(b"{}"));
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}/path?query", self.url()).parse().unwrap();
        request
    }
}

/// A request: its head and the body of the length that the head says.
async fn read(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let mut lines = head.lines();
        let length = lines.find_map(|line| line.strip_prefix("content-length: "));
        if body.len() == length.map_or(0, |length| length.parse().unwrap()) {
            return Ok(text);
        }
    }
}

async fn post(client: &HttpClient, server: &Server) -> Result<Response<Bytes>, TransportError> {
    client.exchange(server.request(Method::POST)).await
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::new(&[Answer(OK)]).await;
    let client = HttpClient::new();
    for _ in 0..100 {
        let response = post(&client.clone(), &server).await.unwrap();
        assert_eq!(&**response.body(), br#"{"id":"1"}"#);
    }
    assert_eq!(server.counts(), (1, 100));
    let request = server.last.lock().unwrap().clone();
    assert!(
        request.starts_with("POST /path?query HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains(&format!("host: {}\r\n", server.address)),
        "{request}"
    );
}

/// The request after the one whose connection the server closed goes over a new one, not into the void.
#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_no_error() {
    let server = Server::new(&[Close(OK)]).await;
    let client = HttpClient::new();
    for round in 1..=200 {
        post(&client, &server).await.unwrap();
        assert_eq!(server.counts(), (round, round));
    }
}

#[tokio::test]
async fn a_request_on_a_connection_that_dies_before_it_is_written_goes_out_on_another() {
    // The end of the connection and the next request meet in one wake-up of the connection's task.
    let server = Server::new(&[Close(OK)]).await;
    let client = HttpClient::new();
    for _ in 0..200 {
        let (one, other) = tokio::join!(post(&client, &server), post(&client, &server));
        one.unwrap();
        other.unwrap();
    }
    assert_eq!(server.counts().1, 400);
}

#[tokio::test]
async fn a_slow_answer_times_out() {
    for act in [
        &[Stall("")],
        &[Stall("HTTP/1.1 200 OK\r\ncontent-le")],
        &[Stall(
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\"",
        )],
    ] {
        let server = Server::new(act).await;
        let time_out = Duration::from_millis(50);
        let client = HttpClient::builder().time_out(time_out).build();
        let error = post(&client, &server).await.unwrap_err();
        assert!(
            matches!(error, TransportError::TimedOut(after) if after == time_out),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_connection_closed_in_the_middle_is_broken_and_perhaps_executed() {
    for act in [
        &[Close("")],
        &[Close("HTTP/1.1 200 OK\r\ncontent-le")],
        &[Close(
            "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{\"id\"",
        )],
        &[Close(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab",
        )],
        &[Close("SSH-2.0-OpenSSH\r\n")],
        &[Close("HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n")],
    ] {
        let server = Server::new(act).await;
        let error = post(&HttpClient::new(), &server).await.unwrap_err();
        assert!(matches!(error, TransportError::Broken(_)), "{error:?}");
        assert!(!error.is_unsent());
        // Least of all does the transport try again by itself.
        assert_eq!(server.counts().1, 1);
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_not_read() {
    const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (answer, limit, fits) in [
        (OK, 10, true),
        (OK, 9, false),
        (OK, 0, false),
        ("HTTP/1.1 204 No Content\r\n\r\n", 0, true),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n",
            10,
            false,
        ),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 18446744073709551616\r\n\r\n",
            10,
            false,
        ),
    ] {
        let acts: &'static [Act] = Box::leak(Box::new([Stall(answer)]));
        let server = Server::new(acts).await;
        let client = HttpClient::builder().body_limit(limit).build();
        let result = post(&client, &server).await;
        assert_eq!(result.is_ok(), fits, "{answer:?} {limit}: {result:?}");
    }
    for (chunks, limit, body) in [
        (
            "3\r\nabc\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n",
            6,
            Some("abcdef"),
        ),
        ("3\r\nabc\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n", 5, None),
        ("3\r\nabc\r\n0\r\n\r\n", 3, Some("abc")),
        ("3\r\nabc\r\n3\r\nde", 4, None),
        ("ffffffffffffff\r\nabc", 2, None),
        ("0\r\n\r\n", 0, Some("")),
    ] {
        let answer: &'static str = Box::leak([CHUNKED, chunks].concat().into_boxed_str());
        let acts: &'static [Act] = Box::leak(Box::new([Stall(answer)]));
        let server = Server::new(acts).await;
        let client = HttpClient::builder().body_limit(limit).build();
        match (post(&client, &server).await, body) {
            (Ok(response), Some(body)) => assert_eq!(&**response.body(), body.as_bytes()),
            (Err(TransportError::TooLong(given)), None) => assert_eq!(given, limit),
            (result, _) => panic!("{chunks:?} {limit}: {result:?}"),
        }
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::new(&[Answer(
        "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n",
    )])
    .await;
    let response = post(&HttpClient::new(), &server).await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(server.counts(), (1, 1));
}

/// An address at which nobody listens.
async fn deserted() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test]
async fn a_connection_that_is_not_made_is_told_from_one_that_broke() {
    let address = deserted().await;
    for url in [
        format!("http://{address}/"),
        format!("https://{address}/"),
        "http://name.invalid/".to_owned(),
    ] {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = url.parse().unwrap();
        let error = HttpClient::new().exchange(request).await.unwrap_err();
        assert!(error.is_unsent(), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_without_tls_gets_nothing_that_was_meant_for_one_with_it() {
    let server = Server::new(&[Answer(OK)]).await;
    let mut request = server.request(Method::POST);
    let url = format!("https://localhost:{}/", server.address.port());
    *request.uri_mut() = url.parse().unwrap();
    let client = HttpClient::builder()
        .connect_time_out(Duration::from_millis(500))
        .build();
    let error = client.exchange(request).await.unwrap_err();
    assert!(error.is_unsent(), "{error:?}");
    assert_eq!(server.counts().1, 0);
}

fn client() -> ConnectorClient {
    ConnectorClient::builder()
        .service_urls(ServiceUrls::any())
        .retry(
            RetryPolicy::new()
                .attempts(3)
                .waits(Duration::ZERO, Duration::ZERO),
        )
        .build()
}

fn to(url: &str) -> Activity {
    let mut activity = Activity::message("hi");
    activity.service_url = Some(url.to_owned());
    activity.conversation = Some(ConversationAccount::new("call/1"));
    activity
}

#[tokio::test]
async fn an_activity_goes_over_the_wire() {
    let server = Server::new(&[Answer(OK)]).await;
    let sent = client().send(to(&server.url())).await.unwrap();
    assert_eq!(sent.id.as_deref(), Some("1"));
    let request = server.last.lock().unwrap().clone();
    assert!(
        request.starts_with("POST /v3/conversations/call%2F1/activities HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(
        request.contains("content-type: application/json\r\n"),
        "{request}"
    );
    assert!(request.contains("user-agent: onhook/"), "{request}");
    assert!(request.ends_with(r#""text":"hi"}"#), "{request}");
}

#[tokio::test]
async fn an_activity_whose_connection_breaks_is_not_sent_again() {
    let server = Server::new(&[Close(""), Answer(OK)]).await;
    let error = client().send(to(&server.url())).await.unwrap_err();
    assert!(matches!(error, SendError::Unanswered(_)), "{error:?}");
    assert_eq!(server.counts(), (1, 1));
}

#[tokio::test]
async fn a_question_whose_connection_breaks_is_asked_again() {
    const MEMBERS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n[{\"id\":\"u\"}]";
    let server = Server::new(&[Close(""), Answer(MEMBERS)]).await;
    let client = client();
    let service = client.service(&server.url()).unwrap();
    assert_eq!(service.members("c").await.unwrap().len(), 1);
    assert_eq!(server.counts(), (2, 2));
}

#[tokio::test]
async fn a_busy_channel_is_called_again_over_the_same_connection() {
    const BUSY: &str =
        "HTTP/1.1 429 Too Many Requests\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n";
    let server = Server::new(&[Answer(BUSY), Answer(BUSY), Answer(OK)]).await;
    client().send(to(&server.url())).await.unwrap();
    assert_eq!(server.counts(), (1, 3));
}

#[tokio::test]
async fn a_channel_that_is_away_is_unreachable() {
    let url = format!("http://{}", deserted().await);
    let error = client().send(to(&url)).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    let client = client();
    let service = client.service(&url).unwrap();
    let error = service.members("c").await.unwrap_err();
    assert!(
        matches!(&error, ConnectorError::Transport(error) if error.is_unsent()),
        "{error:?}"
    );
}
