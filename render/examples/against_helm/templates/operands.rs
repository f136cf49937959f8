//! Operands by chance: a letter says what kind is wanted.

use super::{
    grammar::Grammar,
    secrets::{ADDRESSES, CERTIFICATES, CIPHERS, HOSTS, PRIVATE_KEYS, TEMPLATES_OF_PASSWORDS},
    texts::{
        CONSTRAINTS, DATES, DURATIONS, ENCODED, JSON, LAYOUTS, PATHS, REGEXES, REPLACEMENTS,
        STRINGS, TOML, TYPES, URL_PARTS, URLS, VERSIONS, WRITTEN_TIMES, YAML, ZONES,
    },
};

const INTS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "8",
    "-1",
    "-3",
    "(int 4)",
    "(len .Values.s)",
    ".Release.Revision",
    "0x10",
    "'a'",
    "'\\n'",
    "(len .Values.ls)",
    "017",
    "1_0",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "2",
    "7",
    "10",
    "42",
    "-3",
    "1.5",
    "2.0",
    "-0.5",
    "1e3",
    "1e6",
    "0.1",
    "1e21",
    "1e-7",
    "2.5",
    "-2.5",
    "1.005",
    "'a'",
    "0x1F",
    "9223372036854775807",
    "-9223372036854775808",
    "4611686018427387904",
    "1e300",
    ".Values.n",
    ".Values.zero",
    ".Values.neg",
    ".Values.f",
    ".Values.big",
    ".Values.huge",
    ".Values.tiny",
    ".Values.num",
    "\"12\"",
    "\"1.5\"",
    "\"017\"",
    "\"0x1F\"",
    "\"1_000\"",
    "\"abc\"",
    "\"\"",
    "\" 7\"",
    "\"9223372036854775808\"",
    "\"-1e3\"",
    "(int64 5)",
    "(int \"8\")",
    "(float64 3)",
    "(add 1 2)",
    "(len .Values.l)",
    "true",
    "false",
    "nil",
    ".Values.yes",
    "(atoi \"33\")",
    "\"NaN\"",
    "\"Inf\"",
    "\"0b11\"",
    "\"0o17\"",
    "\"08\"",
    "\"1.\"",
    "\".5\"",
    "\"+5\"",
    "\"-0\"",
    "\"12.0\"",
    "\"1e400\"",
];

const BOOLS: &[&str] =
    &["true", "false", ".Values.yes", ".Values.no", "(eq 1 1)", "(empty .Values.el)", "(not 1)"];

const MAPS: &[&str] = &[
    ".Values.m",
    ".Values.em",
    ".Values.num1",
    ".Values",
    "(dict \"a\" 1 \"b\" \"x\")",
    "(dict)",
    "(index .Values.lm 0)",
    ".Values.m.a",
    ".Chart",
    ".Release",
    "(dict \"a\" (dict \"b\" nil))",
    "(pick .Values.m \"x\" \"k\")",
    "(fromYaml \"a: {b: c}\")",
    "$.Values.m",
    ".Subcharts",
    "(split \",\" \"x,y\")",
    "(urlParse \"http://u:p@h:1/p?q#f\")",
    "(dict \"z\" .Values.l)",
    ".Values.r",
];

const FRESH: &[&str] = &[
    "(dict)",
    "(dict \"a\" 1 \"b\" (dict \"c\" 2))",
    "(deepCopy .Values.m)",
    "(dict \"x\" nil)",
    "(dict \"a\" \"\" \"k\" false)",
    "(dict \"list\" (list 1) \"x\" 0)",
    "(dict \"a\" (dict))",
    "(fromYaml \"a: {b: {d: 1}}\\nx: [1]\")",
    "(deepCopy .Values.num1)",
];

