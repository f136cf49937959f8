//! A watch that goes on through the server's time-outs and broken connections.
//!
//! Ends only when the server has forgotten where we were, or refuses, or stays away.

use std::{collections::VecDeque, time::Duration};

use futures_util::{StreamExt as _, stream};
use http_body_util::BodyExt as _;
use kube::client::Body;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

use super::{
    request::Ask,
    send::{Wire, cut_off},
    status,
};
use crate::cluster::{ClusterError, Query, Resource, Watch, WatchEvent};

/// After this many seconds the server ends a watch, and we ask for the next.
const SERVER_SECONDS: u64 = 290;
/// A connection that is silent for longer than the server's own end is dead.
const SILENCE: Duration = Duration::from_secs(SERVER_SECONDS + 10);
/// For so long a server may stay away before the watch gives up.
const ABSENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(300);

struct Watching<'a> {
    wire: &'a Wire,
    ask: Ask,
    resource: Resource,
    resource_version: String,
    body: Option<Body>,
    buffer: Vec<u8>,
    ready: VecDeque<WatchEvent>,
    absent_since: Option<Instant>,
}

/// Opens the watch; the first connection is made here, so that a refusal is an answer to the call.
pub(super) async fn watch<'a>(
    wire: &'a Wire,
    query: &Query<'_>,
    resource_version: &str,
) -> Result<Watch<'a>, ClusterError> {
    let ask = Ask::list(query)
        .with("watch", "true")
        .with("allowWatchBookmarks", "true")
        .with("timeoutSeconds", SERVER_SECONDS.to_string());
    let mut watching = Watching {
        wire,
        ask,
        resource: query.resource.clone(),
        resource_version: resource_version.to_owned(),
        body: None,
        buffer: Vec::new(),
        ready: VecDeque::new(),
        absent_since: None,
    };
    watching.connect().await?;
    let events = stream::unfold(Some(watching), |state| async {
        let mut watching = state?;
        match watching.next().await {
            Ok(event) => Some((Ok(event), Some(watching))),
            Err(error) => Some((Err(error), None)),
        }
    });
    Ok(events.boxed_local())
}

impl Watching<'_> {
    async fn connect(&mut self) -> Result<(), ClusterError> {
        let ask = self.ask.clone().with("resourceVersion", self.resource_version.clone());
        self.buffer.clear();
        self.body = Some(self.wire.open(&ask).await?.into_body());
        self.absent_since = None;
        Ok(())
    }

    async fn next(&mut self) -> Result<WatchEvent, ClusterError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            match self.read().await {
                Ok(()) => {}
                Err(error) => self.bear(error).await?,
            }
        }
    }

    /// Reads what has come; asks again where the server ended the watch in good order.
    async fn read(&mut self) -> Result<(), ClusterError> {
        let Some(body) = self.body.as_mut() else { return self.connect().await };
        let silent = || ClusterError::Unknown { message: "the watch went silent".to_owned() };
        let frame = timeout(SILENCE, body.frame()).await.map_err(|_| silent())?;
        let Some(frame) = frame else {
            self.body = None;
            return Ok(());
        };
        let frame = frame.map_err(|error| cut_off(&error))?;
        self.buffer.extend_from_slice(frame.data_ref().map_or(&[][..], |data| data));
        while let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
            let rest = self.buffer.split_off(end + 1);
            let line = std::mem::replace(&mut self.buffer, rest);
            self.take(&line)?;
        }
        Ok(())
    }

    fn take(&mut self, line: &[u8]) -> Result<(), ClusterError> {
        let Ok(mut event) = serde_json::from_slice::<Value>(line) else { return Ok(()) };
        let object = event.get_mut("object").map(Value::take).unwrap_or_default();
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default();
        if kind == "ERROR" {
            let code = object.get("code").and_then(Value::as_u64).unwrap_or(500);
            let code = u16::try_from(code).unwrap_or(500);
            let body = object.to_string();
            return Err(status::error_of(code, body.as_bytes(), &http::HeaderMap::new(), None));
        }
        let version = object.pointer("/metadata/resourceVersion").and_then(Value::as_str);
        if let Some(version) = version {
            version.clone_into(&mut self.resource_version);
        }
        let object = super::with_kind(object, &self.resource);
        match kind {
            "ADDED" | "MODIFIED" => self.ready.push_back(WatchEvent::Changed(object)),
            "DELETED" => self.ready.push_back(WatchEvent::Gone(object)),
            _ => {}
        }
        Ok(())
    }

    /// Waits a little after a failure that may pass; gives up on any other.
    async fn bear(&mut self, error: ClusterError) -> Result<(), ClusterError> {
        let passes = matches!(
            error,
            ClusterError::Unknown { .. }
                | ClusterError::Unreachable { .. }
                | ClusterError::Retryable { .. }
        );
        let since = *self.absent_since.get_or_insert_with(Instant::now);
        if !passes || since.elapsed() > ABSENCE {
            return Err(error);
        }
        self.body = None;
        sleep(PAUSE).await;
        Ok(())
    }
}
