//! Statements by chance.

use crate::random::Random;

/// Makes a template.
pub(super) struct Grammar {
    pub(super) random: Random,
    /// Variables that may be used here.
    pub(super) variables: Vec<&'static str>,
    /// Templates that may be called here.
    pub(super) templates: Vec<String>,
    in_range: usize,
}

const VARIABLES: &[&str] = &["$x", "$y", "$z"];

impl Grammar {
    pub(super) fn new(random: Random) -> Self {
        Self { random, variables: Vec::new(), templates: Vec::new(), in_range: 0 }
    }

    /// Returns a template and its partials.
    pub(super) fn template(mut self) -> (String, String) {
        let mut partials = String::new();
        for name in ["p1", "p.two"] {
            if self.random.chance(20) {
                partials += &self.definition(name);
            }
        }
        let mut template = String::new();
        if self.random.chance(8) {
            template += &self.definition("own");
        }
        let depth = self.random.below(4);
        template += &self.body(depth);
        if self.random.chance(4) {
            template = self.damaged(&template);
        }
        (template, partials)
    }

    fn definition(&mut self, name: &str) -> String {
        self.variables.clear();
        let body = self.body(1);
        self.variables.clear();
        self.templates.push(name.to_owned());
        format!("{{{{ define {name:?} }}}}{body}{{{{ end }}}}\n")
    }

    fn body(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let count = 1 + self.random.below(2);
        let body = (0..count).map(|_| self.piece(depth)).collect();
        self.variables.truncate(before);
        body
    }

    fn piece(&mut self, depth: usize) -> String {
        match self.random.below(if depth == 0 { 60 } else { 100 }) {
            0..=3 => self
                .random
                .pick(&[
                    "text ",
                    "\n",
                    "a: b\n",
                    " é ",
                    "---\n",
                    "{{/* c */}}",
                    " {{- /* c\nd */ -}} ",
                    "{{ \"\" }}",
                ])
                .to_owned(),
            4..=9 => self.declaration(),
            10..=12 => self.call_template(),
            13..=59 => self.action(),
            60..=61 => self.block(depth),
            62..=76 => self.choice(depth),
            77..=85 => self.with(depth),
            86..=97 => self.range(depth),
            _ if self.in_range > 0 => {
                self.random.pick(&["{{ break }}", "{{ continue }}"]).to_owned()
            }
            _ => self.action(),
        }
    }

    fn braces(&mut self, inside: &str) -> String {
        let (left, right) = match self.random.below(16) {
            0 => ("{{- ", " -}}"),
            1 => ("{{-\n", " }}"),
            2 => ("{{ ", "\n-}}"),
            _ => ("{{ ", " }}"),
        };
        format!("{left}{inside}{right}")
    }

    fn action(&mut self) -> String {
        let pipeline = self.pipeline(2);
        self.braces(&pipeline)
    }

    fn declaration(&mut self) -> String {
        let pipeline = self.pipeline(2);
        if self.random.chance(25) && !self.variables.is_empty() {
            let variable = self.variable();
            return self.braces(&format!("{variable} = {pipeline}"));
        }
        let variable = self.random.pick(VARIABLES);
        let made = self.braces(&format!("{variable} := {pipeline}"));
        self.variables.push(variable);
        made
    }

    pub(super) fn variable(&mut self) -> &'static str {
        let at = self.random.below(self.variables.len() + 1);
        self.variables.get(at).copied().unwrap_or("$")
    }

    /// The name of a template that is there, mostly.
    pub(super) fn known_template(&mut self) -> String {
        let found = self.random.one(&self.templates).cloned();
        found.filter(|_| self.random.chance(90)).unwrap_or_else(|| "missing".to_owned())
    }

    fn call_template(&mut self) -> String {
        if self.templates.is_empty() && self.random.chance(90) {
            return self.action();
        }
        let name = self.known_template();
        let argument = match self.random.below(6) {
            0 => String::new(),
            1 => self.pipeline(1),
            2 => "$".to_owned(),
            _ => ".".to_owned(),
        };
        self.braces(&format!("template {name:?} {argument}"))
    }

    fn block(&mut self, depth: usize) -> String {
        let name = self.random.pick(&["b1", "own", "p1"]);
        let pipeline = self.pipeline(1);
        let before = std::mem::take(&mut self.variables);
        let body = self.body(depth - 1);
        self.variables = before;
        self.templates.push(name.to_owned());
        let head = self.braces(&format!("block {name:?} {pipeline}"));
        format!("{head}{body}{{{{ end }}}}")
    }

    fn condition(&mut self) -> String {
        let pipeline = self.pipeline(2);
        if self.random.chance(15) {
            self.variables.push("$c");
            return format!("$c := {pipeline}");
        }
        pipeline
    }

    fn choice(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let condition = self.condition();
        let mut out = self.braces(&format!("if {condition}")) + &self.body(depth - 1);
        while self.random.chance(20) {
            let condition = self.condition();
            out += &self.braces(&format!("else if {condition}"));
            out += &self.body(depth - 1);
        }
        self.otherwise(&mut out, depth);
        self.variables.truncate(before);
        out + "{{ end }}"
    }

    fn otherwise(&mut self, out: &mut String, depth: usize) {
        if self.random.chance(30) {
            *out += &self.braces("else");
            *out += &self.body(depth - 1);
        }
    }

    fn with(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let condition = self.condition();
        let mut out = self.braces(&format!("with {condition}")) + &self.body(depth - 1);
        if self.random.chance(15) {
            let condition = self.condition();
            out += &self.braces(&format!("else with {condition}"));
            out += &self.body(depth - 1);
        }
        self.otherwise(&mut out, depth);
        self.variables.truncate(before);
        out + "{{ end }}"
    }

    fn range(&mut self, depth: usize) -> String {
        let before = self.variables.len();
        let over = match self.random.below(11) {
            0..=1 => self.pipeline(1),
            2..=3 => self.argument('m', 1),
            4 => self.argument('i', 1),
            _ => self.argument('l', 1),
        };
        let head = match self.random.below(8) {
            0 | 1 => {
                self.variables.push("$v");
                format!("range $v := {over}")
            }
            2 if before > 1 => {
                let (key, value) = (self.variable(), self.variable());
                let key = if self.random.chance(50) { format!("{key}, ") } else { String::new() };
                format!("range {key}{value} = {over}")
            }
            2..=4 => {
                self.variables.extend(["$k", "$v"]);
                format!("range $k, $v := {over}")
            }
            _ => format!("range {over}"),
        };
        self.in_range += 1;
        let mut out = self.braces(&head) + &self.body(depth - 1);
        self.in_range -= 1;
        self.otherwise(&mut out, depth);
        self.variables.truncate(before);
        out + "{{ end }}"
    }

    fn damaged(&mut self, template: &str) -> String {
        let mut characters: Vec<char> = template.chars().collect();
        let at = self.random.below(characters.len() + 1);
        if self.random.chance(40) {
            let end = (at + 1 + self.random.below(4)).min(characters.len());
            characters.drain(at..end);
        } else {
            let piece = self.random.pick(&[
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
                "{{ end }}",
                "{{ else }}",
                " ",
                "-",
                "1",
                "x",
                "/*",
                "*/",
                "\\",
                "é",
                "#",
                "\n",
                "{{/*",
                "nil",
                "{{ define \"p1\" }}",
                "{{ break }}",
                "{{ template }}",
                "0x",
                "1.",
                "%",
                "nosuch ",
            ]);
            characters.splice(at..at, piece.chars());
        }
        characters.into_iter().collect()
    }
}