const LISTS: &[&str] = &[
    ".Values.l",
    ".Values.ls",
    ".Values.ln",
    ".Values.el",
    ".Values.lm",
    "(list 1 2 3)",
    "(list)",
    "(list \"b\" \"a\" \"b\")",
    "(splitList \",\" \"b,a,,c\")",
    "(until 3)",
    "(list nil \"\" 0 1)",
    "(list (list 1) (list 1))",
    "(list (dict \"a\" 1) (dict \"a\" 1))",
    ".Values.m.list",
    "\"text\"",
    "(list 1 1.0 \"1\")",
    "(untilStep 0 6 2)",
    ".Chart.Keywords",
    "(.Files.Lines \"a.txt\")",
    "(tuple \"x\" 1 true)",
    "(regexFindAll \"[a-c]\" \"abcab\" -1)",
    "(keys .Values.m | sortAlpha)",
    "nil",
    "(toStrings (list 1 nil 2.5))",
    "(list -1 2 10)",
    "(list true false)",
    ".Values.r",
];

const KEYS: &[&str] = &[
    "\"a\"",
    "\"b\"",
    "\"x\"",
    "\"k\"",
    "\"list\"",
    "\"nosuch\"",
    "\"\"",
    "\"one\"",
    "\"c\"",
    ".Values.s",
    "\"_0\"",
    "\"Name\"",
    "\"z\"",
];

const OTHERS: &[&str] = &[
    ".Capabilities",
    ".Capabilities.KubeVersion",
    ".Capabilities.APIVersions",
    ".Files",
    ".Capabilities.HelmVersion",
    ".Capabilities.KubeVersion.Minor",
    ".Template",
    ".Subcharts",
    "(.Files.Get \"a.txt\")",
    "(.Files.Get \"nosuch\")",
    "(.Files.GetBytes \"a.txt\")",
    "(.Files.Glob \"conf/*\")",
    "(.Files.Glob \"**\").AsConfig",
    "(.Files.Glob \"*.txt\").AsSecrets",
    "(.Files.Lines \"a.txt\")",
    "(.Capabilities.APIVersions.Has \"apps/v1\")",
    "(.Capabilities.APIVersions.Has 1)",
    "(semver \"1.2.3-b.1+m\")",
    "(semver \"v1.2\").Minor",
    "(semver \"1.2.3-b\").Prerelease",
    "((semver \"1.2.3\").Compare (semver \"1.10.0\"))",
    "(toDate \"2006-01-02\" \"2024-02-29\")",
    "(toDate \"2006-01-02\" \"2024-02-29\").Year",
    "((toDate \"2006-01-02\" \"2024-02-29\").Format \"Jan 2\")",
    "(duration \"95\")",
    "(toDate \"2006-01-02\" \"2024-02-29\").Weekday",
    "(mustToDuration \"1h30m\")",
    "(mustToDuration \"90s\").Minutes",
    ".Chart.Annotations",
    ".Chart.Maintainers",
    ".Chart",
    ".Chart.Keywords",
    ".Chart.AppVersion",
    ".Chart.nosuch",
    ".Release",
    ".Release.IsInstall",
    "(b64dec \"//79\")",
    "(urlParse \"http://h\")",
    "(decryptAES \"k\" \"x\")",
    "(bytes 1)",
];

const FIELDS: &[&str] = &[
    ".Values.s",
    ".Values.n",
    ".Values.l",
    ".Values.m",
    ".Values.yes",
    ".Values.no",
    ".Values.nosuch",
    ".Values.m.a.b.c",
    ".Values.m.nosuch",
    ".Values.m.nosuch.x",
    ".Values.s.x",
    ".Values.r",
    ".Values.r.a",
    ".Values.r.list",
    ".Values.r.map.b",
    ".Values.l.x",
    ".Values.big",
    ".Values.empty",
    ".Values.el",
    ".Values.em",
    ".Values.f",
    ".nosuch",
    ".nosuch.x",
    "(.Values.nosuch).x.y",
    ".",
    "$",
    ".Values",
    "$.Values.m.x",
];

