//! Servers that want to know who asks, that must be believed, or that are behind a proxy.

use std::fs;

use super::{Stock, alike, both};
use crate::support::{
    Env,
    web::{Authority, Identity, Web, basic},
};

#[test]
fn a_login_is_sent_to_its_server_and_shown_nowhere() {
    let stock = Stock::new();
    let web = stock.serve();
    web.change(|site| site.login = Some(basic("me", "hunter2")));
    let (ours, helms) = (Env::new(), Env::new());
    let url = web.url("");
    both(&ours, &helms, &["repo", "add", "a", &url]);
    both(&ours, &helms, &["repo", "add", "a", &url, "--username", "me", "--password", "wrong"]);
    both(&ours, &helms, &["repo", "add", "a", &url, "--username", "me", "--password", "hunter2"]);
    both(&ours, &helms, &["show", "chart", "a/web"]);
    let flags = ["--username", "me", "--password", "hunter2"];
    both(&ours, &helms, &[&["show", "chart", "web", "--repo", &url][..], &flags].concat());
    both(&ours, &helms, &[&["show", "chart", &web.url("/web-1.0.0.tgz")][..], &flags].concat());
    let named = url.replace("http://", "http://me:wrong@");
    let said = ours.rutter(&["repo", "add", "b", &named]).failure(1);
    assert!(!said.contains("wrong"), "{said}");
    let listed = ours.rutter(&["repo", "list"]).success();
    assert!(!listed.contains("hunter2"), "{listed}");
}

