//! Operands by chance: a letter says what kind is wanted.

use super::grammar::Grammar;

const STRINGS: &[&str] = &[
    "\"ab\"",
    "\"\"",
    "\"foo-bar baz\"",
    "\"FooBar_baz\"",
    "\"HTTPServer2Go\"",
    "\"éÀß ǅ\"",
    "\"a,b,,c\"",
    "\"  pad \\t\"",
    "\"x\\ny\\n\"",
    "`raw \\n`",
    "\"12\"",
    "\"0x1F\"",
    "\"017\"",
    "\"1_000\"",
    "\"-5\"",
    "\"1e3\"",
    "\"1.5\"",
    "\"true\"",
    "\"a\"",
    "\"b\"",
    "\",\"",
    "\" \"",
    "\"<&>'\\\"\"",
    "\"\\u200b\\x01\"",
    "\"😀 日本\"",
    "\"the quick brown fox jumps over\"",
    "\"ſK\"",
    "\"%d %s\"",
    "\"$1 ${2}\"",
    ".Values.s",
    ".Values.uni",
    ".Values.multi",
    ".Values.html",
    ".Values.quo",
    ".Values.num",
    ".Values.empty",
    ".Release.Name",
    ".Chart.Name",
    "(print 1 \"x\")",
    "(.Files.Get \"a.txt\")",
    "(toYaml .Values.m)",
    ".Template.Name",
    "\"aaaa\"",
    "\"i̇İıI\"",
    "\"ﬁne\"",
    "\"...\"",
    "\"a:b\"",
    "\"a\\x00b\"",
];

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
            'C' => CERTIFICATES,
            'D' => DATES,
            'L' => LAYOUTS,
            'R' => REPLACEMENTS,
            'T' => TYPES,
            'U' => URLS,
            'W' => URL_PARTS,
            'Z' => ZONES,
            'c' => CONSTRAINTS,
            'p' => PATHS,
            'q' => ENCODED,
            'u' => DURATIONS,
            'v' => VERSIONS,
            _ => return self.operand(depth),
        };
        self.random.pick(choices).to_owned()
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

const JSON: &[&str] = &[
    "{\"a\": 1}",
    "[1, \"x\", null]",
    "\"s\"",
    "12",
    "-0.5e3",
    "true",
    "null",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "1e400",
    "01",
    "tru",
    "{\"a\":{\"b\":[{}]}}",
    "\\u00e9",
    "\"\\ud83d\\ude00\"",
    "\\q",
    " ",
    "\"k\": 2",
    "é",
    "1 2",
    "'a'",
];

const YAML: &[&str] = &[
    "a: 1",
    "a:\n  b: [1, two]\n",
    "- x\n- y: 1\n",
    "s: \"q\\u00e9\"",
    "yes",
    "k: ~",
    "1e3",
    "0x1F",
    "t: 2001-01-01",
    "<<: {a: 1}",
    "&x a: *x",
    "a: &x 1\nb: *x",
    "{a: b",
    "[1,",
    "|\n  text\n",
    "k: >-\n  folded\n  text\n",
    "a: b: c",
    "\t",
    "- ",
    ": ",
    "? x",
    "'",
    "!!int \"3\"",
    "---",
    "a: 1\na: 2",
    "key: value # c",
    "1: 2",
    "true: x",
    "%x",
    "@a",
    "\"\\x\"",
    "017",
    "12:30",
    "é: ü",
    ".inf",
    "--- a\n--- b",
];

const TOML: &[&str] = &[
    "a = 1",
    "b = \"text\"",
    "[table]",
    "[[tables]]",
    "c = [1, 2]",
    "d = {x = 1, y = \"z\"}",
    "e = 1.5",
    "f = true",
    "g = 2024-02-29T10:00:00Z",
    "h = '''multi\nline'''",
    "[a.b]",
    "x.y = 2",
    "\"quoted key\" = 1",
    "i = 0x1F",
    "j = 1_000",
    "k = inf",
    "l = 1979-05-27",
    "m = 07:32:00",
    "# comment",
    "a = 2",
    "[table]\na = 1",
    "=",
    "a =",
    "a = \"",
    "[",
    "a b = 1",
    "n = [1, \"x\"]",
    "o = \"\\u00e9\\q\"",
    "p = 1__0",
    "q = 01",
    "r = +1",
    "s = nan",
    "t = 1e3",
    "é = 1",
    "u = {",
    "v = [",
    "w = tru",
    "x = 99999999999999999999",
    "y = \"\\n\"",
    "z = 1 2",
    "\n",
    ".",
    "'''",
    "a = 2024-13-01",
    "b.c = 1",
    "[a]\nb = 1\n[a.b]\n",
    "\u{1}",
    "a = {x = 1,}",
    "''= 1",
    "a = '",
];

