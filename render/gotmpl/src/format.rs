//! Values to text, as Go's package `fmt` writes them.

mod directive;
mod float;
mod pad;

use std::fmt::Write as _;

pub(crate) use directive::printf;

use crate::{
    Elem, Object,
    complex::Complex,
    limits::LONGEST_TEXT,
    quote::{Keep, can_backquote, quote_char, quote_keeping},
    stack::with_room,
    unicode::{first, is_print},
    value::{Int, List, Map, Value},
};
use pad::Flags;

/// How deep values are printed: one that holds itself would have no end (Go
/// overflows its stack there).
const DEPTH: usize = 10_000;

/// Writes the values as `fmt.Print` does: a space where neither neighbour is a
/// string.
pub(crate) fn print(out: &mut Vec<u8>, values: &[Value]) {
    let mut after_string = true;
    for value in values {
        let is_string = matches!(value, Value::String(_) | Value::RawString(_));
        if !is_string && !after_string {
            out.push(b' ');
        }
        print_one(out, value);
        after_string = is_string;
    }
}

/// Writes the values as `fmt.Println` does.
pub(crate) fn println(out: &mut Vec<u8>, values: &[Value]) {
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(b' ');
        }
        print_one(out, value);
    }
    out.push(b'\n');
}

/// Returns what `%v` prints for a value.
pub fn printed(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    print_one(&mut out, value);
    out
}

/// Writes one value as `%v` does.
pub(crate) fn print_one(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => out.extend_from_slice(text.as_bytes()),
        Value::RawString(bytes) => out.extend_from_slice(bytes),
        _ => Printer { out, flags: Flags::default(), depth: 0 }.argument(value, 'v'),
    }
}

/// Returns what `Sprintf` makes of a value and a directive of that verb alone, `%t` say, its
/// complaints included.
pub fn shown(value: &Value, verb: char) -> String {
    let mut out = Vec::new();
    Printer { out: &mut out, flags: Flags::default(), depth: 0 }.argument(value, verb);
    String::from_utf8(out)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Writes values with one directive's flags.
struct Printer<'o> {
    out: &'o mut Vec<u8>,
    flags: Flags,
    depth: usize,
}

