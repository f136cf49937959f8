//! The world outside that templates may ask: randomness, the clock, the network's names.
//!
//! Render has none of it by itself. It asks through its tape, which records every answer.

use std::net::{IpAddr, ToSocketAddrs as _};

use render::tape::{Lookup, Refusal, Source};
use serde_json::{Map, Value};

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
