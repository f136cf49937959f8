//! Calls of every function, mostly with arguments that fit.

use super::grammar::Grammar;

/// A function: its name, a letter for each argument (see `operands.rs`), and
/// whether the last may come again, or not at all.
pub(super) type Signature = (&'static str, &'static str, bool);

/// All that a template of Helm's may call, but for what `SHAPES` has.
pub(super) const FUNCTIONS: &[Signature] = &[
    // Go's own.
    ("and", "aa", true),
    ("or", "aa", true),
    ("not", "a", false),
    ("len", "l", false),
    ("index", "li", true),
    ("index", "mK", true),
    ("print", "aa", true),
    ("printf", "Fa", true),
    ("println", "aa", true),
    ("html", "s", true),
    ("js", "s", true),
    ("urlquery", "sa", true),
    ("call", "a", true),
    ("eq", "nn", true),
    ("eq", "ss", true),
    ("ne", "ss", false),
    ("lt", "nn", false),
    ("le", "nn", false),
    ("gt", "ss", false),
    ("ge", "nn", false),
    // Helm's.
    ("toYaml", "a", false),
    ("mustToYaml", "a", false),
    ("toYamlPretty", "a", false),
    ("fromYaml", "y", false),
    ("fromYamlArray", "y", false),
    ("toToml", "a", false),
    ("toToml", "m", false),
    ("mustToToml", "m", false),
    ("fromToml", "o", false),
    ("fromJson", "j", false),
    ("fromJsonArray", "j", false),
    ("toJson", "a", false),
    ("mustToJson", "a", false),
    ("required", "sa", false),
    ("include", "Ia", false),
    ("tpl", "Ea", false),
    ("lookup", "ssss", false),
    ("fail", "s", false),
    ("durationDays", "u", false),
    ("durationHours", "u", false),
    ("durationMicroseconds", "u", false),
    ("durationMilliseconds", "u", false),
    ("durationMinutes", "u", false),
    ("durationNanoseconds", "u", false),
    ("durationRoundTo", "uu", false),
    ("durationSeconds", "u", false),
    ("durationTruncateTo", "uu", false),
    ("durationWeeks", "u", false),
    ("mustToDuration", "u", false),
    // Sprig's strings.
    ("abbrev", "is", false),
    ("abbrevboth", "iis", false),
    ("trunc", "is", false),
    ("trim", "s", false),
    ("upper", "s", false),
    ("lower", "s", false),
    ("title", "s", false),
    ("untitle", "s", false),
    ("substr", "iis", false),
    ("repeat", "is", false),
    ("trimall", "ss", false),
    ("trimAll", "ss", false),
    ("trimSuffix", "ss", false),
    ("trimPrefix", "ss", false),
    ("nospace", "s", false),
    ("initials", "s", false),
    ("swapcase", "s", false),
    ("snakecase", "s", false),
    ("camelcase", "s", false),
    ("kebabcase", "s", false),
    ("wrap", "is", false),
    ("wrapWith", "iss", false),
    ("contains", "ss", false),
    ("hasPrefix", "ss", false),
    ("hasSuffix", "ss", false),
    ("quote", "a", true),
    ("squote", "a", true),
    ("cat", "aa", true),
    ("indent", "is", false),
    ("nindent", "is", false),
    ("replace", "sss", false),
    ("plural", "ssi", false),
    ("sha1sum", "s", false),
    ("sha256sum", "s", false),
    ("sha512sum", "s", false),
    ("adler32sum", "s", false),
    ("toString", "a", false),
    ("toStrings", "l", false),
    ("split", "ss", false),
    ("splitList", "ss", false),
    ("splitn", "sis", false),
    ("join", "sl", false),
    ("sortAlpha", "l", false),
    ("b64enc", "s", false),
    ("b64dec", "q", false),
    ("b32enc", "s", false),
    ("b32dec", "q", false),
    ("hello", "", false),
    // Numbers.
    ("atoi", "s", false),
    ("int", "n", false),
    ("int64", "n", false),
    ("float64", "n", false),
    ("toDecimal", "n", false),
    ("seq", "ii", true),
    ("until", "i", false),
    ("untilStep", "iii", false),
    ("add1", "n", false),
    ("add", "nn", true),
    ("sub", "nn", false),
    ("div", "nn", false),
    ("mod", "nn", false),
    ("mul", "nn", true),
    ("add1f", "n", false),
    ("addf", "nn", true),
    ("subf", "nn", true),
    ("divf", "nn", true),
    ("mulf", "nn", true),
    ("biggest", "nn", true),
    ("max", "nn", true),
    ("min", "nn", true),
    ("maxf", "nn", true),
    ("minf", "nn", true),
    ("ceil", "n", false),
    ("floor", "n", false),
    ("round", "ni", false),
    ("round", "nin", false),
    // What is and what is not.
    ("default", "aa", false),
    ("empty", "a", false),
    ("coalesce", "aaa", true),
    ("all", "aa", true),
    ("any", "aa", true),
    ("ternary", "aab", false),
    ("typeOf", "a", false),
    ("typeIs", "Ta", false),
    ("typeIsLike", "Ta", false),
    ("kindOf", "a", false),
    ("kindIs", "Ta", false),
    ("deepEqual", "aa", false),
    ("deepCopy", "a", false),
    ("mustDeepCopy", "a", false),
    // Lists.
    ("list", "aa", true),
    ("tuple", "aa", true),
    ("append", "la", false),
    ("mustAppend", "la", false),
    ("push", "la", false),
    ("mustPush", "la", false),
    ("prepend", "la", false),
    ("mustPrepend", "la", false),
    ("first", "l", false),
    ("mustFirst", "l", false),
    ("rest", "l", false),
    ("mustRest", "l", false),
    ("last", "l", false),
    ("mustLast", "l", false),
    ("initial", "l", false),
    ("mustInitial", "l", false),
    ("reverse", "l", false),
    ("mustReverse", "l", false),
    ("uniq", "l", false),
    ("mustUniq", "l", false),
    ("compact", "l", false),
    ("mustCompact", "l", false),
    ("without", "laa", true),
    ("mustWithout", "laa", true),
    ("has", "al", false),
    ("mustHas", "al", false),
    ("slice", "lii", true),
    ("mustSlice", "lii", true),
    ("concat", "ll", true),
    ("chunk", "il", false),
    ("mustChunk", "il", false),
    // Maps. What is changed is fresh, so that no map comes to hold itself.
    ("dict", "KaKa", true),
    ("get", "mK", false),
    ("set", "fKs", false),
    ("unset", "fK", false),
    ("hasKey", "mK", false),
    ("pluck", "Kmm", true),
    ("pick", "mKK", true),
    ("omit", "mKK", true),
    ("merge", "ffm", true),
    ("mustMerge", "ffm", true),
    ("mergeOverwrite", "ffm", true),
    ("mustMergeOverwrite", "ffm", true),
    ("dig", "Kam", false),
    ("dig", "KKam", false),
    // Regular expressions.
    ("regexMatch", "rs", false),
    ("mustRegexMatch", "rs", false),
    ("regexFindAll", "rsi", false),
    ("mustRegexFindAll", "rsi", false),
    ("regexFind", "rs", false),
    ("mustRegexFind", "rs", false),
    ("regexReplaceAll", "rsR", false),
    ("mustRegexReplaceAll", "rsR", false),
    ("regexReplaceAllLiteral", "rsR", false),
    ("mustRegexReplaceAllLiteral", "rsR", false),
    ("regexSplit", "rsi", false),
    ("mustRegexSplit", "rsi", false),
    ("regexQuoteMeta", "s", false),
    // Texts of other languages.
    ("mustFromJson", "j", false),
    ("toPrettyJson", "a", false),
    ("mustToPrettyJson", "a", false),
    ("toRawJson", "a", false),
    ("mustToRawJson", "a", false),
    // Versions, URLs, paths.
    ("semver", "v", false),
    ("semverCompare", "cv", false),
    ("urlParse", "U", false),
    ("urlJoin", "W", false),
    ("base", "p", false),
    ("dir", "p", false),
    ("clean", "p", false),
    ("ext", "p", false),
    ("isAbs", "p", false),
    ("osBase", "p", false),
    ("osDir", "p", false),
    ("osClean", "p", false),
    ("osExt", "p", false),
    ("osIsAbs", "p", false),
    ("getHostByName", "s", false),
    // Times.
    ("date", "Ld", false),
    ("dateInZone", "LdZ", false),
    ("date_in_zone", "LdZ", false),
    ("dateModify", "ud", false),
    ("date_modify", "ud", false),
    ("mustDateModify", "ud", false),
    ("must_date_modify", "ud", false),
    ("htmlDate", "d", false),
    ("htmlDateInZone", "dZ", false),
    ("duration", "u", false),
    ("durationRound", "u", false),
    ("unixEpoch", "d", false),
    ("toDate", "LD", false),
    ("mustToDate", "LD", false),
    // Secrets.
    ("buildCustomCert", "qq", false),
    ("decryptAES", "sq", false),
];