impl Printer<'_> {
    /// Writes an argument: what the caller of `printf` handed over.
    fn argument(&mut self, value: &Value, verb: char) {
        match (value, verb) {
            (Value::Nil, 'T' | 'v') => self.pad(b"<nil>"),
            (Value::Nil, _) | (Value::List(_) | Value::Map(_), 'w') => self.bad_verb(value, verb),
            (_, 'T') => self.string(value.type_name().as_bytes(), 's', value),
            (_, 'p') => self.pointer(value),
            (Value::Bytes(bytes), _) => self.byte_slice(bytes, verb, value),
            _ => self.value(value, verb),
        }
    }

    fn value(&mut self, value: &Value, verb: char) {
        // A text that is too long is refused by whoever asked for it.
        if self.out.len() > LONGEST_TEXT {
            return;
        }
        match value {
            Value::Nil => self.nested_nil(),
            Value::Bool(truth) if matches!(verb, 't' | 'v') => {
                self.pad(if *truth { b"true" } else { b"false" });
            }
            Value::Bool(_) => self.bad_verb(value, verb),
            Value::Int(number, kind) => self.integer(*number, *kind, verb),
            Value::Float(number) => self.float(*number, verb, value),
            Value::String(text) => self.string(text.as_bytes(), verb, value),
            Value::RawString(bytes) => self.string(bytes, verb, value),
            Value::Bytes(bytes) => self.nested_bytes(bytes, verb, value),
            Value::List(list) => self.nested(|printer| printer.list(list, verb)),
            Value::Map(map) => self.nested(|printer| printer.map(map, verb)),
            Value::Object(object) => self.object(object.as_ref(), verb, value),
        }
    }

    fn nested(&mut self, print: impl FnOnce(&mut Self)) {
        if self.depth >= DEPTH {
            return;
        }
        self.depth += 1;
        with_room(|| print(self));
        self.depth -= 1;
    }

    fn nested_nil(&mut self) {
        let text: &[u8] = if self.flags.sharp_v { b"interface {}(nil)" } else { b"<nil>" };
        self.out.extend_from_slice(text);
    }

    fn list(&mut self, list: &List, verb: char) {
        let sharp = self.flags.sharp_v;
        if sharp {
            self.out.extend_from_slice(list.elem.list_type().as_bytes());
            if list.nil {
                self.out.extend_from_slice(b"(nil)");
                return;
            }
        }
        self.out.push(if sharp { b'{' } else { b'[' });
        for (index, item) in list.items.iter().enumerate() {
            self.separate(index);
            self.value(item, verb);
        }
        self.out.push(if sharp { b'}' } else { b']' });
    }

    fn map(&mut self, map: &Map, verb: char) {
        let sharp = self.flags.sharp_v;
        if sharp {
            self.out.extend_from_slice(map.elem.map_type().as_bytes());
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(b"map[");
        }
        for (index, (key, item)) in map.entries.borrow().iter().enumerate() {
            self.separate(index);
            self.value(&Value::String(key.clone()), verb);
            self.out.push(b':');
            self.value(item, verb);
        }
        self.out.push(if sharp { b'}' } else { b']' });
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.extend_from_slice(if self.flags.sharp_v { b", " } else { b" " });
        }
    }

    fn object(&mut self, object: &dyn Object, verb: char, value: &Value) {
        if let Some(complex) = Complex::of(value) {
            self.complex(complex, verb, value);
        } else if let Some(inner) = object.underlying().filter(|inner| {
            // A named number has a `String` method (durations, months).
            !(matches!(inner, Value::Int(..)) && matches!(verb, 'v' | 's' | 'x' | 'X' | 'q'))
        }) {
            self.value(&inner, verb);
        } else if let Some(fields) = object.printed_fields() {
            self.structure(&fields, verb, value);
        } else if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q') {
            let verb = if verb == 'v' { 's' } else { verb };
            self.string(object.print().as_bytes(), verb, value);
        } else {
            self.bad_verb(value, verb);
        }
    }

    /// Writes a struct, or what a pointer to one leads to.
    fn structure(&mut self, fields: &[(&str, Value)], verb: char, value: &Value) {
        let name = value.type_name();
        let pointed_to = name.strip_prefix('*');
        if pointed_to.is_some() {
            if self.depth > 0 && verb != 'v' {
                return self.bad_verb(value, verb);
            }
            self.out.push(b'&');
        }
        if self.flags.sharp_v {
            self.out.extend_from_slice(pointed_to.unwrap_or(name).as_bytes());
        }
        self.out.push(b'{');
        self.nested(|printer| printer.fields(fields, verb));
        self.out.push(b'}');
    }

    fn fields(&mut self, fields: &[(&str, Value)], verb: char) {
        let has_names = self.flags.plus_v || self.flags.sharp_v;
        for (index, (name, field)) in fields.iter().enumerate() {
            self.separate(index);
            if has_names {
                self.out.extend_from_slice(name.as_bytes());
                self.out.push(b':');
            }
            self.value(field, verb);
        }
    }

    fn bad_verb(&mut self, value: &Value, verb: char) {
        self.out.extend_from_slice(b"%!");
        self.push_char(verb);
        self.out.push(b'(');
        if matches!(value, Value::Nil) {
            self.out.extend_from_slice(b"<nil>");
        } else {
            self.out.extend_from_slice(value.type_name().as_bytes());
            self.out.push(b'=');
            self.argument(value, 'v');
        }
        self.out.push(b')');
    }

    fn push_char(&mut self, character: char) {
        self.out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }

    /// Writes where the value lies, which is another place in each run.
    fn pointer(&mut self, value: &Value) {
        let address = match value {
            Value::Map(map) => std::rc::Rc::as_ptr(&map.entries).addr(),
            Value::List(list) => std::rc::Rc::as_ptr(&list.items).addr(),
            Value::Bytes(bytes) => bytes.as_ptr().addr(),
            _ => return self.bad_verb(value, 'p'),
        };
        let _ = write!(PushTo(self.out), "{address:#x}");
    }

    fn string(&mut self, text: &[u8], verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(text),
            'v' | 's' => {
                let text = self.cut(text);
                self.pad(text);
            }
            'x' => self.hex(text, Digits::Lower),
            'X' => self.hex(text, Digits::Upper),
            'q' => self.quoted(text),
            _ => self.bad_verb(value, verb),
        }
    }

    /// Returns as many characters as the precision allows.
    fn cut<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.flags.precision else { return text };
        let mut end = 0;
        for _ in 0..precision {
            let rest = text.get(end..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            end += first(rest).1;
        }
        text.get(..end).unwrap_or(text)
    }

    fn quoted(&mut self, text: &[u8]) {
        let text = self.cut(text);
        if self.flags.sharp && can_backquote(text) {
            self.pad(&[b"`", text, b"`"].concat());
            return;
        }
        let keep = if self.flags.plus { Keep::Ascii } else { Keep::Printable };
        self.pad(quote_keeping(text, keep).as_bytes());
    }

    fn byte_slice(&mut self, bytes: &[u8], verb: char, value: &Value) {
        match verb {
            'v' if self.flags.sharp_v => self.sharp_bytes("[]byte", bytes, verb),
            'v' | 'd' => self.plain_bytes(bytes, 'd'),
            's' => {
                let cut = self.cut(bytes);
                self.pad(cut);
            }
            'x' | 'X' | 'q' => self.string(bytes, verb, value),
            _ => self.plain_bytes(bytes, verb),
        }
    }

    fn nested_bytes(&mut self, bytes: &[u8], verb: char, value: &Value) {
        match verb {
            's' | 'q' | 'x' | 'X' => self.byte_slice(bytes, verb, value),
            _ => self.plain_bytes(bytes, verb),
        }
    }

    fn plain_bytes(&mut self, bytes: &[u8], verb: char) {
        if self.flags.sharp_v {
            return self.sharp_bytes("[]uint8", bytes, verb);
        }
        self.out.push(b'[');
        for (index, byte) in bytes.iter().enumerate() {
            self.separate(index);
            self.integer(i64::from(*byte), Int::Uint8, verb);
        }
        self.out.push(b']');
    }

    fn sharp_bytes(&mut self, type_name: &str, bytes: &[u8], verb: char) {
        self.out.extend_from_slice(type_name.as_bytes());
        self.out.push(b'{');
        for (index, byte) in bytes.iter().enumerate() {
            self.separate(index);
            self.integer(i64::from(*byte), Int::Uint8, verb);
        }
        self.out.push(b'}');
    }

    fn integer(&mut self, number: i64, kind: Int, verb: char) {
        let negative = !kind.is_unsigned() && number < 0;
        let size = if negative { number.unsigned_abs() } else { number.cast_unsigned() };
        let whole = Whole { size, negative };
        match verb {
            'v' if self.flags.sharp_v && kind.is_unsigned() => {
                let sharp = std::mem::replace(&mut self.flags.sharp, true);
                self.whole(whole, Base::Hex(Digits::Lower));
                self.flags.sharp = sharp;
            }
            'v' | 'd' => self.whole(whole, Base::Decimal),
            'b' => self.whole(whole, Base::Binary),
            'o' => self.whole(whole, Base::Octal),
            'O' => self.whole(whole, Base::OctalPrefixed),
            'x' => self.whole(whole, Base::Hex(Digits::Lower)),
            'X' => self.whole(whole, Base::Hex(Digits::Upper)),
            'c' => {
                let character = to_char(number);
                self.pad(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            'q' => {
                let keep = if self.flags.plus { Keep::Ascii } else { Keep::Printable };
                self.pad(quote_char(to_char(number), keep).as_bytes());
            }
            'U' => self.code_point(number.cast_unsigned()),
            _ => self.bad_verb(&Value::Int(number, kind), verb),
        }
    }

    fn code_point(&mut self, number: u64) {
        let precision = self.flags.precision.unwrap_or(0).max(4);
        let mut text = format!("U+{number:0precision$X}", precision = precision.min(64));
        if precision > 64 {
            text.insert_str(2, &"0".repeat(precision - 64));
        }
        let character = u32::try_from(number).ok().and_then(char::from_u32);
        if let Some(character) = character.filter(|&character| is_print(character))
            && self.flags.sharp
        {
            let _ = write!(text, " '{character}'");
        }
        self.pad_with_spaces(text.as_bytes());
    }

    fn complex(&mut self, complex: Complex, verb: char, value: &Value) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad_verb(value, verb);
        }
        self.out.push(b'(');
        self.float(complex.real, verb, value);
        let plus = std::mem::replace(&mut self.flags.plus, true);
        self.float(complex.imaginary, verb, value);
        self.flags.plus = plus;
        self.out.extend_from_slice(b"i)");
    }

    fn float(&mut self, number: f64, verb: char, value: &Value) {
        match verb {
            'v' => self.real(number, 'g', None),
            'b' | 'g' | 'G' | 'x' | 'X' => self.real(number, verb, None),
            'f' | 'e' | 'E' => self.real(number, verb, Some(6)),
            'F' => self.real(number, 'f', Some(6)),
            _ => self.bad_verb(value, verb),
        }
    }
}

