//! Base 64, base 32 and checksums (sprig's `strings.go` and `crypto.go`).

use data_encoding::BASE32;
use rutter_gotmpl::Functions;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};

use super::{
    base64,
    signature::{Define, Text},
};

pub(super) fn add(functions: &mut Functions) {
    functions.one("b64enc", |text: Text| base64::encode(text.bytes()));
    functions.one("b64dec", |text: Text| {
        base64::decode(text.bytes()).unwrap_or_else(|error| error.to_string().into_bytes())
    });
    functions.one("b32enc", |text: Text| BASE32.encode(text.bytes()));
    functions.one("b32dec", |text: Text| decode_base32(text.bytes()));
    functions.one("sha1sum", |text: Text| hex(&Sha1::digest(text.bytes())));
    functions.one("sha256sum", |text: Text| hex(&Sha256::digest(text.bytes())));
    functions.one("sha512sum", |text: Text| hex(&Sha512::digest(text.bytes())));
    functions.one("adler32sum", |text: Text| adler32(text.bytes()).to_string());
}

/// Returns bytes as lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// The error text stands for the value, as in sprig.
fn decode_base32(text: &[u8]) -> Vec<u8> {
    let clean: Vec<u8> =
        text.iter().copied().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let mut out = Vec::new();
    for (block, chars) in clean.chunks(8).enumerate() {
        match decode_block(chars, clean.len() - 8 * block) {
            Ok(bytes) => out.extend(bytes),
            Err(at) => {
                let at = 8 * block + at;
                return format!("illegal base32 data at input byte {at}").into_bytes();
            }
        }
    }
    out
}

/// Decodes eight characters of the `left` ones, or says which one is wrong
/// (as Go counts, which is not always where it is).
fn decode_block(chars: &[u8], left: usize) -> Result<Vec<u8>, usize> {
    let mut bits = 0_u64;
    let mut count = 0;
    for (at, char) in chars.iter().enumerate() {
        if *char == b'=' && at >= 2 && left - at - 1 < 8 {
            let rest = chars.get(at + 1..).unwrap_or_default();
            if rest.len() + at < 7 {
                return Err(left);
            }
            if let Some(wrong) = rest.iter().position(|char| *char != b'=') {
                return Err(at + wrong);
            }
            if matches!(at, 1 | 3 | 6) {
                return Err(at);
            }
            break;
        }
        let quintet = match char {
            b'A'..=b'Z' => char - b'A',
            b'2'..=b'7' => char - b'2' + 26,
            _ => return Err(at),
        };
        bits = (bits << 5) | u64::from(quintet);
        count += 1;
    }
    if count < 8 && count == chars.len() {
        return Err(0);
    }
    bits <<= 5 * (8 - count);
    Ok(bits.to_be_bytes().into_iter().skip(3).take(count * 5 / 8).collect())
}

/// RFC 1950.
fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    let (mut a, mut b) = (1, 0);
    for byte in bytes {
        a = (a + u32::from(*byte)) % MODULUS;
        b = (b + a) % MODULUS;
    }
    (b << 16) | a
}
