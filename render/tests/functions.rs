//! Each function gives what the real Helm gives: the answers in
//! `tests/oracle/functions/answers.jsonl` are Helm's own (`ask` beside it asks).

#![allow(clippy::unwrap_used, reason = "a test may panic, its helpers too")]

use std::{cell::Cell, collections::HashSet, path::Path, rc::Rc};

use render::{
    functions::{Dns, FunctionContext, Mode, Notice, table},
    tape::{Lookup, Recording, Refusal, Replay, Source, Tape},
};
use rutter_gotmpl::{MissingKey, Object, Options, TemplateSet, Value};
use serde_json::json;

/// A world without cluster and network, with poor but sufficient randomness.
struct World {
    seed: u64,
    zone: &'static str,
}

impl Source for World {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        for byte in bytes {
            self.seed =
                self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888);
            *byte = self.seed.to_be_bytes()[0];
        }
        Ok(())
    }

    fn now(&mut self) -> i64 {
        1_764_064_800_000_000_000
    }

    fn zone(&mut self) -> String {
        self.zone.into()
    }

    fn lookup(&mut self, _: &Lookup) -> Result<serde_json::Value, Refusal> {
        Ok(json!({}))
    }

    fn addresses(&mut self, _: &str) -> Vec<String> {
        vec!["127.0.0.1".into()]
    }
}

/// Helm's `.Values`, which has a type of its own.
#[derive(Debug)]
struct Values(Value);

impl Object for Values {
    fn type_name(&self) -> &'static str {
        "common.Values"
    }

    fn underlying(&self) -> Option<Value> {
        Some(self.0.clone())
    }

    fn over(&self, underlying: Value) -> Value {
        Value::Object(Rc::new(Self(underlying)))
    }

    fn print(&self) -> String {
        unreachable!("no template prints all values")
    }
}

fn oracle() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/oracle/functions")
}

fn scope() -> Value {
    let values = std::fs::read_to_string(oracle().join("values.yaml")).unwrap();
    let values = Value::Map(render::yaml::read_map(values).unwrap());
    Value::map([("Values", Value::Object(Rc::new(Values(values))))])
}

fn run_with(context: &Rc<FunctionContext>, template: &str) -> Result<Vec<u8>, String> {
    let options = Options { missing_key: MissingKey::Zero, ..Options::default() };
    let mut set = TemplateSet::new(table(context), options);
    set.parse("t", template).map_err(|error| error.to_string())?;
    set.run_bytes("t", &scope()).map_err(|error| error.to_string())
}

fn context(seed: u64) -> Rc<FunctionContext> {
    context_of(World { seed, zone: "UTC" })
}

fn context_of(world: World) -> Rc<FunctionContext> {
    Rc::new(FunctionContext::new(Tape::recording(Box::new(world)), Mode::Render, Dns::Off))
}

/// Returns the message of the innermost template error that Helm printed,
/// without the places, which are the engine's business.
fn essence(error: &str) -> String {
    let error = error.replace("\n\nUse --debug flag to render out invalid YAML\n", "");
    let error = error.trim_end().trim_start_matches("Error: ");
    let error = error.rsplit(": error calling include: ").next().unwrap_or(error);
    let error = error.rsplit("error calling include:\n").next().unwrap_or(error);
    let lines: Vec<&str> = error.lines().map(str::trim_start).collect();
    let error = lines.join(" ");
    let marked = error.replace("HELM_ERR_START", "").replace("HELM_ERR_END", "");
    for mark in ["execution error at (", "parse error at ("] {
        if let Some((_, after)) = marked.split_once(mark) {
            return after.split_once("): ").map_or(after, |(_, message)| message).to_owned();
        }
    }
    match marked.rsplit_once(">: ") {
        Some((_, message)) => message.to_owned(),
        None => marked.rsplit_once(": ").map_or(marked.clone(), |(_, m)| m.to_owned()),
    }
}

