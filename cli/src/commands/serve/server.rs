//! The HTTP of `serve`: GET and HEAD, one thread, until Ctrl-C or SIGTERM.

use std::{
    cell::RefCell, convert::Infallible, net::TcpListener, rc::Rc, sync::Arc, time::Duration,
};

use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::{Bytes, Incoming},
    header,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
    sync::Semaphore,
    task::LocalSet,
};

use super::site::{Page, Site};
use crate::failure::Failure;

/// How long a client may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many clients are answered at a time; others wait.
const CLIENTS: usize = 64;

/// Serves until it is told to stop.
///
/// # Errors
///
/// Fails where the system gives no socket.
pub(super) fn run(listener: TcpListener, site: Site) -> Result<(), Failure> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let site = Rc::new(RefCell::new(site));
    runtime.block_on(LocalSet::new().run_until(async {
        let mut terminated = signal(SignalKind::terminate())?;
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => Ok(()),
            _ = terminated.recv() => Ok(()),
            error = answer_all(&listener, &site) => error.map(|never| match never {}),
        }
    }))
}

async fn answer_all(
    listener: &tokio::net::TcpListener,
    site: &Rc<RefCell<Site>>,
) -> Result<Infallible, Failure> {
    let places = Arc::new(Semaphore::new(CLIENTS));
    loop {
        // Taken before a connection is, so that the system keeps the others waiting.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { continue };
        let Ok((stream, _)) = listener.accept().await else {
            // A client that left, or no file left to hold another: both pass.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let site = Rc::clone(site);
        tokio::task::spawn_local(async move {
            serve(stream, site).await;
            drop(place);
        });
    }
}

/// Answers one client until it leaves.
async fn serve(stream: tokio::net::TcpStream, site: Rc<RefCell<Site>>) {
    let service = service_fn(move |request: Request<Incoming>| {
        let response = answer(&request, &mut site.borrow_mut());
        std::future::ready(Ok::<_, Infallible>(response))
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    // What goes wrong with a client is its own affair.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

fn answer(request: &Request<Incoming>, site: &mut Site) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = plain(StatusCode::METHOD_NOT_ALLOWED);
        refused.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match site.page(request.uri().path()) {
        Ok(Some(page)) => found(request, page),
        Ok(None) => plain(StatusCode::NOT_FOUND),
        Err(_) => plain(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

fn found(request: &Request<Incoming>, page: Page) -> Response<Full<Bytes>> {
    let Page { bytes, kind, etag } = page;
    let known = request.headers().get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return plain(StatusCode::NOT_MODIFIED);
    }
    let length = bytes.len();
    let body = if *request.method() == Method::HEAD { Vec::new() } else { bytes };
    let response = Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_LENGTH, length)
        .header(header::ETAG, etag)
        .body(Full::new(Bytes::from(body)));
    response.unwrap_or_else(|_| plain(StatusCode::INTERNAL_SERVER_ERROR))
}

/// An answer that says in one line what it is.
fn plain(status: StatusCode) -> Response<Full<Bytes>> {
    let text = match status {
        StatusCode::NOT_MODIFIED => String::new(),
        status => format!("{status}\n"),
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    response
}