/// An integer of either kind.
#[derive(Clone, Copy, Debug)]
struct Whole {
    size: u64,
    negative: bool,
}

/// In which base an integer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    Binary,
    Octal,
    /// `%O`, with `0o`.
    OctalPrefixed,
    Decimal,
    Hex(Digits),
}

/// Which digits stand for ten and above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Digits {
    Lower,
    Upper,
}

fn to_char(number: i64) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Lets `write!` append to bytes.
struct PushTo<'o>(&'o mut Vec<u8>);

impl std::fmt::Write for PushTo<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}

impl Elem {
    /// Returns Go's name of a slice of it.
    pub(crate) fn list_type(self) -> &'static str {
        match self {
            Self::Any => "[]interface {}",
            Self::String => "[]string",
            Self::Int => "[]int",
            Self::Int64 => "[]int64",
            Self::Map => "[]map[string]interface {}",
            Self::Bytes => "[][]uint8",
            Self::List => "[][]interface {}",
        }
    }

    /// Returns Go's name of a map of it.
    pub(crate) fn map_type(self) -> &'static str {
        match self {
            Self::Any => "map[string]interface {}",
            Self::String => "map[string]string",
            Self::Int => "map[string]int",
            Self::Int64 => "map[string]int64",
            Self::Map => "map[string]map[string]interface {}",
            Self::Bytes => "map[string][]uint8",
            Self::List => "map[string][]interface {}",
        }
    }
}