const LITERALS: &[&str] = &[
    "0", "1", "-1", "2.5", "1e6", "'a'", "true", "false", "nil", "\"\"", "\"a\"", "\"é\"", "`r`",
    "\"12\"", "100", "1i",
];

impl Grammar {
    pub(super) fn operand(&mut self, depth: usize) -> String {
        match self.random.below(24) {
            0..=3 => self.random.pick(LITERALS).to_owned(),
            4..=8 => self.random.pick(FIELDS).to_owned(),
            9..=10 => {
                let kind = *self.random.one(&['s', 'n', 'm', 'l']).unwrap_or(&'s');
                self.argument(kind, depth)
            }
            11 => self.random.pick(OTHERS).to_owned(),
            12..=14 => {
                let variable = self.variable();
                if self.random.chance(10) { format!("{variable}.x") } else { variable.to_owned() }
            }
            _ if depth > 0 => {
                let inside = self.pipeline(depth - 1);
                let field = if self.random.chance(8) { ".x" } else { "" };
                format!("({inside}){field}")
            }
            _ => self.random.pick(FIELDS).to_owned(),
        }
    }

    /// Something of a kind; deeper, also a call that gives one.
    pub(super) fn argument(&mut self, kind: char, depth: usize) -> String {
        if depth > 0 && self.random.chance(12) && matches!(kind, 's' | 'n' | 'l' | 'a') {
            let call = self.call(depth - 1, 0);
            return format!("({call})");
        }
        let choices = match kind {
            's' => STRINGS,
            'i' => INTS,
            'n' => NUMBERS,
            'b' => BOOLS,
            'm' => MAPS,
            'f' => FRESH,
            'l' => LISTS,
            'K' => KEYS,
            'I' => return self.template_name(),
            'E' => return self.template_text(),
            'F' => return self.format(),
            'r' => return self.regex(),
            'j' | 'y' | 'o' => return self.document(kind),
            _ => return self.special(kind, depth),
        };
        self.random.pick(choices).to_owned()
    }

    fn special(&mut self, kind: char, depth: usize) -> String {
        let choices = match kind {
            'A' => ADDRESSES,
            'C' => CERTIFICATES,
            'D' => DATES,
            'L' => LAYOUTS,
            'R' => REPLACEMENTS,
            'T' => TYPES,
            'U' => URLS,
            'H' => HOSTS,
            'P' => return self.key_kind(),
            'Q' => CIPHERS,
            'S' => TEMPLATES_OF_PASSWORDS,
            'W' => URL_PARTS,
            'Z' => ZONES,
            'c' => CONSTRAINTS,
            'k' => PRIVATE_KEYS,
            'p' => PATHS,
            'q' => ENCODED,
            'u' => DURATIONS,
            'v' => VERSIONS,
            _ => return self.operand(depth),
        };
        self.random.pick(choices).to_owned()
    }

    /// A layout and a time that is written by it.
    pub(super) fn written_time(&mut self) -> String {
        self.random.pick(WRITTEN_TIMES).to_owned()
    }

    /// A time that stays the same.
    pub(super) fn date(&mut self) -> String {
        self.random
            .pick(&[
                "(toDate \"2006-01-02\" \"2024-02-29\")",
                "(toDate \"2006-01-02T15:04:05Z07:00\" \"1999-12-31T23:59:59+02:00\")",
                "(toDate \"15:04\" \"x\")",
                "0",
                "1700000000",
                "(int64 1234567890)",
                "-1",
                "(dateModify \"-1.5h\" (toDate \"2006-01-02\" \"2024-02-29\"))",
            ])
            .to_owned()
    }

    fn template_name(&mut self) -> String {
        if self.templates.is_empty() && self.random.chance(50) {
            return "\"t/templates/_p.tpl\"".to_owned();
        }
        format!("{:?}", self.known_template())
    }