/// Calls that have to fit as a whole to come to anything, with letters for what may vary.
const FITTING: &[&str] = &[
    "toDate @O",
    "mustToDate @O",
    "toDate @O | unixEpoch",
    "mustToDate @O | date @L",
    "dateInZone @L (toDate @O) @Z",
    "buildCustomCert .Values.keys.cert64 .Values.keys.ec64",
    "buildCustomCert .Values.keys.cert64 @q",
    "decryptAES \"k\" @Q",
    "genPrivateKey @P | trunc 20",
    "(genCAWithKey @s @i @k).Key",
    "(genCAWithKey @s 365 .Values.keys.ed).Cert | len",
    "genCAWithKey @s @i .Values.keys.ec | kindOf",
    "(genSelfSignedCertWithKey @s @A @H @i @k).Key",
    "(genSelfSignedCertWithKey @s @A @H 30 .Values.keys.ed).Cert | len",
    "(genSignedCertWithKey @s @A @H @i @C @k).Key",
    "genSignedCertWithKey @s @A @H 30 @C .Values.keys.ec | typeOf",
    "(genCAWithKey @s 1 .Values.keys.ec).Cert | b64enc | trunc 4",
    "slice @l 0 1",
    "mustSlice .Values.ls @i",
    "mustFromJson `[1, {\"a\": 2.5}]`",
    "semverCompare @c @v",
    "lt @i @i",
    "le @i @i",
    "ge 1.5 @i",
    "gt @s @s",
    "lookup @s @s @s @s",
    "regexSplit @r @s @i",
    "regexReplaceAll @r @s @R",
    "index .Values.l @i",
    "index .Values.lm @i @K",
    "index .Values.m @K @K",
    "dig @K @K @a .Values.m",
    "ternary @a @a @b",
];

