//! Pipelines, commands, calls and format strings by chance.

use super::Grammar;

const FIELDS: &[&str] = &[
    ".s",
    ".empty",
    ".num",
    ".html",
    ".uni",
    ".multi",
    ".quo",
    ".n",
    ".zero",
    ".neg",
    ".f",
    ".big",
    ".huge",
    ".tiny",
    ".mil",
    ".yes",
    ".no",
    ".nil",
    ".i",
    ".i64",
    ".i32",
    ".u8",
    ".u32",
    ".u64",
    ".nan",
    ".inf",
    ".by",
    ".l",
    ".el",
    ".ln",
    ".ls",
    ".li",
    ".l64",
    ".lm",
    ".sm",
    ".im",
    ".m",
    ".em",
    ".é",
    ".m.a",
    ".m.a.b.c",
    ".m.a.b.n",
    ".m.a.b.n.x",
    ".m.list",
    ".m.nosuch",
    ".m.nosuch.x",
    ".nosuch",
    ".nosuch.x.y",
    ".sm.k",
    ".sm.nosuch",
    ".im.one",
    ".im.nosuch",
    ".s.x",
    ".l.x",
    ".i.x.y",
    ".nil.x",
    ".m.nil.y",
    ".em.x",
];

/// How many of the fields, from the first, are there in the whole document.
const SOUND: usize = 37;

const LITERALS: &[&str] = &[
    "0",
    "1",
    "2",
    "-1",
    "3",
    "7",
    "0x1F",
    "0b101",
    "0o17",
    "017",
    "1_0",
    "'a'",
    "'\\n'",
    "'é'",
    "1.5",
    "2.0",
    "-0.0",
    "1e3",
    "1e6",
    ".5",
    "1.",
    "0x1p4",
    "1e-7",
    "true",
    "false",
    "nil",
    "\"\"",
    "\"a\"",
    "\"hello\"",
    "\"é\\n\\\"\"",
    "`raw \\n`",
    "\"%d\"",
    "\"a b\"",
    "1i",
    "1+2i",
    "\"k\"",
    "\"one\"",
    "\"m\"",
    "\"12\"",
    "\"<&>\"",
];

const GREAT: &[&str] = &[
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "0xFFFFFFFFFFFFFFFF",
    "1e300",
    "1e19",
    "4611686018427387904",
];

const COMPARISONS: &[&str] = &["eq", "ne", "lt", "le", "gt", "ge"];

/// Name, the arguments that fit it (one letter each), and whether the last
/// may come more often or not at all.
const FUNCTIONS: &[(&str, &str, bool)] = &[
    ("upper", "s", false),
    ("repeat", "is", false),
    ("inc", "i", false),
    ("add64", "ll", false),
    ("half", "f", false),
    ("invert", "b", false),
    ("keys", "m", false),
    ("same", "a", false),
    ("nothing", "", false),
    ("typeOf", "a", false),
    ("fail", "s", false),
    ("explode", "", false),
    ("bytesOf", "s", false),
    ("join", "st", false),
    ("firstOf", "v", false),
    ("list", "a", true),
    ("dict", "sasa", true),
    ("strs", "s", true),
    ("sumOf", "ii", true),
    ("and", "aa", true),
    ("or", "aa", true),
    ("not", "a", false),
    ("len", "c", false),
    ("index", "vi", true),
    ("index", "ms", true),
    ("index", "ma", true),
    ("slice", "vi", true),
    ("slice", "si", true),
    ("print", "aa", true),
    ("println", "aa", true),
    ("html", "aa", true),
    ("js", "aa", true),
    ("urlquery", "aa", true),
    ("call", "aa", true),
    ("nosuch", "a", false),
];

impl Grammar {
    pub(super) fn pipeline(&mut self, depth: usize) -> String {
        let mut out = self.command(depth);
        while self.chance(22) {
            let next = match self.below(20) {
                0 if self.chance(25) => self.operand(0),
                1 if self.chance(30) => String::new(),
                2..=4 => self.printf(),
                _ => self.call(depth.saturating_sub(1), 1),
            };
            out += " | ";
            out += &next;
        }
        out
    }

    fn command(&mut self, depth: usize) -> String {
        match self.below(20) {
            0..=6 => self.operand(depth),
            7..=8 => self.comparison(depth),
            9 => self.printf(),
            10 if self.chance(30) => {
                let (field, argument) = (self.field(), self.operand(0));
                format!("{field} {argument}")
            }
            _ => self.call(depth, 0),
        }
    }

    /// A call; `piped` arguments are left to the pipeline.
    fn call(&mut self, depth: usize, piped: usize) -> String {
        let at = self.below(FUNCTIONS.len());
        let Some((name, wanted, more)) = FUNCTIONS.get(at).copied() else {
            return ".".to_owned();
        };
        if matches!(name, "nosuch" | "fail" | "explode" | "call") && self.chance(80) {
            return self.comparison(depth);
        }
        let mut count = wanted.len().saturating_sub(piped);
        if more {
            count = self.below(count + 2).max(usize::from(self.chance(80)));
        } else if self.chance(3) {
            count = self.below(4);
        }
        let wanted: String = wanted.chars().chain("aaaa".chars()).take(count).collect();
        let arguments = self.arguments(&wanted, depth);
        format!("{name}{arguments}")
    }