#[test]
fn a_password_comes_from_standard_input_too() {
    use std::io::Write as _;
    let stock = Stock::new();
    let web = stock.serve();
    web.change(|site| site.login = Some(basic("me", "hunter2")));
    let env = Env::new();
    let mut command = env.command(crate::support::rutter());
    command.args(["repo", "add", "a", &web.url(""), "--username", "me", "--password-stdin"]);
    let mut child = command.stdin(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"hunter2\n").unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_login_goes_to_another_server_only_with_pass_credentials() {
    let stock = Stock::new();
    let (home, cdn) = (stock.serve(), stock.serve());
    let words = ["repo", "index", "site", "--url", &cdn.url("")];
    let _ = stock.env.helm(&words).success();
    for pass in [&[][..], &["--pass-credentials"]] {
        for program in ["rutter", "helm"] {
            let env = Env::new();
            let add = ["repo", "add", "a", &home.url(""), "--username", "me", "--password", "pw"];
            let run = |words: &[&str]| match program {
                "rutter" => env.rutter(words).success(),
                _ => env.helm(words).success(),
            };
            let _ = run(&[&add[..], pass].concat());
            let _ = run(&["show", "chart", "a/web"]);
            let asked = cdn.asked().concat();
            let has_login = asked.contains(&basic("me", "pw"));
            assert_eq!(has_login, !pass.is_empty(), "{program} {pass:?}: {asked}");
        }
    }
}

#[test]
fn a_certificate_is_believed_as_helm_believes_it() {
    let stock = Stock::new();
    let authority = Authority::new();
    let web = Web::with_tls(stock.folder(), &authority.identity("127.0.0.1"), None);
    let (ours, helms) = (Env::new(), Env::new());
    for env in [&ours, &helms] {
        env.write("ca.pem", &authority.pem);
        env.write("empty.pem", "no certificate\n");
    }
    let url = web.url("");
    for flags in [
        &[][..],
        &["--ca-file", "nowhere.pem"],
        &["--ca-file", "empty.pem"],
        &["--ca-file", "ca.pem"],
    ] {
        both(&ours, &helms, &[&["repo", "add", "a", &url][..], flags].concat());
        let shown = ["show", "chart", "web", "--repo", &url];
        both(&ours, &helms, &[&shown[..], flags].concat());
    }
    both(&ours, &helms, &["show", "chart", "a/web"]);
    both(&ours, &helms, &["repo", "add", "b", &url, "--insecure-skip-tls-verify"]);
}

#[test]
fn a_certificate_for_another_name_is_refused_in_the_words_of_helm() {
    let stock = Stock::new();
    let authority = Authority::new();
    let web = Web::with_tls(stock.folder(), &authority.identity("charts.example"), None);
    let (ours, helms) = (Env::new(), Env::new());
    for env in [&ours, &helms] {
        env.write("ca.pem", &authority.pem);
    }
    let url = web.url("").replace("127.0.0.1", "localhost");
    both(&ours, &helms, &["repo", "add", "a", &url, "--ca-file", "ca.pem"]);
}

#[test]
fn a_servers_own_certificate_is_enough_as_a_ca_file() {
    let stock = Stock::new();
    let identity = Identity::self_signed("localhost");
    let web = Web::with_tls(stock.folder(), &identity, None);
    let (ours, helms) = (Env::new(), Env::new());
    for env in [&ours, &helms] {
        env.write("server.pem", &identity.certificate);
    }
    let url = web.url("").replace("127.0.0.1", "localhost");
    both(&ours, &helms, &["repo", "add", "a", &url, "--ca-file", "server.pem"]);
    // It is still for its own name only.
    let _ = ours.rutter(&["repo", "add", "b", &web.url(""), "--ca-file", "server.pem"]).failure(1);
}

#[test]
fn a_client_proves_who_it_is() {
    let stock = Stock::new();
    let authority = Authority::new();
    let identity = authority.identity("127.0.0.1");
    let web = Web::with_tls(stock.folder(), &identity, Some(&authority));
    let client = authority.identity("a client");
    let other = authority.identity("another");
    let (ours, helms) = (Env::new(), Env::new());
    for env in [&ours, &helms] {
        env.write("ca.pem", &authority.pem);
        env.write("cert.pem", &client.certificate);
        env.write("key.pem", &client.key);
        env.write("other.pem", &other.key);
    }
    let url = web.url("");
    let add = ["repo", "add", "a", &url, "--ca-file", "ca.pem"];
    // What a client says of an alert depends on when it arrives.
    let refused = ours.rutter(&add).failure(1);
    assert!(refused.contains("remote error: tls: certificate required"), "{refused}");
    let unfit = [&add[..], &["--cert-file", "cert.pem", "--key-file", "other.pem"]].concat();
    let said = ours.rutter(&unfit).failure(1);
    assert!(said.contains("can't create TLS config for client: unable to load cert from key pair"));
    both(
        &ours,
        &helms,
        &[&add[..], &["--cert-file", "cert.pem", "--key-file", "key.pem"]].concat(),
    );
    both(&ours, &helms, &["show", "chart", "a/web"]);
    let nowhere = [&add[..], &["--cert-file", "nowhere.pem", "--key-file", "key.pem"]].concat();
    both(&ours, &helms, &[&nowhere[..], &["--force-update"]].concat());
}

#[test]
fn a_proxy_is_gone_through_as_helm_goes_through_it() {
    let stock = Stock::new();
    let proxy = stock.serve();
    let with_proxy = || Env::new().with("HTTP_PROXY", proxy.url(""));
    let (ours, helms) = (with_proxy(), with_proxy());
    let words = ["repo", "add", "a", "http://charts.example/stable"];
    fs::create_dir_all(stock.folder().join("stable")).unwrap();
    fs::copy(stock.folder().join("index.yaml"), stock.folder().join("stable/index.yaml")).unwrap();
    let line = |asked: Vec<String>| asked[0].lines().next().unwrap().to_owned();
    let our_answer = ours.rutter(&words);
    let our_line = line(proxy.asked());
    let helms_answer = helms.helm(&words);
    assert_eq!(our_line, line(proxy.asked()));
    alike((&ours, our_answer), (&helms, helms_answer));
}

#[test]
fn a_tunnel_through_a_proxy_ends_at_the_server_that_was_asked_for() {
    let stock = Stock::new();
    let authority = Authority::new();
    let web = Web::with_tls(stock.folder(), &authority.identity("charts.example"), None);
    web.change(|site| site.login = Some(basic("me", "hunter2")));
    let proxy = stock.serve();
    proxy.change(|site| site.tunnel = Some(web.address().to_owned()));
    let through = proxy.url("").replace("http://", "http://p:q@");
    let with_proxy = || Env::new().with("HTTPS_PROXY", &through);
    let (ours, helms) = (with_proxy(), with_proxy());
    let url = "https://charts.example";
    let login = ["--username", "me", "--password", "hunter2", "--ca-file", "ca.pem"];
    for env in [&ours, &helms] {
        env.write("ca.pem", &authority.pem);
    }
    both(&ours, &helms, &[&["repo", "add", "a", url][..], &login].concat());
    both(&ours, &helms, &["show", "chart", "a/web"]);
    let asked = proxy.asked();
    assert_eq!(asked.len(), 4);
    for head in asked {
        assert!(head.starts_with("CONNECT charts.example:443 HTTP/1.1\r\n"), "{head}");
        // The proxy knows its own login and not the server's.
        assert!(
            head.contains(&basic("p", "q")) && !head.contains(&basic("me", "hunter2")),
            "{head}"
        );
    }
}

#[test]
fn no_proxy_goes_past_the_proxy() {
    let stock = Stock::new();
    let (web, proxy) = (stock.serve(), stock.serve());
    let env = Env::new().with("HTTP_PROXY", proxy.url("")).with("NO_PROXY", "localhost.example");
    // This machine itself is never asked through a proxy.
    let _ = env.rutter(&["repo", "add", "a", &web.url("")]).success();
    assert!(proxy.asked().is_empty());
}
