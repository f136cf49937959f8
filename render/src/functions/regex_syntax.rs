//! Go's regular expressions written for the `regex` crate: the same language
//! but for classes (`\d`, `\w`, `\s` and `\b` are ASCII in Go), a `{` that
//! repeats nothing (a plain character in Go), and the words of its errors.
//!
//! The rules are those of Go's `regexp/syntax/parse.go`.

use std::fmt::Write;

/// Returns the pattern for the `regex` crate, or Go's error without the prefix
/// `error parsing regexp: `.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut translator = Translator {
        left: pattern,
        out: String::new(),
        depth: 0,
        last: Last::Nothing,
        flags: None,
    };
    while !translator.left.is_empty() {
        translator.item(pattern)?;
    }
    if translator.depth > 0 {
        return Err(format!("missing closing ): `{pattern}`"));
    }
    Ok(translator.out)
}

/// What came before, which decides what a repetition applies to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last<'a> {
    /// Nothing that can be repeated: the start, `(` or `|`.
    Nothing,
    /// Something that can.
    Item,
    /// A repetition, which began with this text.
    Repetition(&'a str),
}

struct Translator<'a> {
    left: &'a str,
    out: String,
    depth: usize,
    last: Last<'a>,
    /// Where the flags begin that came just before.
    flags: Option<usize>,
}

/// What a class escape or character in a class stands for.
enum Class {
    Set(String),
    Char(char),
}