/// What is random or has no order, and what makes something of it that is not.
pub(super) const SHAPES: &[(&str, &str, bool, &str)] = &[
    ("keys", "mm", true, "sortAlpha"),
    ("values", "m", false, "toStrings | sortAlpha"),
    ("shuffle", "s", false, "splitList \"\" | sortAlpha | join \"\""),
    ("randAlpha", "i", false, "len"),
    ("randAlphaNum", "i", false, "len"),
    ("randNumeric", "i", false, "regexMatch \"^[0-9]*$\""),
    ("randAscii", "i", false, "len"),
    ("randBytes", "i", false, "b64dec | len"),
    ("randInt", "ii", false, "typeOf"),
    ("uuidv4", "", false, "regexReplaceAll \"[0-9a-f]\" \"x\""),
    ("now", "", false, "typeOf"),
    ("ago", "d", false, "typeOf"),
    ("encryptAES", "ss", false, "kindOf"),
];

/// What takes a tenth of a second and more where its arguments fit.
pub(super) const COSTLY: &[(&str, &str, &str)] = &[
    ("derivePassword", "iSsss", "quote"),
    ("htpasswd", "ss", "trunc 7"),
    ("bcrypt", "s", "trunc 7"),
    ("genPrivateKey", "P", "trunc 20"),
    ("genCA", "si", "typeOf"),
    ("genCAWithKey", "sik", "typeOf"),
    ("genSelfSignedCert", "sAHi", "typeOf"),
    ("genSelfSignedCertWithKey", "sAHik", "typeOf"),
    ("genSignedCert", "sAHiC", "typeOf"),
    ("genSignedCertWithKey", "sAHiCk", "typeOf"),
];