    /// A text that is a template.
    fn template_text(&mut self) -> String {
        if self.random.chance(30) {
            return self
                .random
                .pick(&[
                    ".Values.tplt",
                    "\"{{ .Values.s }}\"",
                    "\"text\"",
                    "\"\"",
                    "\"{{ end }}\"",
                    "\"{{ nosuch }}\"",
                    "\"{{\"",
                    "\"{{ fail \\\"f\\\" }}\"",
                    "\"{{ .x.y }}\"",
                    "\"{{ define \\\"d\\\" }}1{{ end }}{{ include \\\"d\\\" . }}\"",
                    ".Values.s",
                    "\"{{ required \\\"r\\\" .Values.nosuch }}\"",
                    "\"{{ $x }}\"",
                    "\"{{ index . 1 }}\"",
                    "\"{{ template \\\"missing\\\" }}\"",
                    "\"{{ .Template.Name }}\"",
                ])
                .to_owned();
        }
        let variables = std::mem::take(&mut self.variables);
        let inside = self.pipeline(1);
        self.variables = variables;
        if inside.contains('`') {
            return ".Values.tplt".to_owned();
        }
        format!("`a {{{{ {inside} }}}}`")
    }

    fn format(&mut self) -> String {
        let mut format = String::new();
        for _ in 0..=self.random.below(2) {
            format += self.random.pick(&["", "", "a ", "%% ", "-", "é"]);
            format += "%";
            format +=
                self.random.pick(&["", "", "", "", "+", "-", "#", "0", " ", "[1]", "[2]", "*"]);
            format += self.random.pick(&["", "", "", "5", ".2", "8.3", "03", ".0"]);
            format += self.random.pick(&[
                "v", "v", "s", "s", "d", "d", "q", "x", "X", "T", "t", "e", "f", "g", "b", "o",
                "c", "U", "z", "!", "",
            ]);
        }
        format!("\"{format}\"")
    }

    fn regex(&mut self) -> String {
        if self.random.chance(50) {
            return self.random.pick(REGEXES).to_owned();
        }
        let mut regex = String::new();
        for _ in 0..=self.random.below(5) {
            regex += self.random.pick(&[
                "a",
                "b",
                "[a-z]",
                "[^a]",
                "(",
                ")",
                "(?:",
                "|",
                "*",
                "+",
                "?",
                "{2}",
                "{1,}",
                ".",
                "^",
                "$",
                "\\d",
                "\\w",
                "\\s",
                "\\b",
                "(?i)",
                "(?P<n>",
                "\\pL",
                "[[:alpha:]]",
                "]",
                "[",
                "\\",
                "é",
                "*?",
                "{2,1}",
                "\\z",
                "\\Q",
                "\\x41",
                "(?s)",
                "[\\d-z]",
                "\\p{Greek}",
                "{1001}",
                "[z-a]",
                "(?<m>",
                "\\8",
                "\\C",
                "(?z)",
                "[^\\S]",
                "\\B",
                "{,3}",
                "\\A",
            ]);
        }
        format!("`{regex}`")
    }

    /// JSON, YAML or TOML, sometimes with a mistake.
    fn document(&mut self, kind: char) -> String {
        let pieces = match kind {
            'j' => JSON,
            'y' => YAML,
            _ => TOML,
        };
        let mut text = self.random.pick(pieces).to_owned();
        while self.random.chance(40) {
            let piece = self.random.pick(pieces);
            let mut places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            places.push(text.len());
            let at = self.random.one(&places).copied().unwrap_or_default();
            match self.random.below(4) {
                0 if at < text.len() => {
                    text.remove(at);
                }
                1 => text += piece,
                2 => text += &format!("\n{piece}"),
                _ => text.insert_str(at, piece),
            }
        }
        if text.contains('`') || self.random.chance(30) {
            return serde_json::Value::from(text).to_string();
        }
        format!("`{text}`")
    }
}
