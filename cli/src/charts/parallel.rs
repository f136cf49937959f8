//! Several archives at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{Archive, Pick, archive};
use crate::{failure::Failure, fetch::Client, settings::Settings};

/// How many archives are fetched at a time: as many as a browser asks one server for, and a few
/// for the next.
const AT_A_TIME: usize = 8;

/// Gets all these archives. The answers are in the order of the questions.
///
/// # Errors
///
/// For each archive, as [`super::Catalogue::download`].
pub(crate) fn download_all(picks: &[Pick], settings: &Settings) -> Vec<Result<Archive, Failure>> {
    let next = AtomicUsize::new(0);
    let worker = || {
        let mut got = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(pick) = picks.get(at) else { return got };
            let client = Client::new(pick.access.clone(), &settings.proxies);
            got.push((at, archive::get(pick, &settings.folders.content_cache, &client)));
        }
    };
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..picks.len().min(AT_A_TIME)).map(|_| scope.spawn(worker)).collect();
        for worker in workers {
            // A worker does not panic; if it did, its archives would be missing and said so.
            all.extend(worker.join().unwrap_or_default());
        }
    });
    all.sort_by_key(|(at, _)| *at);
    if all.len() == picks.len() {
        return all.into_iter().map(|(_, archive)| archive).collect();
    }
    picks.iter().map(|_| Err(Failure::new("downloads were interrupted"))).collect()
}
