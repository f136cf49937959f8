//! What stands for a character in a URL (`net/url`'s `escape` and `unescape`).

use std::fmt::Write;

use rutter_gotmpl::quote;

/// Where in a URL a text stands; each place escapes other characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

pub(super) fn unescape(text: &str, part: Part) -> Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut left = text.as_bytes();
    while let Some((first, rest)) = left.split_first() {
        let hex = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        let (byte, after) = match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                let byte = u8::try_from(high * 16 + low).unwrap_or_default();
                // Hosts may escape only what is not ASCII.
                if part == Part::Host && high < 8 {
                    let written = left.get(..3).unwrap_or(left);
                    return Err(bad_escape(written));
                }
                (byte, rest.get(2..).unwrap_or_default())
            }
            (b'%', ..) => return Err(bad_escape(left.get(..3).unwrap_or(left))),
            (byte, ..) => {
                let is_wrong = byte.is_ascii() && must_escape(*byte, part);
                if matches!(part, Part::Host | Part::Zone) && is_wrong {
                    let char = quote(&[*byte]);
                    return Err(format!("invalid character {char} in host name"));
                }
                (*byte, rest)
            }
        };
        out.push(byte);
        left = after;
    }
    Ok(String::from_utf8(out)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}

fn bad_escape(written: &[u8]) -> String {
    format!("invalid URL escape {}", quote(written))
}

pub(super) fn escape(text: &str, part: Part) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if must_escape(byte, part) {
            let _ = write!(out, "%{byte:02X}");
        } else {
            out.push(char::from(byte));
        }
    }
    out
}

/// Go's `shouldEscape`.
pub(super) fn must_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    let allowed: &[u8] = match part {
        Part::Host | Part::Zone => b"!$&'()*+,;=:[]<>\"",
        Part::Path => b"$&+,/:;=@",
        Part::User => b"$&+,;=",
        Part::Fragment => b"$&+,/:;=?@!()*",
    };
    !allowed.contains(&byte)
}