#[test]
fn each_function_answers_as_helm_does() {
    let answers = std::fs::read_to_string(oracle().join("answers.jsonl")).unwrap();
    let mut wrong = Vec::new();
    let asked = Cell::new(0);
    for line in answers.lines() {
        let answer: serde_json::Value = serde_json::from_str(line).unwrap();
        let template = answer["template"].as_str().unwrap();
        asked.set(asked.get() + 1);
        let ours = run_with(&context(1), template);
        let differs = match (&ours, answer["output"].as_str(), answer["base64"].as_str()) {
            (Ok(ours), Some(theirs), _) => {
                let shown = |text: &str| text.replace("<no value>", "");
                shown(&String::from_utf8_lossy(ours)) != shown(theirs)
            }
            (Ok(ours), None, Some(theirs)) => {
                *ours != data_encoding::BASE64.decode(theirs.as_bytes()).unwrap()
            }
            (Err(ours), None, None) => {
                let (ours, theirs) = (essence(ours), essence(answer["error"].as_str().unwrap()));
                ours != theirs && !ours.ends_with(&theirs)
            }
            _ => true,
        };
        if differs {
            let ours = ours.map(|ours| String::from_utf8_lossy(&ours).into_owned());
            let theirs = answer["output"].as_str().or(answer["error"].as_str());
            wrong.push(format!("{template}\n  ours  {ours:?}\n  helm  {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), asked.get(), wrong.join("\n"));
}

/// Helm's own list (251 names and sprig's two that need a place), without
/// those that Go itself has.
const NAMES: &str = "abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi \
    b32dec b32enc b64dec b64enc base bcrypt biggest buildCustomCert camelcase cat ceil chunk clean \
    coalesce compact concat contains date dateInZone dateModify date_in_zone date_modify \
    decryptAES deepCopy deepEqual default derivePassword dict dig dir div divf duration \
    durationDays durationHours durationMicroseconds durationMilliseconds durationMinutes \
    durationNanoseconds durationRound durationRoundTo durationSeconds durationTruncateTo \
    durationWeeks empty encryptAES ext fail first float64 floor fromJson fromJsonArray fromToml \
    fromYaml fromYamlArray genCA genCAWithKey genPrivateKey genSelfSignedCert \
    genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get getHostByName has hasKey \
    hasPrefix hasSuffix hello htmlDate htmlDateInZone htpasswd include indent initial initials int \
    int64 isAbs join kebabcase keys kindIs kindOf last list lookup lower max maxf merge \
    mergeOverwrite min minf mod mul mulf mustAppend mustChunk mustCompact mustDateModify \
    mustDeepCopy mustFirst mustFromJson mustHas mustInitial mustLast mustMerge mustMergeOverwrite \
    mustPrepend mustPush mustRegexFind mustRegexFindAll mustRegexMatch mustRegexReplaceAll \
    mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice mustToDate \
    mustToDuration mustToJson mustToPrettyJson mustToRawJson mustToToml mustToYaml mustUniq \
    mustWithout must_date_modify nindent nospace now omit osBase osClean osDir osExt osIsAbs pick \
    pluck plural prepend push quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric \
    regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral \
    regexSplit repeat replace required rest reverse round semver semverCompare seq set sha1sum \
    sha256sum sha512sum shuffle slice snakecase sortAlpha split splitList splitn squote sub subf \
    substr swapcase ternary title toDate toDecimal toJson toPrettyJson toRawJson toString \
    toStrings toToml toYaml toYamlPretty tpl trim trimAll trimPrefix trimSuffix trimall trunc \
    tuple typeIs typeIsLike typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin \
    urlParse uuidv4 values without wrap wrapWith";

/// What Helm 4.3.1 prints with `TZ=Europe/Berlin` in November: the offset of a local date is that
/// of the present, and is subtracted where it is written as TOML.
#[test]
fn dates_without_an_offset_have_that_of_the_clock() {
    let template = r#"{{ $x := fromToml "a = 1979-05-27\nb = 07:32:00\nc = 1979-05-27T07:32:00\nd = 1979-05-27T07:32:00+00:00" -}}
{{ $x }}
{{ toYaml $x }}
{{ toToml $x }}"#;
    let berlin = World { seed: 1, zone: "Europe/Berlin" };
    let expected = r#"map[a:1979-05-27 00:00:00 +0100 date-local b:0000-01-01 07:32:00 +0100 time-local c:1979-05-27 07:32:00 +0100 datetime-local d:1979-05-27 07:32:00 +0000 +0000]
a: "1979-05-27T00:00:00+01:00"
b: "0000-01-01T07:32:00+01:00"
c: "1979-05-27T07:32:00+01:00"
d: "1979-05-27T07:32:00Z"
a = 1979-05-26
b = 06:32:00
c = 1979-05-27T06:32:00
d = 1979-05-27T07:32:00Z
"#;
    let made = run_with(&context_of(berlin), template).unwrap();
    assert_eq!(String::from_utf8_lossy(&made), expected);
}

/// Helm says `assignment to entry in nil map`: see `docs/src/helm-differences.md`.
#[test]
fn a_nil_map_is_written_to_as_an_empty_one() {
    let made = run_with(&context(1), r#"{{ set nil "a" 1 }}"#).unwrap();
    assert_eq!(String::from_utf8_lossy(&made), "map[a:1]");
}

#[test]
fn the_table_has_helms_functions_and_no_others() {
    let table = table(&context(1));
    let missing: Vec<_> = NAMES.split_whitespace().filter(|n| table.get(n).is_none()).collect();
    assert_eq!(missing, Vec::<&str>::new());
    assert_eq!(table.into_iter().count(), NAMES.split_whitespace().count());
    assert!(self::table(&context(1)).get("env").is_none(), "Helm takes it out of sprig");
}

/// Those that Go has in every template.
const GO: &str = "and call eq ge gt html index js le len lt ne not or print printf println slice \
    urlquery";

#[test]
fn each_function_was_asked_of_helm() {
    let asked = std::fs::read_to_string(oracle().join("answers.jsonl")).unwrap();
    let words: HashSet<&str> =
        asked.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let names = [NAMES, GO].into_iter().flat_map(str::split_whitespace);
    let missing: Vec<_> = names.filter(|name| !words.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

fn text(template: &str) -> String {
    String::from_utf8(run_with(&context(7), template).unwrap()).unwrap()
}

#[test]
fn random_texts_have_their_length_and_alphabet() {
    let is = |pattern: &str, template: &str| {
        let text = text(template);
        assert!(regex::Regex::new(pattern).unwrap().is_match(&text), "{template}: {text}");
    };
    is("^[A-Za-z0-9]{40}$", "{{ randAlphaNum 40 }}");
    is("^[A-Za-z]{40}$", "{{ randAlpha 40 }}");
    is("^[0-9]{40}$", "{{ randNumeric 40 }}");
    is("^[ -~]{40}$", "{{ randAscii 40 }}");
    is("^[1-4]$", "{{ randInt 1 5 }}");
    is("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", "{{ uuidv4 }}");
    is(r"^u:\$2a\$10\$[./A-Za-z0-9]{53}$", r#"{{ htpasswd "u" "p" }}"#);
    is("^abc$", r#"{{ shuffle "cab" | splitList "" | sortAlpha | join "" }}"#);
    is("^[A-Za-z0-9+/]{22}==$", "{{ randBytes 16 }}");
}

#[test]
fn a_recorded_rendering_is_repeated_to_the_byte() {
    let template = r#"{{ define "p" }}{{ randAlphaNum 8 }}{{ end }}{{ include "p" . }} {{ include "p" . }}
        {{ range until 3 }}{{ uuidv4 }} {{ end }}{{ now }} {{ htpasswd "u" "p" }}
        {{ $ca := genCA "a" 1 }}{{ (genSignedCert "b" nil (list "c") 1 $ca).Cert }}"#;
    let first = context(1);
    let output = run_with(&first, template).unwrap();
    let bytes = first.tape().recorded().to_bytes().unwrap();
    let recording = Recording::from_bytes(&bytes).unwrap();
    let tape =
        Tape::replaying(recording, Replay::Everything, Box::new(World { seed: 2, zone: "UTC" }));
    let again = Rc::new(FunctionContext::new(tape, Mode::Render, Dns::Off));
    assert_eq!(run_with(&again, template).unwrap(), output);
    assert_ne!(run_with(&context(2), template).unwrap(), output);
}

/// Asks OpenSSL, which did not write them, about our certificates.
#[test]
fn certificates_are_what_openssl_takes_for_valid() {
    let template = r#"{{ $ca := genCA "my-ca" 30 }}{{ $c := genSignedCert "svc" (list "10.0.0.1" "::1") (list "svc.ns" "svc") 7 $ca }}{{ $ca.Cert }}|{{ $c.Cert }}|{{ $c.Key }}|{{ genPrivateKey "ecdsa" }}|{{ genPrivateKey "ed25519" }}|{{ $e := genPrivateKey "ecdsa" }}{{ (genCAWithKey "e" 1 $e).Cert }}|{{ $e }}"#;
    let output = text(template);
    let parts: Vec<&str> = output.split('|').collect();
    let folder = std::env::temp_dir().join(format!("rutter-certificates-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let names = ["ca.crt", "svc.crt", "svc.key", "ec.key", "ed.key", "e.crt", "e.key"];
    for (name, part) in names.iter().zip(&parts) {
        std::fs::write(folder.join(name), part).unwrap();
    }
    let openssl = |arguments: &str| {
        let done = std::process::Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(&folder)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{arguments}: {}", String::from_utf8_lossy(&done.stderr));
        text
    };
    openssl("verify -no_check_time -CAfile ca.crt svc.crt");
    let shown = openssl("x509 -in svc.crt -noout -text");
    for wanted in [
        "Issuer: CN = my-ca",
        "Subject: CN = svc",
        "DNS:svc.ns, DNS:svc, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1",
        "Digital Signature, Key Encipherment",
        "TLS Web Server Authentication, TLS Web Client Authentication",
        "CA:FALSE",
        "sha256WithRSAEncryption",
    ] {
        assert!(shown.contains(wanted), "{wanted}: {shown}");
    }
    let public = openssl("x509 -in svc.crt -noout -pubkey");
    assert_eq!(openssl("pkey -in svc.key -pubout"), public);
    openssl("rsa -in svc.key -check -noout");
    openssl("ec -in ec.key -noout -check");
    openssl("pkey -in ed.key -noout");
    openssl("verify -no_check_time -CAfile e.crt e.crt");
    assert_eq!(openssl("pkey -in e.key -pubout"), openssl("x509 -in e.crt -noout -pubkey"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn lint_notes_what_rendering_would_refuse() {
    let tape = Tape::recording(Box::new(World { seed: 1, zone: "UTC" }));
    let lint = Rc::new(FunctionContext::new(tape, Mode::Lint, Dns::Off));
    let output = run_with(&lint, r#"[{{ required "need a" nil }}{{ fail "b" }}]"#).unwrap();
    assert_eq!(output, b"[]");
    let notices = vec![Notice::Missing("need a".into()), Notice::Failed("b".into())];
    assert_eq!(lint.take_notices(), notices);
}
