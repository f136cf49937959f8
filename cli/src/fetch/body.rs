//! The body of an answer: all of it, no more than is allowed, and not forever.

use std::io::{ErrorKind, Read as _};

use render::url::Url;
use ureq::http::Response;

use super::{
    Request,
    error::{Error, cut_off, stalled},
};
use crate::ui::Meter;

/// How much is read at a time, in bytes.
const PIECE: usize = 64 * 1024;

/// Reads the body.
///
/// # Errors
///
/// [`Error::TooLarge`] as soon as more is announced or came than is allowed; [`Error::Cut`] when
/// less came than was announced; [`Error::Transport`] when nothing more comes.
pub(super) fn read(
    response: &mut Response<ureq::Body>,
    url: &Url,
    request: &Request<'_>,
) -> Result<Vec<u8>, Error> {
    let body = response.body_mut();
    let announced = body.content_length();
    let too_large = || Error::TooLarge { url: url.shown(), limit: request.limit };
    if announced.is_some_and(|length| length > request.limit) {
        return Err(too_large());
    }
    let mut meter = request.label.map(|label| Meter::new(label, announced));
    let mut reader = body.with_config().limit(u64::MAX).reader();
    // What is announced and does not come takes no memory: it is not touched.
    let expected = announced.unwrap_or_default().min(request.limit);
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or_default());
    let mut piece = vec![0; PIECE];
    loop {
        let count = match reader.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(ended(url, &error, bytes.len(), announced)),
        };
        bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
        if bytes.len() as u64 > request.limit {
            return Err(too_large());
        }
        if let Some(meter) = &mut meter {
            meter.reached(bytes.len() as u64);
        }
    }
    match announced {
        Some(length) if length != bytes.len() as u64 => {
            Err(cut_off(url, bytes.len() as u64, announced))
        }
        _ => Ok(bytes),
    }
}

/// Says how a body ended that did not end well.
fn ended(url: &Url, error: &std::io::Error, got: usize, announced: Option<u64>) -> Error {
    let got = got as u64;
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => stalled(url, got, announced),
        _ => match error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>()) {
            Some(ureq::Error::Timeout(_)) => stalled(url, got, announced),
            _ => cut_off(url, got, announced),
        },
    }
}
