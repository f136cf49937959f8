//! The world outside that templates may ask: randomness, the clock, the network's names.
//!
//! Render has none of it by itself. It asks through its tape, which records every answer.

use std::{
    net::{IpAddr, ToSocketAddrs as _},
    rc::Rc,
};

use applier::{Address, Cluster as _, ClusterError, Depth, Freshness, Kind, Query, Scope};
use render::tape::{Lookup, Refusal, Source};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;

use crate::places::Place;

/// The world without a cluster: every lookup finds nothing, as in `helm template`.
#[derive(Debug)]
pub(crate) struct System;

impl Source for System {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        getrandom::getrandom(bytes).map_err(|error| Refusal(error.to_string()))
    }

    fn now(&mut self) -> i64 {
        let nanoseconds = jiff::Timestamp::now().as_nanosecond();
        i64::try_from(nanoseconds).unwrap_or(i64::MAX)
    }

    fn zone(&mut self) -> String {
        let zone = jiff::tz::TimeZone::try_system().ok();
        zone.and_then(|it| it.iana_name().map(str::to_owned)).unwrap_or_else(|| "UTC".to_owned())
    }

    fn lookup(&mut self, _wanted: &Lookup) -> Result<Value, Refusal> {
        Ok(Value::Object(Map::new()))
    }

    fn addresses(&mut self, host: &str) -> Vec<String> {
        let found = (host, 0).to_socket_addrs().into_iter().flatten();
        let mut addresses: Vec<IpAddr> = found.map(|it| it.ip()).collect();
        addresses.dedup();
        addresses.iter().map(ToString::to_string).collect()
    }
}

/// The world with a cluster: lookups ask it.
pub(crate) struct Inhabited {
    runtime: Rc<Runtime>,
    place: Rc<Place>,
}

impl Inhabited {
    /// Returns the world around that cluster.
    pub(crate) fn new(runtime: Rc<Runtime>, place: Rc<Place>) -> Self {
        Self { runtime, place }
    }

    async fn found(&self, wanted: &Lookup) -> Result<Value, ClusterError> {
        let discovery = self.place.discover(Freshness::Cached).await?;
        let kind = Kind::new(&wanted.api_version, &wanted.kind);
        let Some(resource) = discovery.find(&kind) else {
            // Helm's words for a kind that is not served (`engine/lookup_func.go`).
            return Err(ClusterError::NotFound {
                message: format!(
                    "unable to get apiresource from unstructured: {}, Kind={}",
                    wanted.api_version, wanted.kind
                ),
            });
        };
        let namespace = match resource.scope {
            Scope::Namespaced => Some(wanted.namespace.as_str()).filter(|it| !it.is_empty()),
            Scope::Cluster => None,
        };
        if wanted.name.is_empty() {
            let listed = self.place.list(&Query::all(resource, namespace)).await?;
            return Ok(json!({
                "apiVersion": wanted.api_version,
                "kind": format!("{}List", wanted.kind),
                "metadata": {"resourceVersion": listed.resource_version},
                "items": listed.items,
            }));
        }
        let address = Address { resource, namespace, name: &wanted.name };
        match self.place.get(&address, Depth::Whole).await {
            Err(ClusterError::NotFound { .. }) => Ok(Value::Object(Map::new())),
            answer => answer,
        }
    }
}

impl Source for Inhabited {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        System.random(bytes)
    }

    fn now(&mut self) -> i64 {
        System.now()
    }

    fn zone(&mut self) -> String {
        System.zone()
    }

    fn lookup(&mut self, wanted: &Lookup) -> Result<Value, Refusal> {
        self.runtime.block_on(self.found(wanted)).map_err(|error| Refusal(error.to_string()))
    }

    fn addresses(&mut self, host: &str) -> Vec<String> {
        System.addresses(host)
    }
}
