//! Small charts, each made for one thing, and what Helm 4.3.1 makes of them.
//!
//! Every expected text was printed by the Helm binary for the same files.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use render::{
    Capabilities, Chart, DeletePolicy, Error, File, HookEvent, NotesScope, Overrides, ReleaseFacts,
    Rendered, Request, SchemaCheck, Values, Verb,
    functions::Dns,
    render,
    tape::{Lookup, Recording, Refusal, Replay, Source, Tape},
};

/// A world of zeros that counts what is asked of it.
struct World(u8);

impl Source for World {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        self.0 = self.0.wrapping_add(1);
        bytes.fill(self.0);
        Ok(())
    }
    fn now(&mut self) -> i64 {
        0
    }
    fn zone(&mut self) -> String {
        "UTC".to_owned()
    }
    fn lookup(&mut self, _: &Lookup) -> Result<serde_json::Value, Refusal> {
        Ok(serde_json::json!({}))
    }
    fn addresses(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn metadata(name: &str) -> String {
    format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
}

fn chart(name: &str, files: &[(&str, &str)]) -> Chart {
    let mut all = vec![("Chart.yaml", metadata(name))];
    all.extend(files.iter().map(|(path, text)| (*path, (*text).to_owned())));
    // A later file of the same name stands for the earlier one.
    let files: std::collections::BTreeMap<&str, String> = all.into_iter().collect();
    let files = files.into_iter().map(|(name, text)| File {
        name: name.to_owned(),
        data: text.into_bytes().into(),
        modified: None,
    });
    Chart::from_folder(files.collect()).unwrap()
}

fn rendered_with(chart: &Chart, set: &str, tape: Tape) -> Result<Rendered, Error> {
    let set = if set.is_empty() { Vec::new() } else { vec![set.to_owned()] };
    let overrides = Overrides { set, ..Overrides::default() };
    let values = overrides.merge(&mut |name| Err(name.to_owned()))?;
    let release = ReleaseFacts {
        name: "rel".to_owned(),
        namespace: "ns".to_owned(),
        revision: 1,
        verb: Verb::Install,
    };
    let request = Request {
        chart,
        values: &values,
        release,
        capabilities: &Capabilities::default(),
        schema: SchemaCheck::Enforced,
        notes: NotesScope::Root,
        dns: Dns::Off,
    };
    render(&request, tape)
}

fn rendered(chart: &Chart, set: &str) -> Result<Rendered, Error> {
    rendered_with(chart, set, Tape::recording(Box::new(World(0))))
}

/// The texts of the documents that have this source.
fn document(chart: &Chart, set: &str, source: &str) -> String {
    let rendered = rendered(chart, set).unwrap();
    rendered.documents.into_iter().find(|document| document.source == source).unwrap().text
}

fn refused(chart: &Chart) -> String {
    rendered(chart, "").err().unwrap().to_string()
}

const DUMP: &str = "v: {{ toJson .Values }}\n";

#[test]
fn of_equal_definitions_the_parents_and_the_first_file_s_win() {
    let sub = metadata("sub");
    let chart = chart(
        "order",
        &[
            ("templates/_a.tpl", r#"{{ define "x" }}first{{ end }}"#),
            ("templates/_b.tpl", r#"{{ define "x" }}second{{ end }}"#),
            ("templates/_y.tpl", r#"{{ define "y" }}parent{{ end }}"#),
            ("templates/c.yaml", "x: {{ include \"x\" . }}\n"),
            ("charts/sub/Chart.yaml", &sub),
            ("charts/sub/templates/_y.tpl", r#"{{ define "y" }}child{{ end }}"#),
            ("charts/sub/templates/s.yaml", "y: {{ include \"y\" . }}\n"),
        ],
    );
    assert_eq!(document(&chart, "", "order/templates/c.yaml"), "x: first\n");
    assert_eq!(document(&chart, "", "order/charts/sub/templates/s.yaml"), "y: parent\n");
}

fn with_dependencies() -> Chart {
    let top = metadata("deps")
        + r#"dependencies:
- {name: sub, version: 0.x.x, alias: one, condition: "one.enabled,other.on", tags: [front]}
- {name: sub, version: 0.x.x, alias: two, tags: [back],
   import-values: [data, {child: inner, parent: own.place}]}
"#;
    let values = "tags: {front: true, back: true}\none: {enabled: false}\nglobal: {g: 1}\n\
                  kept: mine\n";
    let sub_values = "exports: {data: {kept: theirs, fresh: 5}}\ninner: {deep: true}\nname: sub\n";
    let sub_template = "v: {{ toJson .Values }}\nname: {{ .Chart.Name }}\n";
    let sub = metadata("sub");
    chart(
        "deps",
        &[
            ("Chart.yaml", &top),
            ("values.yaml", values),
            ("templates/v.yaml", DUMP),
            ("charts/sub/Chart.yaml", &sub),
            ("charts/sub/values.yaml", sub_values),
            ("charts/sub/templates/v.yaml", sub_template),
        ],
    )
}

#[test]
fn a_condition_beats_tags_and_imports_stay_below_the_parent_s_own_values() {
    let chart = with_dependencies();
    assert_eq!(
        document(&chart, "", "deps/templates/v.yaml"),
        "v: {\"fresh\":5,\"global\":{\"g\":1},\"kept\":\"mine\",\"one\":{\"enabled\":false},\
         \"own\":{\"place\":{\"deep\":true}},\"tags\":{\"back\":true,\"front\":true},\"two\":\
         {\"exports\":{\"data\":{\"fresh\":5,\"kept\":\"theirs\"}},\"global\":{\"g\":1},\
         \"inner\":{\"deep\":true},\"name\":\"sub\"}}\n"
    );
    let sources = rendered(&chart, "").unwrap().documents;
    assert_eq!(sources.len(), 2, "the chart called one is off: {sources:?}");
}

#[test]
fn values_switch_subcharts_which_go_by_their_aliases() {
    let chart = with_dependencies();
    let set = "one.enabled=true,tags.back=false";
    assert_eq!(
        document(&chart, set, "deps/charts/one/templates/v.yaml"),
        "v: {\"enabled\":true,\"exports\":{\"data\":{\"fresh\":5,\"kept\":\"theirs\"}},\
         \"global\":{\"g\":1},\"inner\":{\"deep\":true},\"name\":\"sub\"}\nname: one\n"
    );
    let record = rendered(&chart, set).unwrap().chart.to_record();
    let dependencies = record.pointer("/metadata/dependencies").unwrap().as_array().unwrap();
    assert_eq!(dependencies.len(), 1, "what is off is not in the record");
}

#[test]
fn a_null_of_the_user_s_deletes_and_one_of_a_chart_s_goes() {
    let sub = metadata("sub");
    let chart = chart(
        "nulls",
        &[
            (
                "values.yaml",
                "a: {b: 1, c: null}\nd: null\ne: {f: {g: 1, h: 2}}\nsub: {own: null}\n",
            ),
            ("templates/v.yaml", DUMP),
            ("charts/sub/Chart.yaml", &sub),
            ("charts/sub/values.yaml", "own: 1\nother: 2\n"),
        ],
    );
    let source = "nulls/templates/v.yaml";
    assert_eq!(
        document(&chart, "", source),
        "v: {\"a\":{\"b\":1},\"e\":{\"f\":{\"g\":1,\"h\":2}},\"sub\":{\"global\":{},\"other\":2,\
         \"own\":1}}\n"
    );
    assert_eq!(
        document(&chart, "a.b=null,e.f.g=null,new=null,sub.other=null", source),
        "v: {\"a\":{},\"e\":{\"f\":{\"h\":2}},\"new\":null,\"sub\":{\"global\":{}}}\n"
    );
}

#[test]
fn hooks_are_taken_out_and_objects_stand_in_the_order_of_their_kinds() {
    let chart = chart(
        "hooks",
        &[(
            "templates/a.yaml",
            r#"kind: Job
metadata:
  name: late
  annotations: {helm.sh/hook: "post-install, PRE-upgrade", helm.sh/hook-weight: "-5", helm.sh/hook-delete-policy: "hook-succeeded,odd"}
---
kind: Service
metadata: {name: svc}
---
# nothing
---
kind: Zebra
metadata: {name: z}
---
kind: Apple
metadata: {name: a}
---
kind: Job
metadata:
  name: gone
  annotations: {helm.sh/hook: crd-install}
---
kind: ConfigMap
metadata: {name: 5}
"#,
        )],
    );
    let rendered = rendered(&chart, "").unwrap();
    let kinds: Vec<&str> = rendered.documents.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["ConfigMap", "Service", "", "Apple", "Zebra"]);
    assert_eq!(rendered.documents.first().unwrap().name, "5", "a number is a name, too");
    let [hook] = rendered.hooks.as_slice() else { panic!("{:?}", rendered.hooks) };
    assert_eq!(hook.events, [HookEvent::PostInstall, HookEvent::PreUpgrade]);
    assert_eq!(hook.weight, -5);
    let odd = DeletePolicy::Other("odd".to_owned());
    assert_eq!(hook.delete_policies, [DeletePolicy::Succeeded, odd]);
    assert_eq!(rendered.warnings, ["skipping unknown hooks: crd-install"]);
}

#[test]
fn an_error_names_every_place_on_the_way() {
    let chart = chart(
        "fails",
        &[
            ("templates/_h.tpl", "{{ define \"deep\" }}\n{{ .Values.missing.deep }}{{ end }}"),
            ("templates/a.yaml", "a: 1\nb: {{ include \"deep\" . }}\n"),
        ],
    );
    assert_eq!(
        refused(&chart),
        "fails/templates/a.yaml:2:6\n  executing \"fails/templates/a.yaml\" at <include \"deep\" \
         .>:\n    error calling include:\nfails/templates/_h.tpl:2:10\n  executing \"deep\" at \
         <.Values.missing.deep>:\n    nil pointer evaluating interface {}.deep"
    );
    let Error::Template(error) = rendered(&chart, "").err().unwrap() else { panic!("{chart:?}") };
    assert_eq!(error.place.unwrap().to_string(), "fails/templates/_h.tpl:2:10");
    assert_eq!(
        error.excerpt.unwrap().to_string(),
        " --> fails/templates/_h.tpl:2:19\n  |\n1 | {{ define \"deep\" }}\n2 | {{ \
         .Values.missing.deep }}{{ end }}\n  |                   ^^^^^ nil pointer evaluating \
         interface {}.deep\n  = included from fails/templates/a.yaml:2:7"
    );
    assert_eq!(error.chain.first().unwrap().to_string(), "fails/templates/a.yaml:2:6");
}

#[test]
fn what_a_chart_s_author_says_is_told_without_the_engine_s_words() {
    let needs =
        chart("needs", &[("templates/a.yaml", "a: {{ required \"give a name\" .Values.name }}\n")]);
    assert_eq!(refused(&needs), "execution error at (needs/templates/a.yaml:1:6): give a name");
    let noparse = chart("noparse", &[("templates/a.yaml", "a: 1\nb: {{ nosuch }}\n")]);
    assert_eq!(
        refused(&noparse),
        "parse error at (noparse/templates/a.yaml:2): function \"nosuch\" not defined"
    );
}

#[test]
fn templates_read_the_chart_s_other_files() {
    let chart = chart(
        "files",
        &[
            ("conf/a.txt", "one\ntwo\n"),
            ("conf/b.bin", "xyz"),
            (
                "templates/a.yaml",
                r#"get: {{ .Files.Get "conf/a.txt" | quote }}
none: {{ .Files.Get "nosuch" | quote }}
lines: {{ .Files.Lines "conf/a.txt" | toJson }}
config:
{{ (.Files.Glob "conf/*").AsConfig | indent 2 }}
secrets:
{{ (.Files.Glob "conf/*.bin").AsSecrets | indent 2 }}
names: {{ range $n, $_ := .Files.Glob "**" }}{{ $n }} {{ end }}
"#,
            ),
        ],
    );
    assert_eq!(
        document(&chart, "", "files/templates/a.yaml"),
        "get: \"one\\ntwo\\n\"\nnone: \"\"\nlines: [\"one\",\"two\"]\nconfig:\n  a.txt: |\n    \
         one\n    two\n  b.bin: xyz\nsecrets:\n  b.bin: eHl6\nnames: conf/a.txt conf/b.bin \n"
    );
}

#[test]
fn a_scope_and_what_is_in_it_have_helm_s_types() {
    let chart = chart(
        "types",
        &[(
            "templates/NOTES.txt",
            "a: {{ typeOf $ }}
b: {{ toYamlPretty .Capabilities.KubeVersion | quote }}
c: {{ toJson .Chart.Annotations }}{{ .Chart.Annotations }}
d: {{ toYaml .Chart.Annotations }}|{{ toYamlPretty .Chart.Annotations }}
e: {{ typeOf .Chart.Annotations }} {{ kindOf .Chart.Annotations }} {{ len .Chart.Annotations }}
",
        )],
    );
    assert_eq!(
        rendered(&chart, "").unwrap().notes,
        r#"a: common.Values
b: "version: v1.37.0\nmajor: \"1\"\nminor: \"37\""
c: nullmap[]
d: null|{}
e: map[string]string map 0
"#
    );
}

#[test]
fn what_cannot_be_printed_is_quoted_as_go_quotes_it() {
    let metadata = "apiVersion: v2\nname: c\nversion: \"\\x01\"\n";
    let file = File {
        name: "Chart.yaml".to_owned(),
        data: metadata.as_bytes().to_vec().into(),
        modified: None,
    };
    let error = Chart::from_folder(vec![file]).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), r#"validation: chart.metadata.version "\x01" is invalid"#);
}

#[test]
fn structs_and_missing_files_are_printed_as_helm_prints_them() {
    let template = r#"f: {{ toString .Capabilities.KubeVersion }} {{ quote .Capabilities.HelmVersion.Version }} {{ list .Capabilities.KubeVersion | join "," }}
g: {{ printf "%q %+v %#v %d" .Capabilities.KubeVersion .Capabilities.KubeVersion .Capabilities.KubeVersion .Capabilities.KubeVersion }}
h: {{ printf "%s" (dict "a" .Capabilities) | trunc 50 }}|{{ printf "%q" .Capabilities | trunc 20 }}|{{ printf "%+v" .Capabilities | trunc 40 }}
i: {{ .Files.nosuch | mustToJson }} {{ .Files.nosuch }} {{ toString .Files.nosuch }}| {{ kindOf .Files.nosuch }} {{ typeOf .Files.nosuch }} {{ len .Files.nosuch }} {{ default 1 .Files.nosuch }} {{ empty .Files.nosuch }}
"#;
    let chart = chart("structs", &[("templates/NOTES.txt", template)]);
    assert_eq!(
        rendered(&chart, "").unwrap().notes,
        r#"f: {v1.37.0 v1.37.0 1 37} "v4.3.1" {v1.37.0 v1.37.0 1 37}
g: {"v1.37.0" "v1.37.0" "1" "37"} {Version:v1.37.0 normalizedVersion:v1.37.0 Major:1 Minor:37} common.KubeVersion{Version:"v1.37.0", normalizedVersion:"v1.37.0", Major:"1", Minor:"37"} {%!d(string=v1.37.0) %!d(string=v1.37.0) %!d(string=1) %!d(string=37)}
h: map[a:%!s(*common.Capabilities=&{{v1.37.0 v1.37.0 |&{{"v1.37.0" "v1.37.|&{KubeVersion:{Version:v1.37.0 normalize
i: null [] | slice []uint8 0 1 true
"#
    );
}

#[test]
fn with_its_tape_a_rendering_is_the_same_again() {
    let chart = chart("dice", &[("templates/a.yaml", "a: {{ randAlphaNum 16 }}\n")]);
    let first = rendered(&chart, "").unwrap();
    let world = || Box::new(World(77));
    let other = rendered_with(&chart, "", Tape::recording(world())).unwrap();
    assert_ne!(first.manifest(), other.manifest(), "the world is another one");
    let recording = Recording::from_bytes(&first.tape.to_bytes().unwrap()).unwrap();
    let tape = Tape::replaying(recording, Replay::Everything, world());
    assert_eq!(rendered_with(&chart, "", tape).unwrap().manifest(), first.manifest());
}

#[test]
fn templates_do_not_change_the_values_that_are_kept() {
    let chart = chart(
        "writes",
        &[("values.yaml", "a: 1\n"), ("templates/a.yaml", "{{ $_ := set .Values \"a\" 2 }}a: 1\n")],
    );
    let rendered = rendered(&chart, "").unwrap();
    assert_eq!(rendered.coalesced_values.to_json(), serde_json::json!({"a": 1}));
    assert_eq!(rendered.user_values.to_json(), Values::default().to_json());
}

#[test]
fn what_is_no_table_of_a_subchart_is_shown_as_helm_shows_it() {
    for (value, shown) in [
        (
            "[[null], 1000000, 1.5, true, a, {b: 1}]",
            "[[<nil>] %!t(float64=1e+06) %!t(float64=1.5) true %!t(string=a) \
             map[%!t(string=b):%!t(float64=1)]]",
        ),
        ("1e6", "%!t(float64=1e+06)"),
        ("text", "%!t(string=text)"),
    ] {
        let values = format!("x: {value}\n");
        let meta = metadata("x");
        let files = [("values.yaml", values.as_str()), ("charts/x/Chart.yaml", meta.as_str())];
        let said = refused(&chart("rel", &files));
        assert!(said.ends_with(&format!("type mismatch on x: {shown}")), "{said}");
    }
}
