//! `serve`: a repository that Helm takes charts from, and that gives nothing else away.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use crate::support::{Env, rutter};

/// A server that is ended with its test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(env: &Env) -> Self {
        let mut command = env.command(rutter());
        command.args(["serve", "--repo-path", "site", "--address", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = lines.next().expect("it ended before it served").unwrap();
            if let Some(address) = line.strip_prefix("Now serving you on ") {
                break address.to_owned();
            }
        };
        Self { child, address }
    }

    /// Sends a request as it is and returns the status and the whole answer.
    fn ask(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(stream, "{request}\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn stocked() -> Env {
    let env = Env::new();
    let _ = env.helm(&["create", "web"]).success();
    let _ = env.helm(&["package", "web", "-d", "site"]).success();
    env.write("site/secret.txt", "not for you");
    env.write("outside.tgz", "not for you");
    env
}

#[test]
fn helm_takes_charts_from_a_folder_that_is_served() {
    let env = stocked();
    let server = Server::start(&env);
    let url = format!("http://{}", server.address);
    let _ = env.helm(&["repo", "add", "mine", &url]).success();
    let _ = env.helm(&["pull", "mine/web"]).success();
    assert!(env.home().join("web-0.1.0.tgz").exists());
    // A version that comes later is in the index without a new start.
    let _ = env.helm(&["package", "web", "--version", "0.2.0", "-d", "site"]).success();
    let _ = env.helm(&["repo", "update"]).success();
    assert!(env.helm(&["search", "repo", "web"]).success().contains("0.2.0"));
    // Helm 2's URL of its local repository.
    let _ = env.helm(&["repo", "add", "local", &format!("{url}/charts")]).success();
    let _ = env.helm(&["pull", "local/web", "--version", "0.2.0"]).success();
}

#[test]
fn nothing_but_the_index_and_the_archives_is_served() {
    let server_env = stocked();
    let server = Server::start(&server_env);
    for path in [
        "/secret.txt",
        "/../outside.tgz",
        "/%2e%2e/outside.tgz",
        "/..%2foutside.tgz",
        "/charts/../../outside.tgz",
        "//etc/passwd",
        "/web-0.1.0.tgz/",
    ] {
        let (status, answer) = server.ask(&format!("GET {path} HTTP/1.1"));
        assert!(matches!(status, 400 | 404), "{path}: {answer}");
        assert!(!answer.contains("not for you"), "{path}");
    }
    assert_eq!(server.ask("GET /index.yaml HTTP/1.1").0, 200);
    assert_eq!(server.ask("HEAD /web-0.1.0.tgz HTTP/1.1").0, 200);
    assert_eq!(server.ask("POST /index.yaml HTTP/1.1").0, 405);
    let (_, answer) = server.ask("GET /index.yaml HTTP/1.1");
    let etag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let again = format!("GET /index.yaml HTTP/1.1\r\nIf-None-Match: {etag}");
    assert_eq!(server.ask(&again).0, 304);
}

#[test]
fn ctrl_c_ends_a_server_well_and_a_port_that_is_taken_is_named() {
    let env = stocked();
    let mut server = Server::start(&env);
    let line = ["serve", "--repo-path", "site", "--address", &server.address];
    let told = env.rutter(&line).failure(1);
    let expected = format!("Error: listen tcp {}: bind: address already in use", server.address);
    assert_eq!(told.lines().next().unwrap(), expected);
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
}
