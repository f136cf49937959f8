//! The client against real sockets on this machine.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use super::*;
use crate::settings::Secret;

/// A server that answers each request by a script and remembers what it was asked.
struct Server {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves until the test ends; each answer closes its connection.
    fn new(script: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = head(&mut stream);
                heard.lock().unwrap().push(request.clone());
                let _ = stream.write_all(&script(&request));
                let _ = stream.shutdown(Shutdown::Write);
            }
        });
        Self { address, asked }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// Reads a request's head; of what is no request its first byte.
fn head(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    if stream.peek(&mut byte).unwrap_or(0) == 1 && !byte[0].is_ascii_uppercase() {
        return String::new();
    }
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        bytes.push(byte[0]);
    }
    String::from_utf8(bytes).unwrap()
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn redirect(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
}

fn client(access: Access) -> Client {
    Client::new(access, &Proxies::default())
}

fn anybody() -> Client {
    client(Access::default())
}

fn me(home: &str) -> Access {
    Access {
        home: Some(home.to_owned()),
        username: "me".to_owned(),
        password: Secret("hunter2".to_owned()),
        ..Access::default()
    }
}

/// RFC 7617's form of me:hunter2.
const ME: &str = "authorization: Basic bWU6aHVudGVyMg==";

#[test]
fn a_body_comes_whole_and_the_server_knows_who_we_are() {
    let server = Server::new(|_| ok("apiVersion: v1\n"));
    let url = server.url("/index.yaml");
    let content = anybody().content(&Request::index(&url)).unwrap();
    assert_eq!(content.bytes, b"apiVersion: v1\n");
    let asked = &server.asked()[0];
    assert!(asked.starts_with("GET /index.yaml HTTP/1.1\r\n"), "{asked}");
    let agent = format!("user-agent: rutter/{}\r\n", env!("CARGO_PKG_VERSION"));
    assert!(asked.to_lowercase().contains(&agent), "{asked}");
    assert!(!asked.contains("authorization"), "{asked}");
}

#[test]
fn a_status_is_told_with_the_url_that_was_typed() {
    let server = Server::new(|request| {
        if request.starts_with("GET /a ") {
            return redirect("/b");
        }
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".to_vec()
    });
    let url = server.url("/a").replace("http://", "http://me:hunter2@");
    let error = anybody().content(&Request::index(&url)).unwrap_err();
    // Helm's words (`httpgetter.go`), without the user.
    assert_eq!(error.to_string(), format!("failed to fetch {} : 404 Not Found", server.url("/a")));
}

#[test]
fn a_body_that_ends_early_is_refused() {
    let server = Server::new(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_vec());
    let url = server.url("/index.yaml");
    let error = anybody().content(&Request::index(&url)).unwrap_err();
    assert_eq!(error.to_string(), "unexpected EOF");
    assert!(error.hint().unwrap().contains("4 of 100 bytes"), "{error:?}");
}

#[test]
fn a_body_that_never_ends_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/index.yaml", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf").unwrap();
        thread::sleep(Duration::from_secs(20));
    });
    let begin = Instant::now();
    let client = anybody().within(Duration::from_millis(300));
    let error = client.content(&Request::index(&url)).unwrap_err();
    assert!(matches!(error, Error::Stalled { got: 4, .. }), "{error:?}");
    assert!(begin.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/index.yaml", listener.local_addr().unwrap());
    let client = anybody().within(Duration::from_millis(300));
    let error = client.content(&Request::index(&url)).unwrap_err();
    // Go's words.
    let said = format!(
        "Get {url:?}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
    );
    assert_eq!(error.to_string(), said);
}

#[test]
fn a_body_that_is_too_large_is_refused_whether_announced_or_not() {
    let announced = Server::new(|_| ok(&"x".repeat(2000)));
    let unannounced = Server::new(|_| {
        let mut answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
        answer.extend(std::iter::repeat_n(b'x', 2000));
        answer
    });
    for server in [announced, unannounced] {
        let url = server.url("/index.yaml");
        let request = Request { limit: 1000, ..Request::index(&url) };
        let error = anybody().content(&request).unwrap_err();
        assert!(matches!(error, Error::TooLarge { limit: 1000, .. }), "{error:?}");
    }
}

#[test]
fn a_circle_of_redirects_is_left_after_ten_requests() {
    let server = Server::new(|_| redirect("/again"));
    let url = server.url("/");
    let error = anybody().content(&Request::index(&url)).unwrap_err();
    assert!(error.to_string().ends_with(": stopped after 10 redirects"), "{error}");
    // Go's limit.
    assert_eq!(server.asked().len(), 10);
}

