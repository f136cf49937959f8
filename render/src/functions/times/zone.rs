//! Time zones: Go's `time.Location`.

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};

/// A time zone.
#[derive(Clone, Debug)]
pub(super) enum Zone {
    /// By name from the zone database.
    Named(TimeZone),
    /// One offset for all times, in seconds east of UTC.
    Fixed(String, i64),
}

impl Zone {
    /// Coordinated universal time.
    pub(super) fn utc() -> Self {
        Self::Fixed("UTC".to_owned(), 0)
    }

    /// Returns the zone called so, out of the database that is built in.
    pub(super) fn named(name: &str) -> Option<Self> {
        if matches!(name, "" | "UTC") {
            return Some(Self::utc());
        }
        TimeZoneDatabase::bundled().get(name).ok().map(Self::Named)
    }

    /// Returns offset and abbreviation at a time.
    pub(super) fn at(&self, seconds: i64) -> (i64, String) {
        match self {
            Self::Fixed(name, offset) => (*offset, name.clone()),
            Self::Named(zone) => {
                let limit = Timestamp::MAX.as_second();
                let seconds = seconds.clamp(-limit, limit);
                let time = Timestamp::from_second(seconds).unwrap_or_default();
                let info = zone.to_offset_info(time);
                (i64::from(info.offset().seconds()), info.abbreviation().to_owned())
            }
        }
    }

    /// Returns the time, in seconds since 1970, at which a clock of this zone
    /// shows what a clock of UTC shows at `shown`.
    pub(super) fn to_utc(&self, shown: i64) -> i64 {
        let guess = shown - self.at(shown).0;
        shown - self.at(guess).0
    }

    /// Returns the offset that the abbreviation means here at a time.
    pub(super) fn offset_of(&self, abbreviation: &str, shown: i64) -> Option<i64> {
        let half_year = 15_768_000;
        [shown, shown + half_year, shown - half_year].into_iter().find_map(|seconds| {
            let (offset, name) = self.at(seconds);
            (name == abbreviation).then_some(offset)
        })
    }
}
