//! Arguments and values by chance, and mistakes in them.

use serde_json::{Value as Json, json};

use super::Flag;
use crate::random::Random;

const KEYS: &[&str] = &[
    "a", "b", "c", "list", "map", "num", "str", "nil", "x", "y", "image", "1", "0", "true", "null",
    "é", "日本", "a b", "a-b", "a\\.b", "a\\,b", "a\\=b", "a\\[b", "\\\\", "\\", "", " ", "\"",
    "'", "\u{7f}", "\u{200b}", "😀", "\n", "\t", "{", "}", "{a}", "#", "~", "A", "global",
    "\u{a0}", "\u{feff}", "\u{1}", "$x", "%s", "a]",
];

const SCALARS: &[&str] = &[
    "1",
    "0",
    "-1",
    "-0",
    "+1",
    "00",
    "01",
    "017",
    "0x1F",
    "1_000",
    "1.5",
    "1e3",
    "1e6",
    ".5",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "true",
    "false",
    "TRUE",
    "False",
    "tRuE",
    "null",
    "NULL",
    "nUll",
    "nil",
    "~",
    "falſe",
    "yes",
    "no",
    "on",
    "a",
    "value",
    "a b",
    " a",
    "a ",
    "",
    "\"\"",
    "\"a\"",
    "'a'",
    "a\\,b",
    "a\\=b",
    "a=b",
    "a.b",
    "a[0]",
    "\\{a\\}",
    "\\n",
    "\\\\",
    "\\",
    "é",
    "日本",
    "😀",
    "\n",
    "\t",
    "\u{0}",
    "\u{7f}",
    "\u{200b}",
    "http://x/y?z=1&w={2}",
    "{",
    "}",
    "[",
    "]",
    "١",
    "１",
    "-",
    "+",
    "--1",
    "1 ",
    " 1",
    "Infinity",
    "NaN",
    ".inf",
    "1-1",
    "2001-01-01",
];

const JSONS: &[&str] = &[
    "1",
    "-1",
    "0",
    "-0",
    "01",
    "1.5",
    "1e3",
    "1E+400",
    "1e-400",
    "1.",
    ".5",
    "-",
    "+1",
    "9223372036854775807",
    "9007199254740993",
    "123456789012345678901234567890",
    "true",
    "false",
    "null",
    "True",
    "tru",
    "nul",
    "\"\"",
    "\"a\"",
    "\"a,b\"",
    "\"\\u00e9\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud83d\"",
    "\"\\q\"",
    "\"\\u12\"",
    "\"\n\"",
    "\"\t\"",
    "\"é\"",
    "\"open",
    "'a'",
    "[]",
    "{}",
    "[1,2]",
    "[1,]",
    "[,]",
    "[1 2]",
    "[",
    "]",
    "{\"a\":1}",
    "{\"a\":{\"b\":null}}",
    "{a:1}",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{\"a\":1,\"a\":2}",
    "{",
    "}",
    "",
    " ",
    "\u{a0}",
    "\u{feff}1",
    " 1 ",
    "1 2",
    "nullx",
    "1x",
    "\"a\"b",
    "[[[]]]",
    "{\"\":1}",
    "\u{2028}",
    "NaN",
    "1e5",
    "0.1e1",
    "-0.0",
    "1.0",
    "/*c*/1",
];

const INDEXES: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "5",
    "0",
    "1",
    "-1",
    "+1",
    "-0",
    "00",
    "007",
    "1 ",
    " 1",
    "",
    "x",
    "1.5",
    "0x1",
    "1e1",
    "1_0",
    "65535x",
    "65537",
    "99999999",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "\\1",
    "é",
    "١",
    "a\"b",
    "\n",
    "0]",
];

const NAMES: &[&str] = &["f", "dir/g.txt", "é", "h", "nosuch", "", " ", "a\\,b", "f ", "%zz", "-"];

/// What may stand anywhere.
const JUNK: &[&str] = &[
    ",", ".", "=", "[", "]", "{", "}", "\\", "\"", "'", " ", "0", "1", "a", "[0]", "[1].", "=1",
    ",a=", "{}", "={", "},", "][", "..", "==", ",,", "\\,", "é", "\u{0}", "null", "-1", "[0][0]",
    "[65536]", "\t", "\u{a0}", "\u{2028}", "\u{ad}", "😀", "[-1]",
];

impl Random {
    pub(super) fn flag(&mut self) -> (Flag, String) {
        let flag = match self.below(20) {
            0..=7 => Flag::Set,
            8..=10 => Flag::String,
            11..=15 => Flag::Json,
            16..=17 => Flag::Literal,
            _ => Flag::File,
        };
        let mut text = if flag == Flag::Json && self.chance(15) {
            let value = self.values(0).to_string();
            format!("{}{value}{}", self.pick(&["", " ", "\n"]), self.pick(&["", " ", "x", ","]))
        } else {
            self.assignments(flag)
        };
        while self.chance(20) {
            text = self.damaged(&text);
        }
        (flag, text)
    }