const REGEXES: &[&str] = &[
    "\"[a-z]+\"",
    "\"(\\\\w)(\\\\w)\"",
    "`^a.*b$`",
    "`\\d+`",
    "\"\"",
    "\"[\"",
    "`(a|b)+?`",
    "`x*`",
    "\"(\"",
    "`\\s+`",
    "`(?i)HELLO`",
    "`é`",
    "`(?P<first>[a-c])`",
    "`[^a-z0-9]`",
    "`,`",
    "`.`",
];

const REPLACEMENTS: &[&str] = &[
    "\"\"",
    "\"x\"",
    "\"$1\"",
    "\"${1}x\"",
    "\"$1x\"",
    "\"$$\"",
    "\"$\"",
    "\"${first}\"",
    "\"$0\"",
    "\"<$2$1>\"",
    "\"${1\"",
    "\"\\\\1\"",
    "\"é$9\"",
];

const TYPES: &[&str] = &[
    "\"string\"",
    "\"int\"",
    "\"int64\"",
    "\"float64\"",
    "\"bool\"",
    "\"map\"",
    "\"slice\"",
    "\"invalid\"",
    "\"ptr\"",
    "\"struct\"",
    "\"map[string]interface {}\"",
    "\"[]interface {}\"",
    "\"*semver.Version\"",
    "\"<nil>\"",
    "\"common.Values\"",
    "\"\"",
];

const LAYOUTS: &[&str] = &[
    "\"2006-01-02\"",
    "\"2006-01-02T15:04:05Z07:00\"",
    "\"Mon Jan _2 15:04:05 2006\"",
    "\"02.1.06\"",
    "\"3:04PM .000 MST\"",
    "\"\"",
    "\"January 002 -0700\"",
    "\"15:04:05.999999\"",
    "\"x20061y\"",
];

const DATES: &[&str] = &[
    "\"2024-02-29\"",
    "\"1999-12-31T23:59:59+02:00\"",
    "\"Thu Feb 29 10:00:00 2024\"",
    "\"\"",
    "\"29.2.24\"",
    "\"2023-02-29\"",
    "\"3:04PM .123 UTC\"",
    "\"x\"",
    "\"2024-02-29 \"",
    "\"2024-2-9\"",
    "\"24:00:00.5\"",
    "\"March 060 +0100\"",
];

const ZONES: &[&str] = &[
    "\"UTC\"",
    "\"Europe/Berlin\"",
    "\"America/New_York\"",
    "\"Asia/Kolkata\"",
    "\"Nowhere\"",
    "\"\"",
    "\"Local\"",
];

const DURATIONS: &[&str] = &[
    "\"1h30m\"",
    "\"90s\"",
    "\"90\"",
    "3600",
    "\"1.5h\"",
    "\"-3m\"",
    "\"x\"",
    "\"\"",
    "(int64 90061)",
    ".Values.n",
    "nil",
    "\"1d\"",
    "\"2h45m30.5s\"",
    "\"1us\"",
    "\"100ms\"",
    "1.5",
    "\"1000000h\"",
    "\"9223372036854775807ns\"",
    "(mustToDuration \"1m\")",
    "\"+5s\"",
    "\"1h 2m\"",
    "0",
    "\"0\"",
    "\"48h\"",
    "\"800h\"",
    "\"9000h\"",
    "-5",
    "(int64 0)",
    "\"1µs\"",
];