    pub(super) fn arguments(&mut self, wanted: &str, depth: usize) -> String {
        let arguments = wanted.chars().map(|kind| [" ".to_owned(), self.argument(kind, depth)]);
        arguments.flatten().collect()
    }

    fn argument(&mut self, kind: char, depth: usize) -> String {
        if self.chance(5) {
            return self.operand(depth);
        }
        let choices: &[&str] = match kind {
            's' => &["\"ab\"", ".s", ".uni", "`c`", "(print 1 2)", "\"\"", "$.html", ".sm.k"],
            'i' => &["1", "0", "2", ".i", "(len .s)", "3", "'a'", "(inc 1)", ".n", "1.0"],
            'l' => &["1", ".i64", "-3", "(add64 1 2)", "0x10", ".i"],
            'f' => &["1.5", ".n", ".f", "3", "1e3", ".big", ".i"],
            'b' => &["true", ".yes", "false", "(not .no)", ".s", "(eq 1 1)"],
            'm' => &[".m", ".em", "(dict \"a\" 1)", ".sm", "$.m.a", ".im", "nil", "(index .lm 0)"],
            't' => &[".ls", "(strs \"a\" \"b\")", ".l", "nil", "(slice .ls 0 1)"],
            'v' => &[".l", ".ln", "(list 1 2)", ".el", ".li", ".lm", ".ls", ".s", "nil", ".by"],
            'c' => &[".l", ".s", ".m", ".by", ".sm", "\"héé\"", "nil", ".nil", "(.nosuch)", "3"],
            _ => return self.operand(depth),
        };
        self.pick(choices).to_owned()
    }

    fn comparison(&mut self, depth: usize) -> String {
        let name = self.pick(COMPARISONS);
        let count = match self.below(12) {
            0 => 1,
            1 => 3,
            2 => self.below(2) * 2,
            _ => 2,
        };
        let same = self.pick(&["i", "s", "s", "l", "l", "a"]);
        let kinds = same.repeat(count);
        let mut arguments = self.arguments(&kinds, depth.saturating_sub(1));
        if self.chance(4) {
            arguments += " ";
            arguments += self.pick(GREAT);
        }
        format!("{name}{arguments}")
    }

    pub(super) fn operand(&mut self, depth: usize) -> String {
        match self.below(20) {
            0..=4 => self.pick(LITERALS).to_owned(),
            5..=11 => self.field(),
            12..=13 => {
                let variable = self.variable();
                let field = self.field();
                let deeper = variable == "$" || self.chance(10);
                if deeper { variable + &field } else { variable }
            }
            14 => ".".to_owned(),
            15 if self.chance(20) => "nothing".to_owned(),
            16 if self.chance(10) => "nothing.x".to_owned(),
            _ if depth > 0 => {
                let inside = self.pipeline(depth - 1);
                let field = if self.chance(12) { self.pick(&[".x", ".m", ".a.b"]) } else { "" };
                format!("({inside}){field}")
            }
            _ => self.field(),
        }
    }

    pub(super) fn field(&mut self) -> String {
        if self.chance(70) {
            let at = self.below(SOUND);
            return FIELDS.get(at).copied().unwrap_or_default().to_owned();
        }
        self.pick(FIELDS).to_owned()
    }

    pub(super) fn printf(&mut self) -> String {
        let mut format = String::new();
        for _ in 0..=self.below(3) {
            format += self.pick(&["", " ", "a", "é", "%%", "-"]);
            format += &self.directive();
        }
        let quoted = if format.contains('`') { "\"%v\"".to_owned() } else { format!("`{format}`") };
        let count = self.below(4);
        let mut arguments = String::new();
        for _ in 0..count {
            let argument = match self.below(20) {
                0 | 1 => self.pick(GREAT).to_owned(),
                // Keys of maps are UTF-8 here; elsewhere any bytes will do.
                2 => "\"\\xff\\u00e9\"".to_owned(),
                _ => self.operand(1),
            };
            arguments += " ";
            arguments += &argument;
        }
        format!("printf {quoted}{arguments}")
    }

    fn directive(&mut self) -> String {
        let mut out = "%".to_owned();
        while self.chance(30) {
            out += self.pick(&["+", "-", "#", " ", "0"]);
        }
        if self.chance(6) {
            out += self.pick(&["[1]", "[2]", "[3]", "[0]", "[x]", "[", "[]", "[99999999999]"]);
        }
        if self.chance(25) {
            out += self.pick(&["1", "5", "12", "*", "03", "70", "99999999"]);
        }
        if self.chance(20) {
            out += self.pick(&[".", ".0", ".2", ".3", ".10", ".*", ".20", ".[2]*", ".70"]);
        }
        if self.chance(4) {
            out += self.pick(&["[1]", "[2]"]);
        }
        out + self.pick(&[
            "v", "v", "v", "s", "s", "d", "d", "q", "x", "X", "T", "t", "e", "E", "f", "F", "g",
            "G", "b", "o", "O", "c", "U", "w", "z", "y", "é", "!", "", "%",
        ])
    }
}