    fn assignments(&mut self, flag: Flag) -> String {
        let mut text = self.assignment(flag);
        while self.chance(35) {
            text += ",";
            text += &self.assignment(flag);
        }
        if self.chance(5) {
            text += ",";
        }
        text
    }

    fn assignment(&mut self, flag: Flag) -> String {
        let mut text = self.key();
        let most = if self.chance(2) { 40 } else { 4 };
        for _ in 0..self.below(most) {
            if self.chance(40) {
                text += &format!("[{}]", self.index());
            } else {
                text += ".";
                text += &self.key();
            }
        }
        if self.chance(97) {
            text += "=";
        }
        text + &self.value(flag)
    }

    fn key(&mut self) -> String {
        if self.chance(75) {
            return self.pick(&["a", "b", "c", "list", "map", "num", "str", "nil"]).to_owned();
        }
        self.pick(KEYS).to_owned()
    }

    fn index(&mut self) -> String {
        if self.below(4000) == 0 {
            return "65536".to_owned(); // a list that long takes long to print
        }
        if self.chance(80) {
            return self.below(4).to_string();
        }
        self.pick(INDEXES).to_owned()
    }

    fn value(&mut self, flag: Flag) -> String {
        match flag {
            Flag::Json if self.chance(70) => self.pick(JSONS).to_owned(),
            Flag::Json => self.values(1).to_string(),
            Flag::File if self.chance(80) => self.pick(NAMES).to_owned(),
            _ if self.chance(20) => {
                let count = self.below(4);
                let items: Vec<String> = (0..count).map(|_| self.scalar()).collect();
                let after = self.pick(&["", "", "", ",", "x", "{", " "]);
                format!("{{{}}}{after}", items.join(","))
            }
            _ => self.scalar(),
        }
    }

    fn scalar(&mut self) -> String {
        if self.chance(10) {
            return self.next().cast_signed().to_string();
        }
        self.pick(SCALARS).to_owned()
    }

    /// Values to lay flags over, of the names that flags use.
    pub(crate) fn values(&mut self, depth: usize) -> Json {
        let names = ["a", "b", "c", "list", "map", "num", "str", "nil"];
        match if depth == 0 { 8 } else { self.below(if depth > 3 { 6 } else { 10 }) } {
            0 => Json::Null,
            1 => json!(self.chance(50)),
            2 => json!(self.below(100)),
            3 => json!(f64::from(u32::try_from(self.below(1000)).unwrap_or(0)) / 8.0),
            4 | 5 => json!(self.pick(SCALARS)),
            6 | 7 => (0..self.below(4)).map(|_| self.values(depth + 1)).collect(),
            _ => {
                let count = self.below(5);
                let entries = (0..count).map(|_| {
                    let name = self.pick(&names).to_owned();
                    (name, self.values(depth + 1))
                });
                entries.collect::<serde_json::Map<_, _>>().into()
            }
        }
    }

    /// Values files that are not simply a map.
    pub(super) fn text_values(&mut self) -> String {
        let pieces = [
            "a: 1\n",
            "b: [x, y]\n",
            "---\n",
            "--- \n",
            "map: {a: 1}\n",
            "list:\n- 1\n- a: 2\n",
            "null\n",
            "# c\n",
            "a: &x {b: 1}\nc: *x\n",
            "- 1\n",
            "text\n",
            "a: b: c\n",
            "~\n",
            "\n",
            "num: 0x10\nstr: yes\n",
            "a: 1\na: 2\n",
            "\u{feff}a: 1\n",
            "...\n",
            "--- # x\n",
            "1: 2\ntrue: 3\n",
            "a: 1e400\n",
            "? {a: 1}\n: 2\n",
            "nil:\n",
            "\ta: 1\n",
            "{a: 1",
        ];
        let count = 1 + self.below(4);
        (0..count).map(|_| self.pick(&pieces)).collect()
    }

    fn damaged(&mut self, text: &str) -> String {
        let mut characters: Vec<char> = text.chars().collect();
        let at = self.below(characters.len() + 1);
        match self.below(5) {
            0 if at < characters.len() => {
                characters.remove(at);
            }
            1 => {
                let end = (at + self.below(5)).min(characters.len());
                characters.drain(at..end);
            }
            2 => {
                let end = (at + 1 + self.below(8)).min(characters.len());
                let copied: Vec<char> = characters.drain(at..end).collect();
                let twice = copied.iter().chain(&copied).copied();
                characters.splice(at..at, twice);
            }
            _ => {
                let piece = self.pick(JUNK);
                characters.splice(at..at, piece.chars());
            }
        }
        characters.into_iter().collect()
    }
}