impl<'a> Translator<'a> {
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, left) = self.left.split_at(bytes);
        self.left = left;
        taken
    }

    fn next(&mut self) -> Option<char> {
        let char = self.left.chars().next()?;
        self.take(char.len_utf8());
        Some(char)
    }

    fn item(&mut self, pattern: &'a str) -> Result<(), String> {
        let before = self.left;
        let flags = self.flags.take();
        match before.as_bytes().first() {
            Some(b'(') => return self.open(),
            Some(b'|') => {
                self.take(1);
                self.out.push('|');
                self.last = Last::Nothing;
                return Ok(());
            }
            Some(b')') => {
                if self.depth == 0 {
                    return Err(format!("unexpected ): `{pattern}`"));
                }
                self.take(1);
                self.depth -= 1;
                self.out.push(')');
            }
            Some(b'*' | b'+' | b'?') => {
                let operator = self.take(1);
                return self.repeat(before, operator, flags);
            }
            Some(b'{') => {
                if let Some((min, max, length)) = repetition(before) {
                    let operator = self.take(length);
                    let fits = min <= 1000 && max.is_none_or(|max| max <= 1000 && min <= max);
                    fits.then_some(())
                        .ok_or_else(|| format!("invalid repeat count: `{operator}`"))?;
                    return self.repeat(before, operator, flags);
                }
                self.take(1);
                self.out.push_str("\\{");
            }
            Some(b'[') => self.class()?,
            Some(b'\\') => self.escape()?,
            Some(b'^' | b'$' | b'.') => {
                let operator = self.take(1);
                self.out.push_str(operator);
            }
            _ => {
                if let Some(char) = self.next() {
                    push_literal(&mut self.out, char);
                }
            }
        }
        self.last = Last::Item;
        Ok(())
    }

    /// Repeats what came last. Flags are nothing: what stands before them is repeated.
    fn repeat(
        &mut self,
        before: &'a str,
        operator: &str,
        flags: Option<usize>,
    ) -> Result<(), String> {
        let lazy = self.left.starts_with('?');
        if lazy {
            self.take(1);
        }
        let until_here = |from: &'a str| from.strip_suffix(self.left).unwrap_or(from);
        match self.last {
            Last::Nothing => {
                let operator = until_here(before);
                return Err(format!("missing argument to repetition operator: `{operator}`"));
            }
            Last::Repetition(from) => {
                let both = until_here(from);
                return Err(format!("invalid nested repetition operator: `{both}`"));
            }
            Last::Item => {}
        }
        let flags = self.out.split_off(flags.unwrap_or(self.out.len()));
        self.out.push_str(operator);
        if lazy {
            self.out.push('?');
        }
        self.out.push_str(&flags);
        self.last = Last::Repetition(before);
        Ok(())
    }

    fn open(&mut self) -> Result<(), String> {
        let last = std::mem::replace(&mut self.last, Last::Nothing);
        if !self.left.starts_with("(?") {
            self.take(1);
            self.depth += 1;
            self.out.push('(');
            return Ok(());
        }
        let whole = self.left;
        let named = ["(?P<", "(?<"].into_iter().find(|start| whole.starts_with(start));
        if let Some(start) = named {
            let Some(end) = whole.find('>') else {
                return Err(format!("invalid named capture: `{whole}`"));
            };
            let capture = self.take(end + 1);
            let name = capture.get(start.len()..end).unwrap_or_default();
            let is_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
            if name.is_empty() || !name.chars().all(is_name) {
                return Err(format!("invalid named capture: `{capture}`"));
            }
            self.depth += 1;
            self.out.push_str(capture);
            return Ok(());
        }
        self.take(2);
        let flags = self.out.len();
        self.flags(whole)?;
        if whole.strip_suffix(self.left).is_some_and(|flags| flags.ends_with(')')) {
            self.flags = Some(flags);
            self.last = if last == Last::Nothing { last } else { Last::Item };
        }
        Ok(())
    }

    /// `(?i)`, `(?i-s:…)` and the like, after `(?`.
    fn flags(&mut self, whole: &'a str) -> Result<(), String> {
        let mut negated = false;
        let mut seen = false;
        while let Some(char) = self.next() {
            match char {
                'i' | 'm' | 's' | 'U' => seen = true,
                '-' if !negated => {
                    negated = true;
                    seen = false;
                }
                ':' | ')' if seen || !negated => {
                    self.depth += usize::from(char == ':');
                    let flags = whole.strip_suffix(self.left).unwrap_or(whole);
                    // `(?)` says nothing, and the crate refuses it.
                    self.out.push_str(flags.strip_prefix("(?)").unwrap_or(flags));
                    return Ok(());
                }
                _ => break,
            }
        }
        let seen = whole.strip_suffix(self.left).unwrap_or(whole);
        Err(format!("invalid or unsupported Perl syntax: `{seen}`"))
    }

    fn escape(&mut self) -> Result<(), String> {
        let kind = self.left.as_bytes().get(1);
        match kind {
            Some(b'A' | b'z') => {
                let anchor = self.take(2);
                self.out.push_str(anchor);
            }
            Some(b'b' | b'B') => {
                let boundary = self.take(2);
                let _ = write!(self.out, "(?-u:{boundary})");
            }
            Some(b'C') => return Err("invalid escape sequence: `\\C`".to_owned()),
            Some(b'Q') => {
                self.take(2);
                let (literal, left) = self.left.split_once("\\E").unwrap_or((self.left, ""));
                literal.chars().for_each(|char| push_literal(&mut self.out, char));
                self.left = left;
            }
            _ => match self.class_escape()? {
                Class::Set(set) => {
                    let _ = write!(self.out, "[{set}]");
                }
                Class::Char(char) => push_literal(&mut self.out, char),
            },
        }
        Ok(())
    }

    /// An escape that stands for a set or for one character.
    fn class_escape(&mut self) -> Result<Class, String> {
        let kind = self.left.as_bytes().get(1).copied();
        let set = match kind {
            Some(b'd') => "0-9",
            Some(b'D') => "\\x00-/:-\\x{10FFFF}",
            Some(b's') => "\\t\\n\\x0C\\r ",
            Some(b'S') => "\\x00-\\x08\\x0B\\x0E-\\x1F!-\\x{10FFFF}",
            Some(b'w') => "0-9A-Za-z_",
            Some(b'W') => "\\x00-/:-@\\[-\\^`\\{-\\x{10FFFF}",
            Some(b'p' | b'P') => return self.unicode_class(),
            _ => return self.char_escape().map(Class::Char),
        };
        self.take(2);
        Ok(Class::Set(set.to_owned()))
    }

    fn unicode_class(&mut self) -> Result<Class, String> {
        let whole = self.left;
        let mut negated = whole.starts_with("\\P");
        self.take(2);
        let mut name = match self.next() {
            None => return Err(format!("invalid character class range: `{whole}`")),
            Some('{') => {
                let Some(end) = self.left.find('}') else {
                    return Err(format!("invalid character class range: `{whole}`"));
                };
                let name = self.take(end).to_owned();
                self.take(1);
                name
            }
            Some(char) => char.to_string(),
        };
        if let Some(rest) = name.strip_prefix('^') {
            negated = !negated;
            name = rest.to_owned();
        }
        let sign = if negated { 'P' } else { 'p' };
        let set = format!("\\{sign}{{{name}}}");
        if regex::Regex::new(&set).is_err() {
            let written = whole.strip_suffix(self.left).unwrap_or(whole);
            return Err(format!("invalid character class range: `{written}`"));
        }
        Ok(Class::Set(set))
    }

    fn char_escape(&mut self) -> Result<char, String> {
        let whole = self.left;
        self.take(1);
        let Some(char) = self.next() else {
            return Err("trailing backslash at end of expression: ``".to_owned());
        };
        let escaped = match char {
            'a' => Some('\x07'),
            'f' => Some('\x0c'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\x0b'),
            'x' => self.hex(),
            '1'..='7' if !self.left.starts_with(|next| matches!(next, '0'..='7')) => None,
            '0'..='7' => self.octal(char),
            _ if char.is_ascii() && !char.is_ascii_alphanumeric() => Some(char),
            _ => None,
        };
        escaped.ok_or_else(|| {
            let written = whole.strip_suffix(self.left).unwrap_or(whole);
            format!("invalid escape sequence: `{written}`")
        })
    }

    fn octal(&mut self, first: char) -> Option<char> {
        let mut code = first.to_digit(8)?;
        for _ in 0..2 {
            let Some(digit) = self.left.chars().next().and_then(|char| char.to_digit(8)) else {
                break;
            };
            self.take(1);
            code = code * 8 + digit;
        }
        char::from_u32(code)
    }

    fn hex(&mut self) -> Option<char> {
        let first = self.next()?;
        if first != '{' {
            let code = first.to_digit(16)? * 16 + self.next()?.to_digit(16)?;
            return char::from_u32(code);
        }
        let mut code = 0_u32;
        let mut digits = 0;
        loop {
            match self.next()? {
                '}' if digits > 0 => return char::from_u32(code),
                digit => code = code.checked_mul(16)?.checked_add(digit.to_digit(16)?)?,
            }
            digits += 1;
        }
    }

    fn class(&mut self) -> Result<(), String> {
        let whole = self.left;
        self.take(1);
        self.out.push('[');
        if self.left.starts_with('^') {
            self.take(1);
            self.out.push('^');
        }
        let mut first = true;
        while first || !self.left.starts_with(']') {
            first = false;
            self.class_item(whole)?;
        }
        self.take(1);
        self.out.push(']');
        Ok(())
    }

    fn class_item(&mut self, whole: &'a str) -> Result<(), String> {
        if self.left.starts_with("[:")
            && let Some(end) = self.left.find(":]")
        {
            let name = self.take(end + 2);
            let plain = name.trim_matches(['[', ':', ']']).trim_start_matches('^');
            if !POSIX.contains(&plain) {
                return Err(format!("invalid character class range: `{name}`"));
            }
            self.out.push_str(name);
            return Ok(());
        }
        let range = self.left;
        let low = match self.class_char(whole)? {
            Class::Set(set) => {
                self.out.push_str(&set);
                return Ok(());
            }
            Class::Char(low) => low,
        };
        push_literal(&mut self.out, low);
        let to = self.left.strip_prefix('-').filter(|rest| !rest.is_empty());
        if to.is_none_or(|rest| rest.starts_with(']')) {
            return Ok(());
        }
        self.take(1);
        let high = match self.class_char(whole)? {
            Class::Char(high) if high >= low => high,
            _ => {
                let range = range.strip_suffix(self.left).unwrap_or(range);
                return Err(format!("invalid character class range: `{range}`"));
            }
        };
        self.out.push('-');
        push_literal(&mut self.out, high);
        Ok(())
    }

    fn class_char(&mut self, whole: &'a str) -> Result<Class, String> {
        if self.left.starts_with('\\') {
            return self.class_escape();
        }
        self.next().map(Class::Char).ok_or_else(|| format!("missing closing ]: `{whole}`"))
    }
}

/// The classes of POSIX that Go knows.
const POSIX: [&str; 14] = [
    "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
    "space", "upper", "word", "xdigit",
];

/// Reads `{3}`, `{3,}` or `{3,5}`: the least, the most, and how long it is.
fn repetition(text: &str) -> Option<(u32, Option<u32>, usize)> {
    let end = text.find('}')?;
    let inner = text.get(1..end)?;
    // A number beyond all limits is one beyond the limit of 1000.
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let canonical = digits == "0" || !digits.starts_with('0');
        (plain && canonical).then(|| digits.parse().unwrap_or(u32::MAX))
    };
    let (min, max) = match inner.split_once(',') {
        None => (number(inner)?, Some(number(inner)?)),
        Some((min, "")) => (number(min)?, None),
        Some((min, max)) => (number(min)?, Some(number(max)?)),
    };
    Some((min, max, end + 1))
}

fn push_literal(out: &mut String, char: char) {
    if char.is_ascii() && !char.is_ascii_alphanumeric() {
        let _ = write!(out, "\\x{:02X}", u32::from(char));
    } else {
        out.push(char);
    }
}
