//! What a rendering asks of the world, here as in the oracle: no cluster, no
//! network, the present time; what is random need only be random enough.

use std::time::{SystemTime, UNIX_EPOCH};

use render::tape::{Lookup, Refusal, Source, Tape};
use serde_json::json;

struct World(u64);

impl Source for World {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_889);
            let [first, ..] = self.0.to_be_bytes();
            *byte = first;
        }
        Ok(())
    }

    fn now(&mut self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_nanos()).unwrap_or_default()
    }

    fn zone(&mut self) -> String {
        "UTC".to_owned()
    }

    fn lookup(&mut self, _: &Lookup) -> Result<serde_json::Value, Refusal> {
        Ok(json!({}))
    }

    fn addresses(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

pub(crate) fn tape() -> Tape {
    Tape::recording(Box::new(World(1)))
}