#[test]
fn credentials_do_not_follow_a_redirect_to_a_foreign_server() {
    let foreign = Server::new(|_| ok("caught"));
    let there = foreign.url("/index.yaml");
    let home = Server::new(move |_| redirect(&there));
    for pass in [Switch::Off, Switch::On] {
        let access = Access { pass_credentials: pass, ..me(&home.url("")) };
        let url = home.url("/index.yaml");
        client(access).content(&Request::index(&url)).unwrap();
    }
    for asked in home.asked() {
        assert!(asked.contains(ME), "{asked}");
    }
    for asked in foreign.asked() {
        assert!(!asked.to_lowercase().contains("authorization"), "{asked}");
    }
    assert_eq!(foreign.asked().len(), 2);
}

#[test]
fn credentials_follow_a_redirect_within_their_server() {
    let home = Server::new(
        |request| {
            if request.starts_with("GET /a ") { redirect("/b") } else { ok("in") }
        },
    );
    let url = home.url("/a");
    client(me(&home.url(""))).content(&Request::index(&url)).unwrap();
    assert!(home.asked().iter().all(|asked| asked.contains(ME)), "{:?}", home.asked());
}

#[test]
fn a_redirect_to_another_protocol_is_refused() {
    let server = Server::new(|_| redirect("file:///etc/passwd"));
    let url = server.url("/");
    let error = anybody().content(&Request::index(&url)).unwrap_err();
    assert!(error.to_string().contains("unsupported protocol scheme \"file\""), "{error}");
}

#[test]
fn what_is_known_is_asked_for_by_its_version() {
    let server = Server::new(|request| {
        if request.contains("if-none-match: \"v1\"\r\n") {
            return b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec();
        }
        b"HTTP/1.1 200 OK\r\nETag: \"v1\"\r\nContent-Length: 1\r\n\r\nx".to_vec()
    });
    let url = server.url("/index.yaml");
    let client = anybody();
    let content = client.content(&Request::index(&url)).unwrap();
    let request = Request { known: Some(&content.version), ..Request::index(&url) };
    assert!(matches!(client.get(&request).unwrap(), Answer::Unchanged));
}

#[test]
fn a_proxy_is_sent_the_whole_url_and_its_own_login() {
    let proxy = Server::new(|_| ok("by proxy"));
    let proxies = Proxies::of_http(&proxy.url("").replace("http://", "http://p:q@"));
    let client = Client::new(me("http://charts.example"), &proxies);
    let content = client.content(&Request::index("http://charts.example/index.yaml?a=b")).unwrap();
    assert_eq!(content.bytes, b"by proxy");
    let asked = &proxy.asked()[0];
    assert!(asked.starts_with("GET http://charts.example/index.yaml?a=b HTTP/1.1\r\n"), "{asked}");
    // RFC 7617's form of p:q.
    assert!(asked.contains("Proxy-Authorization: Basic cDpx\r\n"), "{asked}");
    assert!(asked.contains(ME), "{asked}");
    assert!(asked.contains("host: charts.example\r\n"), "{asked}");
}

#[test]
fn a_tunnel_is_asked_for_where_https_goes_through_a_proxy() {
    let proxy = Server::new(|_| b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_vec());
    let proxies = Proxies::of_http(&proxy.url(""));
    let client = Client::new(me("https://charts.example"), &proxies);
    let error = client.content(&Request::index("https://charts.example/index.yaml")).unwrap_err();
    assert!(matches!(error, Error::Transport { trouble: Trouble::Proxy, .. }), "{error:?}");
    let asked = &proxy.asked()[0];
    assert!(asked.starts_with("CONNECT charts.example:443 HTTP/1.1\r\n"), "{asked}");
    // The proxy is not the repository.
    assert!(!asked.to_lowercase().contains("\r\nauthorization"), "{asked}");
}

#[test]
fn nobody_there_is_told_in_the_words_of_helm() {
    // Port 1 is nobody's.
    let error = anybody().content(&Request::index("http://127.0.0.1:1/index.yaml")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Get \"http://127.0.0.1:1/index.yaml\": dial tcp 127.0.0.1:1: connect: connection refused"
    );
}

#[test]
fn a_server_without_tls_is_told_so() {
    let server = Server::new(|_| b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    let url = server.url("/index.yaml").replace("http://", "https://");
    let error = anybody().content(&Request::index(&url)).unwrap_err();
    // Go's words.
    assert_eq!(
        error.to_string(),
        format!("Get {url:?}: http: server gave HTTP response to HTTPS client")
    );
}

#[test]
fn a_url_in_a_message_has_no_user() {
    assert_eq!(shown("https://me:hunter2@a.example/x"), "https://a.example/x");
    assert_eq!(shown("https://me:hun%ter2@a.example/x"), "https://a.example/x");
    assert_eq!(shown("stable/mysql"), "stable/mysql");
}
