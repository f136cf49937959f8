//! What a chart that says `engine: tera` renders to.

use serde_json::json;

use crate::{
    Capabilities, Chart, Error, File, NotesScope, ReleaseFacts, Rendered, Request, SchemaCheck,
    Values, Verb,
    functions::Dns,
    tape::{Lookup, Refusal, Replay, Source, Tape},
};

/// A world in which all bytes are the next number.
struct World(u8);

impl Source for World {
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Refusal> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
        Ok(())
    }

    fn now(&mut self) -> i64 {
        1_764_064_800_000_000_000
    }

    fn zone(&mut self) -> String {
        "UTC".into()
    }

    fn lookup(&mut self, wanted: &Lookup) -> Result<serde_json::Value, Refusal> {
        Ok(json!({"metadata": {"name": wanted.name}, "data": {"n": 3}}))
    }

    fn addresses(&mut self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn chart(files: &[(&str, &str)]) -> Chart {
    let about = "apiVersion: v2\nname: web\nversion: 1.2.3\nappVersion: \"4\"\nengine: tera\n";
    let files = [("Chart.yaml", about)].into_iter().chain(files.iter().copied());
    let files = files.map(|(name, text)| File {
        name: name.to_owned(),
        data: text.as_bytes().into(),
        modified: None,
    });
    Chart::load(files.collect()).unwrap()
}

fn render_on(chart: &Chart, values: &str, tape: Tape) -> Result<Rendered, Error> {
    let values = Values::new(crate::yaml::read_map(values).unwrap());
    let capabilities = Capabilities::default();
    let request = Request {
        chart,
        values: &values,
        release: ReleaseFacts {
            name: "blog".to_owned(),
            namespace: "prod".to_owned(),
            revision: 2,
            verb: Verb::Upgrade,
        },
        capabilities: &capabilities,
        schema: SchemaCheck::Enforced,
        notes: NotesScope::Root,
        dns: Dns::Off,
    };
    crate::render(&request, tape)
}

fn render(chart: &Chart, values: &str) -> Result<Rendered, Error> {
    render_on(chart, values, Tape::recording(Box::new(World(0))))
}

/// What one template writes, behind a head that makes it a document.
fn written(template: &str, values: &str) -> String {
    let rendered = render(&chart(&[("templates/a.yaml", template)]), values).unwrap();
    rendered.documents.iter().map(|it| it.text.trim_end().to_owned()).collect::<Vec<_>>().join("|")
}

fn refused(template: &str, values: &str) -> Error {
    render(&chart(&[("templates/a.yaml", template)]), values).err().unwrap()
}

#[test]
fn templates_see_the_objects_of_helm_in_lower_case() {
    let template = "a: {{ release.name }} {{ release.namespace }} {{ release.revision }}\n\
        b: {{ release.is_upgrade }} {{ release.is_install }} {{ release.service }}\n\
        c: {{ chart.name }} {{ chart.version }} {{ chart.app_version }} {{ chart.api_version }}\n\
        d: {{ template.name }} {{ template.base_path }}\n\
        e: {{ \"apps/v1\" in capabilities.api_versions }} {{ capabilities.kube_version.major }}\n\
        f: {{ values.num }} {{ values.f }} {{ values.list[1] }} {{ values.map.x }}\n";
    assert_eq!(
        written(template, "num: 3\nf: 1.5\nlist: [1, 2]\nmap: {x: yes}"),
        "a: blog prod 2\nb: true false Helm\nc: web 1.2.3 4 v2\n\
         d: web/templates/a.yaml web/templates\ne: true 1\nf: 3 1.5 2 true"
    );
}

#[test]
fn filters_do_what_functions_of_that_name_do_in_helm() {
    // Expected: what the Helm binary prints for the same function and value.
    for (expression, expected) in [
        ("{'b': [1, 'x'], 'a': true} | to_yaml | nindent(n=2)", "\n  a: true\n  b:\n  - 1\n  - x"),
        ("'a: 1' | from_yaml | to_json", r#"{"a":1}"#),
        ("'hello' | b64enc", "aGVsbG8="),
        ("'aGVsbG8=' | b64dec", "hello"),
        (r#"'a"b' | quote"#, r#""a\"b""#),
        ("5 | quote", r#""5""#),
        ("'x' | squote", "'x'"),
        ("'' | default(value='d')", "d"),
        ("values.none | default(value='d')", "d"),
        ("0 | default(value=7)", "7"),
        ("'abcdef' | trunc(n=3)", "abc"),
        ("'web-' | trim_suffix(suffix='-')", "web"),
        ("'v1' | trim_prefix(prefix='v')", "1"),
        ("'ab' | indent(n=2)", "  ab"),
        ("'hello' | sha256sum", "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"),
        ("'fooBar' | snake_case", "foo_bar"),
        ("'1.2.3' | semver_compare(constraint='>=1.0.0')", "true"),
        ("'Hello' | upper | lower", "hello"),
        ("[1, 2.5, 'x'] | to_json", r#"[1,2.5,"x"]"#),
    ] {
        let template = format!("# {{{{ {expression} }}}}");
        let chart = chart(&[("templates/NOTES.txt", &template)]);
        let notes = render(&chart, "").unwrap().notes;
        assert_eq!(notes, format!("# {expected}"), "{expression}");
    }
}

#[test]
fn maps_are_ranged_over_in_the_order_of_their_keys() {
    let template = "a: {% for key, value in values.m %}{{ key }}={{ value }} {% endfor %}";
    assert_eq!(written(template, "m: {z: 1, a: 2, m: 3, b: 4}"), "a: a=2 b=4 m=3 z=1");
}

#[test]
fn partials_are_included_by_their_names_and_components_called() {
    let chart = chart(&[
        (
            "templates/_parts.tpl",
            "{% component labels(@release, extra: map = {}) -%}\nname: {{ release.name }}\n\
             {%- for key, value in extra %}\n{{ key }}: {{ value }}\n{%- endfor %}\n\
             {%- endcomponent labels %}",
        ),
        ("templates/_name.tpl", "{{ release.name }}-{{ chart.name -}}"),
        (
            "templates/a.yaml",
            "{%- set name %}{% include \"_name.tpl\" %}{% endset -%}\n\
             a: {{ name | trunc(n=6) }}\nb:\n  \
             {{- <labels extra={ {\"k\": \"v\"} } /> | nindent(n=2) }}\n",
        ),
    ]);
    let rendered = render(&chart, "").unwrap();
    let text = rendered.documents.first().unwrap().text.trim_end();
    assert_eq!(text, "a: blog-w\nb:\n  name: blog\n  k: v");
}

#[test]
fn what_is_random_or_looked_up_is_on_the_tape() {
    let template = "a: {{ rand_alpha_num(n=8) }} {{ rand_alpha_num(n=8) }} {{ uuidv4() }}\n\
        b: {{ now() }} {{ now(format=\"2006\") }}\n\
        c: {% set found = lookup(api_version=\"v1\", kind=\"Secret\", namespace=\"x\", name=\"y\") %}{{ found.data.n }}\n";
    let chart = chart(&[("templates/a.yaml", template)]);
    let first = render(&chart, "").unwrap();
    let text = first.manifest();
    assert!(text.contains("b: 2025-11-25T10:00:00Z 2025\nc: 3\n"), "{text}");
    let words: Vec<&str> = text.split_whitespace().collect();
    let at = words.iter().position(|word| *word == "a:").unwrap();
    assert_ne!(words[at + 1], words[at + 2]);
    let tape = Tape::replaying(first.tape, Replay::Everything, Box::new(World(100)));
    assert_eq!(render_on(&chart, "", tape).unwrap().manifest(), text);
}

#[test]
fn files_are_read_by_functions_and_are_the_charts_alone() {
    let chart = chart(&[
        ("conf/a.txt", "one\ntwo\n"),
        ("conf/b.txt", "x"),
        (
            "templates/a.yaml",
            "a: {{ files }}\nb: {{ files_get(path=\"conf/b.txt\") }}\n\
             c:\n  {{- files_as_config(pattern=\"conf/*\") | nindent(n=2) }}\n\
             d:\n  {{- files_as_secrets(pattern=\"conf/b*\") | nindent(n=2) }}\n\
             e: {{ files_lines(path=\"conf/a.txt\") | last }}\n\
             f: {{ files_get(path=\"/etc/passwd\") | quote }}\n",
        ),
    ]);
    let rendered = render(&chart, "").unwrap();
    assert_eq!(
        rendered.documents.first().unwrap().text.trim_end(),
        "a: [\"conf/a.txt\", \"conf/b.txt\"]\nb: x\nc:\n  a.txt: |\n    one\n    two\n  b.txt: x\n\
         d:\n  b.txt: eA==\ne: two\nf: \"\""
    );
}

#[test]
fn an_error_is_one_message_with_its_place_and_its_lines() {
    let Error::Template(error) = refused("a: 1\nb: {{ values.x.y }}\n", "x: {}") else { panic!() };
    assert!(error.text.starts_with("execution error at (web/templates/a.yaml:2:"), "{error}");
    let shown = error.excerpt.unwrap().to_string();
    assert!(shown.contains("--> web/templates/a.yaml:2:"), "{shown}");
    assert!(shown.contains("\n2 | b: {{ values.x.y }}\n"), "{shown}");

    let Error::Template(error) = refused("a: {{ 1 | to_ymal }}", "") else { panic!() };
    assert_eq!(error.text, "parse error at (web/templates/a.yaml:1): Unknown filter `to_ymal`");
    let shown = error.excerpt.unwrap().to_string();
    assert!(shown.contains("  |           ^^^^^^^"), "{shown}");
    assert!(shown.contains("did you mean `to_yaml`?"), "{shown}");

    let Error::Template(error) = refused("a: {{ 1 \n", "") else { panic!() };
    assert!(error.text.starts_with("parse error at (web/templates/a.yaml:"), "{error}");
}

#[test]
fn what_the_chart_asks_for_is_said_in_its_words() {
    for template in [
        "a: {{ values.name | required(message=\"give a name\") }}",
        "a: {{ fail(message=\"give a name\") }}",
    ] {
        let Error::Template(error) = refused(template, "") else { panic!() };
        assert!(error.raised, "{error}");
        assert!(error.text.ends_with("): give a name"), "{error}");
    }
}

#[test]
fn a_partial_that_fails_tells_who_included_it() {
    let chart = chart(&[
        ("templates/_p.tpl", "\n{{ values.x.y }}"),
        ("templates/a.yaml", "a: 1\nb: {% include \"_p.tpl\" %}\n"),
    ]);
    let Some(Error::Template(error)) = render(&chart, "x: {}").err() else { panic!() };
    let shown = error.excerpt.unwrap().to_string();
    assert!(shown.contains("--> web/templates/_p.tpl:2:"), "{shown}");
    assert!(shown.contains("= included from web/templates/a.yaml:2:"), "{shown}");
}

#[test]
fn output_that_is_no_yaml_is_shown() {
    let Error::Manifest(error) = refused("kind: ConfigMap\na: {{ values.x }}\n", "x: 'b: c'")
    else {
        panic!()
    };
    let [template, made] = error.excerpts.as_slice() else { panic!("{error:?}") };
    let template = template.to_string();
    assert!(template.contains("--> web/templates/a.yaml:2:1\n"), "{template}");
    assert!(template.contains("^ probably wrote line 2 of the output"), "{template}");
    assert!(made.to_string().contains("\n2 | a: b: c\n"), "{made}");
}

#[test]
fn recursion_and_output_have_an_end() {
    let chart = |template: &str| {
        let endless =
            "{% component deep(n: integer) %}{{ <deep n={n + 1} /> }}{% endcomponent deep %}";
        chart(&[("templates/_deep.tpl", endless), ("templates/a.yaml", template)])
    };
    let Some(Error::Template(error)) = render(&chart("{{ <deep n={1} /> }}"), "").err() else {
        panic!()
    };
    assert!(error.text.contains("recursion depth"), "{error}");
    let flood = format!("{{% for i in range(end=100000) %}}{}{{% endfor %}}", "x".repeat(1000));
    let Some(Error::Template(error)) = render(&chart(&flood), "").err() else { panic!() };
    assert!(error.text.contains("more than 64 MiB"), "{error}");
}

#[test]
fn what_makes_much_out_of_little_is_stopped_where_it_stands() {
    let million = "{% set x = 'a' | repeat(n=1000000) %}";
    let doubled =
        "{% set l = [1] %}{% for i in range(end=60) %}{% set_global l = [l, l] %}{% endfor %}";
    for (text, expected) in [
        (
            "{% for i in range(end=100000) %}{% for j in range(end=100000) %}{% endfor %}{% endfor %}",
            ":1:45): stopped after 10000000 steps",
        ),
        (
            "{% set r = range(end=100000) %}{% for i in r %}{% for j in r %}x{% endfor %}{% endfor %}",
            "stopped after 10000000 steps",
        ),
        (&format!("{million}{{{{ x | replace(from='a', to=x) }}}}"), ": a text longer than"),
        (&format!("{million}{{{{ range(end=1000) | join(sep=x) }}}}"), ": a text longer than"),
        (&format!("{doubled}{{{{ l | to_yaml }}}}"), ": a value of more than 67108864 bytes"),
        (&format!("{doubled}{{{{ l | join }}}}"), ": a value of more than 67108864 bytes"),
        (
            "{% set l = [] %}{% for i in range(end=2000) %}{% set_global l = [l] %}{% endfor %}\
             {{ l | to_json }}",
            ": a value that nests more than 1000 levels deep",
        ),
        ("{{ range(end=100001) }}", ": `range` counts longer than to 100000"),
        ("{{ range(start=3, end=0) }}", ": `range` has no end"),
    ] {
        let error = refused(text, "").to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn functions_that_count_do_what_those_of_tera_do() {
    let template = "a: {{ range(end=3) | join(sep=',') }} {{ range(start=9, end=1, step_by=-4) }}\n\
                    b: {{ 'a.b.c' | replace(from='.', to='') }} {{ ['x', 1, true] | join }}\n";
    assert_eq!(written(template, ""), "a: 0,1,2 [9, 5]\nb: abc x1true");
}

#[test]
fn includes_go_as_deep_as_there_may_be_templates_and_values_not_without_end() {
    let chain = |count: usize| {
        let names: Vec<(String, String)> = (0..count)
            .map(|at| {
                let next = format!("{{% include \"_{}.tpl\" %}}", at + 1);
                let text = if at + 1 == count { "end".to_owned() } else { next };
                (format!("templates/_{at}.tpl"), text)
            })
            .collect();
        let files = names.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let first = [("templates/a.yaml", "a: {% include \"_0.tpl\" %}\n")];
        render(&chart(&files.chain(first).collect::<Vec<_>>()), "")
    };
    assert!(chain(499).unwrap().manifest().contains("a: end\n"));
    let refused = chain(500).err().unwrap().to_string();
    assert!(refused.contains("more than 500 templates"), "{refused}");
    let deep = format!("a: {}1{}", "[".repeat(900), "]".repeat(900));
    let Some(Error::Template(error)) =
        render(&chart(&[("templates/a.yaml", "a: 1\n")]), &deep).err()
    else {
        panic!()
    };
    assert!(error.text.contains("nested too deep"), "{error}");
}

#[test]
fn certificates_have_fields() {
    let template = "{% set ca = gen_ca(name=\"web\", days=30) %}a: {{ ca.cert | trunc(n=27) }}\n\
                    b: {{ ca.key | trunc(n=31) }}\n";
    assert_eq!(
        written(template, ""),
        "a: -----BEGIN CERTIFICATE-----\nb: -----BEGIN RSA PRIVATE KEY-----"
    );
}

#[test]
fn charts_of_both_engines_are_mixed_and_an_unknown_one_is_refused() {
    let chart = chart(&[
        ("templates/a.yaml", "a: {{ values.sub.x }}\n"),
        ("charts/sub/Chart.yaml", "apiVersion: v2\nname: sub\nversion: 1.0.0\n"),
        ("charts/sub/values.yaml", "x: 1\n"),
        ("charts/sub/templates/b.yaml", "b: {{ .Values.x }} {{ .Chart.Name }}\n"),
    ]);
    let text = render(&chart, "").unwrap().manifest();
    assert!(text.contains("a: 1\n") && text.contains("b: 1 sub\n"), "{text}");
    let mut other = chart;
    other.metadata.engine = "jinja".to_owned();
    let error = render(&other, "").err().unwrap();
    assert_eq!(error.to_string(), "chart web wants the engine \"jinja\", which is not known");
    assert!(error.hint().unwrap().contains("tera"));
}

#[test]
fn a_library_lends_its_partials() {
    let chart = chart(&[
        ("templates/a.yaml", "a: {{ <shout text=\"hey\" /> }} {% include \"_low.tpl\" %}\n"),
        (
            "charts/lib/Chart.yaml",
            "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\nengine: tera\n",
        ),
        (
            "charts/lib/templates/_shout.tpl",
            "{% component shout(text: string) %}{{ text | upper }}{% endcomponent shout %}",
        ),
        ("charts/lib/templates/_low.tpl", "{{ release.name }}"),
    ]);
    assert!(render(&chart, "").unwrap().manifest().contains("a: HEY blog\n"));
}
