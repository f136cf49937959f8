//! Standard base 64 with the errors of Go's `encoding/base64`.

use data_encoding::BASE64;

/// Where a text stops to be base 64.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("illegal base64 data at input byte {0}")]
pub(super) struct Corrupt(usize);

/// Encodes with padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Decodes; line ends are skipped, padding is needed, bits left over are not
/// looked at.
pub(super) fn decode(text: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let mut decoder = Decoder { text, at: 0 };
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    while let Some(quantum) = decoder.quantum()? {
        out.extend(quantum);
    }
    Ok(out)
}

struct Decoder<'a> {
    text: &'a [u8],
    at: usize,
}

impl Decoder<'_> {
    fn skip_line_ends(&mut self) {
        while matches!(self.text.get(self.at), Some(b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.text.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Decodes up to four characters; nothing at the end.
    fn quantum(&mut self) -> Result<Option<Vec<u8>>, Corrupt> {
        let mut bits = 0_u32;
        let mut count = 0;
        while count < 4 {
            let Some(byte) = self.next() else {
                // Go counts back the characters that are too few.
                let too_few = (count > 0).then(|| Corrupt(self.at - count));
                return too_few.map_or(Ok(None), Err);
            };
            match (sextet(byte), byte) {
                (Some(sextet), _) => (bits, count) = ((bits << 6) | sextet, count + 1),
                (None, b'\r' | b'\n') => {}
                (None, b'=') => return self.padding(bits, count).map(Some),
                (None, _) => return Err(Corrupt(self.at - 1)),
            }
        }
        Ok(Some(bits.to_be_bytes().into_iter().skip(1).collect()))
    }

    /// The end: one `=` after three characters, two after two, nothing more.
    fn padding(&mut self, bits: u32, count: usize) -> Result<Vec<u8>, Corrupt> {
        match count {
            2 => {
                self.skip_line_ends();
                match self.next() {
                    None => return Err(Corrupt(self.text.len())),
                    Some(b'=') => {}
                    Some(_) => return Err(Corrupt(self.at - 2)),
                }
            }
            3 => {}
            _ => return Err(Corrupt(self.at - 1)),
        }
        self.skip_line_ends();
        if self.at < self.text.len() {
            return Err(Corrupt(self.at));
        }
        let bits = bits << (6 * (4 - count));
        Ok(bits.to_be_bytes().into_iter().skip(1).take(count - 1).collect())
    }
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
