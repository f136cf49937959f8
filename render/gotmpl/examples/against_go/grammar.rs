//! Templates by chance: every statement, every function, right and wrong
//! types, right and wrong counts, and texts that do not parse.

use serde_json::{Value as Json, json};

use crate::data::document;

/// A template and what it is run with.
#[derive(Clone, Debug)]
pub(crate) struct Question {
    pub(crate) name: String,
    pub(crate) template: String,
    pub(crate) associated: Vec<(String, String)>,
    pub(crate) data: Json,
    pub(crate) missing_key: &'static str,
}

/// Makes questions out of a seed.
pub(crate) struct Grammar {
    state: u64,
    /// Variables that may be used here.
    variables: Vec<String>,
    /// Templates that may be called here.
    templates: Vec<String>,
    in_range: usize,
}

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
    pub(crate) fn new(seed: u64) -> Self {
        let state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self { state, variables: Vec::new(), templates: Vec::new(), in_range: 0 }
    }

    /// Returns a number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        let number = self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).unwrap_or(0) % end.max(1)
    }

    fn chance(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    fn pick<'p>(&mut self, from: &[&'p str]) -> &'p str {
        let at = self.below(from.len());
        from.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn question(&mut self) -> Question {
        self.variables.clear();
        self.templates.clear();
        let mut associated = Vec::new();
        for name in ["c", "b", "a"] {
            if self.chance(15) {
                let body = self.body(1);
                associated.push((name.to_owned(), body));
                self.templates.push(name.to_owned());
            }
        }
        let mut template = String::new();
        for name in ["z", "y", "a"] {
            if self.chance(8) {
                self.variables.clear();
                let body = self.body(2);
                template += &format!("{{{{define {name:?}}}}}{body}{{{{end}}}}\n");
                self.templates.push(name.to_owned());
            }
        }
        self.variables.clear();
        template += &self.body(3);
        if self.chance(12) {
            template = self.damage(&template);
        }
        if template.contains("slice") && template.contains("bytesOf") {
            // How much room Go leaves after such bytes, and a slice may reach
            // into, is an accident of its allocator.
            template = template.replace("bytesOf", "upper");
        }
        let whole = document();
        let data = match self.below(12) {
            0 => json!(null),
            1 => whole.get("m").cloned().unwrap_or_default(),
            2 => whole.get("l").cloned().unwrap_or_default(),
            3 => json!("just text"),
            _ => whole,
        };
        let name = self.pick(&["t", "chart/templates/a b.yaml", "x\"y"]).to_owned();
        let missing_key = self.pick(&["zero", "zero", "default", "error"]);
        Question { name, template, associated, data, missing_key }
    }

    fn body(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let count = 1 + self.below(3);
        let body = (0..count).map(|_| self.piece(depth)).collect();
        self.variables.truncate(before);
        body
    }

    fn piece(&mut self, depth: usize) -> String {
        let choice = if depth == 0 { self.below(60) } else { self.below(100) };
        match choice {
            0..=9 => self.text(),
            10..=44 => self.action(),
            45..=50 => self.declaration(),
            51..=52 => self.pick(&["{{/* c */}}", "{{- /* a\nb */ -}}", "{{- /*x*/}}"]).to_owned(),
            53..=55 => self.call_template(),
            56..=59 => self.printf_action(),
            60..=73 => self.choice(depth),
            74..=81 => self.with(depth),
            82..=95 => self.range(depth),
            96..=97 => self.block(depth),
            _ => self.stray(),
        }
    }

    fn text(&mut self) -> String {
        if self.chance(4) {
            return "{".to_owned();
        }
        self.pick(&["text ", "\n", " \t", "a: b\n", "}", "{ ", "%d", "é "]).to_owned()
    }

    /// A word that has its place in a range, at most.
    fn stray(&mut self) -> String {
        if self.in_range > 0 || self.chance(10) {
            return self.pick(&["{{break}}", "{{continue}}", "{{break }}"]).to_owned();
        }
        if self.chance(10) {
            return self.pick(&["{{else}}", "{{end}}"]).to_owned();
        }
        self.action()
    }

    fn braces(&mut self, inside: &str) -> String {
        let (left, right) = match self.below(10) {
            0 => ("{{- ", " -}}"),
            1 => ("{{- ", "}}"),
            2 => ("{{ ", " -}}"),
            3 => ("{{\n", "\t}}"),
            4 => ("{{ ", " }}"),
            _ => ("{{", "}}"),
        };
        format!("{left}{inside}{right}")
    }

    fn action(&mut self) -> String {
        let pipeline = self.pipeline(3);
        self.braces(&pipeline)
    }

    fn printf_action(&mut self) -> String {
        let call = self.printf();
        self.braces(&call)
    }

    fn declaration(&mut self) -> String {
        let pipeline = self.pipeline(2);
        if self.chance(30) && !self.variables.is_empty() {
            let variable = self.variable();
            return self.braces(&format!("{variable} = {pipeline}"));
        }
        let variable = self.pick(&["$x", "$y", "$zé", "$x1"]).to_owned();
        let made = self.braces(&format!("{variable} := {pipeline}"));
        self.variables.push(variable);
        made
    }

    fn variable(&mut self) -> String {
        let at = self.below(self.variables.len() + 1);
        match self.variables.get(at).cloned() {
            Some(variable) => variable,
            None if self.chance(98) => "$".to_owned(),
            None => "$undeclared".to_owned(),
        }
    }

    fn call_template(&mut self) -> String {
        let at = self.below(self.templates.len() + 1);
        let name =
            self.templates.get(at).cloned().unwrap_or_else(|| {
                if self.chance(30) { "missing".to_owned() } else { "a".to_owned() }
            });
        // What is not known yet could call itself without end.
        if !self.templates.contains(&name) && self.chance(80) {
            return self.action();
        }
        let name = if self.templates.contains(&name) { name } else { "missing".to_owned() };
        if self.chance(15) {
            return self.braces(&format!("template {name:?}"));
        }
        let pipeline = if self.chance(60) { ".".to_owned() } else { self.pipeline(2) };
        self.braces(&format!("template {name:?} {pipeline}"))
    }

    fn choice(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let mut out = String::new();
        let condition = self.condition();
        out += &self.braces(&format!("if {condition}"));
        out += &self.body(depth - 1);
        while self.chance(25) {
            let condition = self.condition();
            out += &self.braces(&format!("else if {condition}"));
            out += &self.body(depth - 1);
        }
        self.otherwise(&mut out, depth);
        self.variables.truncate(before);
        out + "{{end}}"
    }

    fn otherwise(&mut self, out: &mut String, depth: usize) {
        if self.chance(30) {
            *out += &self.braces("else");
            *out += &self.body(depth - 1);
        }
    }

    fn condition(&mut self) -> String {
        let pipeline = self.pipeline(2);
        if self.chance(15) {
            let variable = self.pick(&["$x", "$c"]).to_owned();
            let made = format!("{variable} := {pipeline}");
            self.variables.push(variable);
            return made;
        }
        pipeline
    }

    fn with(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let condition = self.condition();
        let mut out = self.braces(&format!("with {condition}"));
        out += &self.body(depth - 1);
        if self.chance(15) {
            let condition = self.condition();
            out += &self.braces(&format!("else with {condition}"));
            out += &self.body(depth - 1);
        }
        self.otherwise(&mut out, depth);
        self.variables.truncate(before);
        out + "{{end}}"
    }

    fn range(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let over = self.collection();
        let head = match self.below(10) {
            0 | 1 => {
                self.variables.push("$v".to_owned());
                format!("range $v := {over}")
            }
            2..=4 => {
                self.variables.extend(["$k".to_owned(), "$v".to_owned()]);
                format!("range $k, $v := {over}")
            }
            5 if self.chance(50) => {
                let variable = self.variable();
                format!("range {variable} = {over}")
            }
            6 if self.chance(20) => self
                .pick(&["range $a, $b, $c := .l", "range $a, 1", "range $i, $i := .ls"])
                .to_owned(),
            _ => format!("range {over}"),
        };
        let mut out = self.braces(&head);
        self.in_range += 1;
        out += &self.body(depth - 1);
        if self.chance(20) {
            let jump = self.pick(&["break", "continue"]);
            out += &match self.below(3) {
                0 => format!("{{{{if eq . 1}}}}{{{{{jump}}}}}{{{{end}}}}"),
                1 => format!("{{{{{jump}}}}}"),
                _ => format!("{{{{with .x}}}}{{{{{jump}}}}}{{{{else}}}}-{{{{end}}}}"),
            };
            out += &self.body(0);
        }
        self.in_range -= 1;
        self.otherwise(&mut out, depth);
        self.variables.truncate(before);
        out + "{{end}}"
    }

    /// Something to range over that is not too long.
    fn collection(&mut self) -> String {
        match self.below(14) {
            0..=6 => self.field(),
            7 => self
                .pick(&["3", "0", "2", "-1", "1.5", "\"ab\"", "nil", "true", "'\\x02'"])
                .to_owned(),
            8 | 9 => {
                let arguments = self.arguments("aaa", 1);
                format!("list{arguments}")
            }
            10 => "strs \"p\" \"q\"".to_owned(),
            11 => "dict \"q\" 1 \"p\" .l".to_owned(),
            12 => self.pick(&[".", "$", "(len .s)", "(index .m \"list\")", "(.u8)"]).to_owned(),
            _ => "(slice $.l 1 3)".to_owned(),
        }
    }

    fn block(&mut self, depth: usize) -> String {
        let pipeline = self.pipeline(1);
        let name = self.pick(&["b1", "b2", "b3", "b4", "b5", "b6"]);
        let head = self.braces(&format!("block {name:?} {pipeline}"));
        let outer = std::mem::take(&mut self.variables);
        let ranges = std::mem::take(&mut self.in_range);
        let body = self.body(depth - 1);
        self.variables = outer;
        self.in_range = ranges;
        format!("{head}{body}{{{{end}}}}")
    }

    fn pipeline(&mut self, depth: usize) -> String {
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

    fn arguments(&mut self, wanted: &str, depth: usize) -> String {
        wanted.chars().map(|kind| format!(" {}", self.argument(kind, depth))).collect()
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
            arguments += &format!(" {}", self.pick(GREAT));
        }
        format!("{name}{arguments}")
    }

    fn operand(&mut self, depth: usize) -> String {
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

    fn field(&mut self) -> String {
        if self.chance(70) {
            let at = self.below(SOUND);
            return FIELDS.get(at).copied().unwrap_or_default().to_owned();
        }
        self.pick(FIELDS).to_owned()
    }

    fn printf(&mut self) -> String {
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
            arguments += &format!(" {argument}");
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

    /// Takes out, puts in or doubles something, so that most texts no longer
    /// parse.
    fn damage(&mut self, template: &str) -> String {
        let mut characters: Vec<char> = template.chars().collect();
        for _ in 0..=self.below(2) {
            let at = self.below(characters.len() + 1);
            match self.below(4) {
                0 if at < characters.len() => {
                    characters.remove(at);
                }
                1 => {
                    let end = (at + self.below(6)).min(characters.len());
                    characters.drain(at..end);
                }
                _ => {
                    let piece = self.pick(&[
                        "{{",
                        "}}",
                        "(",
                        ")",
                        "|",
                        "$",
                        ".",
                        ",",
                        ":=",
                        "=",
                        "\"",
                        "`",
                        "'",
                        "{{end}}",
                        "{{else}}",
                        " ",
                        "-",
                        "+",
                        "1",
                        "x",
                        "{{define \"a\"}}",
                        "{{if}}",
                        "/*",
                        "*/",
                        "{{template}}",
                        "{{range}}",
                        "\\",
                        "1+2",
                        "0x",
                        "é",
                        "\u{7f}",
                        "#",
                        "{{break}}",
                        "{{/*",
                        "\n",
                        "{{define a}}",
                        "{{block \"q\"}}",
                        "089",
                        "1__0",
                        "99999999999999999999",
                        "{{with",
                        "{{else if 1}}",
                        "{{1|2}}",
                        "{{nil}}",
                        "{{nil.x}}",
                        "{{\"a\".b}}",
                    ]);
                    characters.splice(at..at, piece.chars());
                }
            }
        }
        characters.into_iter().collect()
    }
}