impl Grammar {
    pub(super) fn pipeline(&mut self, depth: usize) -> String {
        let mut out = match self.random.below(10) {
            0..=2 => self.operand(depth),
            _ => self.call(depth, 0),
        };
        while self.random.chance(25) {
            out += " | ";
            out += &self.call(depth.saturating_sub(1), 1);
        }
        out
    }

    /// A call; `piped` arguments are left to the pipeline.
    pub(super) fn call(&mut self, depth: usize, piped: usize) -> String {
        if piped == 0 && self.random.chance(10) {
            return self.fitting(depth);
        }
        let every = FUNCTIONS.len() + SHAPES.len() + COSTLY.len();
        let at = self.random.below(every);
        if let Some(signature) = FUNCTIONS.get(at).copied() {
            return self.called(signature, (depth, piped));
        }
        let at = at - FUNCTIONS.len();
        if let Some((name, wanted, more, after)) = SHAPES.get(at).copied() {
            let call = self.called((name, wanted, more), (depth, piped));
            return format!("{call} | {after}");
        }
        let Some((name, wanted, after)) = COSTLY.get(at - SHAPES.len()).copied() else {
            return ".".to_owned();
        };
        let call = self.costly(name, wanted, depth);
        format!("{call} | {after}")
    }

    /// A call of which each argument fits, mostly.
    fn fitting(&mut self, depth: usize) -> String {
        let mut parts = self.random.pick(FITTING).split('@');
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let Some(kind) = part.chars().next() else { continue };
            out += &match kind {
                'O' => self.written_time(),
                kind => self.argument(kind, depth.min(1)),
            };
            out += part.get(1..).unwrap_or_default();
        }
        out
    }

    fn called(
        &mut self,
        (name, wanted, more): Signature,
        (depth, piped): (usize, usize),
    ) -> String {
        let mut count = wanted.len().saturating_sub(piped);
        if more && self.random.chance(50) {
            count = self.random.below(count + 3);
        } else if self.random.chance(3) {
            count = self.random.below(count + 2);
        }
        let last = wanted.chars().last().unwrap_or('a');
        // Any time of day but that of a fixed date is another one by the time it is compared.
        let is_dated = wanted.contains('d');
        let mut out = name.to_owned();
        for kind in wanted.chars().chain(std::iter::repeat(last)).take(count) {
            let kind = if is_dated && piped > 0 && kind == 'L' { 'l' } else { kind };
            out += " ";
            out += &match kind {
                'l' if is_dated => self.random.pick(&["\"2006-01-02\"", "\"Mon Jan\""]).to_owned(),
                'd' => self.date(),
                _ if self.random.chance(6) => self.operand(depth),
                _ => self.argument(kind, depth),
            };
        }
        out
    }

    /// A call that mostly fails before it costs anything.
    fn costly(&mut self, name: &str, wanted: &str, depth: usize) -> String {
        let fits = self.random.below(if name.starts_with("gen") { 100 } else { 15 }) == 0;
        let wrong = self.random.below(wanted.len() + 1);
        let mut out = name.to_owned();
        for (at, kind) in wanted.chars().enumerate() {
            if fits || at != wrong {
                out += " ";
                out += &self.argument(kind, depth.min(1));
            } else if self.random.chance(70) {
                out += self.random.pick(&[" (dict)", " nil", " 1.5", " .Values.m", " true"]);
            }
        }
        if !fits && wrong == wanted.len() {
            out += " \"more\"";
        }
        out
    }
}
