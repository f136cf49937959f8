//! Templates by chance: every statement, every function, right and wrong
//! types, right and wrong counts, and texts that do not parse.

mod expression;

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
                // It may not call the one that it replaces: that would be itself.
                self.templates.retain(|known| known != name);
                let body = self.body(2);
                let definition = format!("{{{{define {name:?}}}}}{body}{{{{end}}}}\n");
                template += &definition;
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
        if template.contains("xff") || associated.iter().any(|(_, text)| text.contains("xff")) {
            // Keys of maps are UTF-8 here.
            template = template.replace("dict", "list");
            for (_, text) in &mut associated {
                *text = text.replace("dict", "list");
            }
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
            let leaving = match self.below(3) {
                0 => format!("{{{{if eq . 1}}}}{{{{{jump}}}}}{{{{end}}}}"),
                1 => format!("{{{{{jump}}}}}"),
                _ => format!("{{{{with .x}}}}{{{{{jump}}}}}{{{{else}}}}-{{{{end}}}}"),
            };
            out += &leaving;
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
                        "{{define \"d\"}}",
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