const VERSIONS: &[&str] = &[
    "\"1.2.3\"",
    "\"v1.2.3\"",
    "\"1.2\"",
    "\"1\"",
    "\"1.2.3-beta.1+m\"",
    "\"\"",
    "\"x\"",
    "\"01.2.3\"",
    "\"1.2.3.4\"",
    "\"1.22.3-gke.100\"",
    ".Values.ver",
    ".Capabilities.KubeVersion.Version",
    "\"0.0.1\"",
    "\"1.2.3-\"",
    "\" 1.2.3\"",
    "\"1.99999999999999999999.0\"",
    "\"1.2.x\"",
];

const CONSTRAINTS: &[&str] = &[
    "\">=1.2.0\"",
    "\">=1.19-0\"",
    "\"^1.2\"",
    "\"~1.2.3\"",
    "\"1.2.x\"",
    "\"*\"",
    "\"\"",
    "\"1.2 - 1.4\"",
    "\"<1.0 || >2\"",
    "\"!=1.2.3\"",
    "\">= 1.2, < 2\"",
    "\"^0.0.1\"",
    "\"~>1\"",
    "\"x\"",
    "\"=>1\"",
    "\"1.2.3-beta.1\"",
    "\"> 1.2 < 3\"",
    "\"^1.2.3-alpha\"",
    "\">=\"",
    "\"v1\"",
    "\"1.x.3\"",
    "\"=1.2\"",
    "\"!1\"",
    "\">1.x\"",
    "\"<=1.22-0\"",
    "\"^0.2\"",
    "\"~0\"",
    "\"1 ||\"",
];

const URLS: &[&str] = &[
    "\"http://user:pw@host:80/p/a?q=1#frag\"",
    "\"/path/only\"",
    "\"\"",
    "\"mailto:a@b\"",
    "\"http://\"",
    "\"http://[::1]:80/\"",
    "\":x\"",
    "\"http://h/%zz\"",
    "\"http://h/%41\"",
    "\"//host/p\"",
    "\"a b\"",
    "\"http://h:port/\"",
    "\"?q\"",
    "\"#f\"",
    "\"http://é.x/ü\"",
    "\"scheme:opaque?q\"",
    "\"http://[::1\"",
    "\"\\x01\"",
];

const URL_PARTS: &[&str] = &[
    "(dict \"scheme\" \"http\" \"host\" \"h:80\" \"path\" \"/p\" \"query\" \"q=1\" \"fragment\" \"f\")",
    "(urlParse \"http://user:pw@host:80/p/a?q=1#frag\")",
    "(dict \"host\" \"h\")",
    "(dict)",
    "(dict \"path\" \"p\")",
    "(dict \"scheme\" 1)",
    "(dict \"userinfo\" \"u:p\" \"host\" \"h\")",
    "(dict \"opaque\" \"o\" \"scheme\" \"s\")",
    "(dict \"host\" \"h\" \"path\" \"p\")",
    "(dict \"userinfo\" \"\" \"host\" \"h\" \"path\" \"/a b\")",
    "(urlParse \"mailto:a@b\")",
];

const PATHS: &[&str] = &[
    "\"a/b.txt\"",
    "\"/a/../b/\"",
    "\"\"",
    "\".\"",
    "\"..\"",
    "\"/\"",
    "\"a//b/./c\"",
    "\"x.tar.gz\"",
    "\".hidden\"",
    "\"../../a\"",
    "\"a/\"",
    "\"é/ü.x\"",
    "\"a\\\\b\"",
    "\"//\"",
    "\"a.\"",
];

const ENCODED: &[&str] = &[
    "\"aGVsbG8=\"",
    "\"aGVsbG8\"",
    "\"//79\"",
    "\"\"",
    "\"!!\"",
    "\"a\"",
    "\"NBSWY3DP\"",
    "\"nbswy3dp\"",
    "\"aGVs\\nbG8=\"",
    "\"====\"",
    "\"MZXW6===\"",
    "\"MZXW6\"",
    "\"aGVsbG8=x\"",
    "\"é\"",
    "\"YQ==YQ==\"",
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"",
    "(b64enc \"hello\")",
    "(b32enc \"hi\")",
];

const CERTIFICATES: &[&str] = &["(dict)", ".Values.s", "(genCA \"ca\" 1)", "nil", "(list)"];
