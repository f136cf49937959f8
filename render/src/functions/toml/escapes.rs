//! What strings with escapes say.

/// Leaves out a line's end at the very beginning.
pub(super) fn without_first_newline(text: &str) -> &str {
    text.strip_prefix('\n').or_else(|| text.strip_prefix("\r\n")).unwrap_or(text)
}

/// Leaves out the backslashes at the ends of lines, and all space that follows them.
pub(super) fn joined_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let next = after.trim_start_matches([' ', '\t', '\r', '\n']);
        let space = after.get(..after.len() - next.len()).unwrap_or_default();
        if space.contains('\n') {
            rest = next;
            continue;
        }
        out.push('\\');
        let escaped = after.strip_prefix('\\');
        if escaped.is_some() {
            out.push('\\');
        }
        rest = escaped.unwrap_or(after);
    }
    out + rest
}

/// Puts in what the escapes stand for.
///
/// # Errors
/// The library's message; what the lexer has refused is not looked at again.
pub(super) fn replaced(text: &str) -> Result<String, String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        let escape = chars.next().unwrap_or_default();
        rest = chars.as_str();
        let digits = match escape {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => {
                out.push(short(escape)?);
                continue;
            }
        };
        let (number, after) = rest.split_at_checked(digits).unwrap_or((rest, ""));
        rest = after;
        let code = u32::from_str_radix(number, 16).ok().and_then(char::from_u32);
        out.push(
            code.ok_or_else(|| format!("Escaped character '\\u{number}' is not valid UTF-8."))?,
        );
    }
    Ok(out + rest)
}

fn short(escape: char) -> Result<char, String> {
    Ok(match escape {
        'b' => '\u{8}',
        't' => '\t',
        'n' => '\n',
        'f' => '\u{c}',
        'r' => '\r',
        'e' => '\u{1b}',
        '"' | '\\' => escape,
        _ => return Err(format!("invalid escape: '\\{escape}'")),
    })
}
