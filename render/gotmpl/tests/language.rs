//! What Go's `text/template` says to one template after the other. The
//! expected texts are Go's own (its answers through `tests/oracle/gotemplate`);
//! `examples/against_go` asks it thousands more.

mod calls;

use rutter_gotmpl::{
    Elem, Fault, Function, Functions, List, MissingKey, Options, TemplateSet, Type, Value,
};

fn functions() -> Functions {
    let mut table = Functions::default();
    let text = |value: &Value| String::from_utf8(value.as_bytes().unwrap().to_vec()).unwrap();
    let int = |value: &Value| match value {
        Value::Int(number, _) => *number,
        other => panic!("not an int: {other:?}"),
    };
    table.insert(
        "upper",
        Function::new(&[Type::String], move |_, values| {
            Ok(Value::string(text(&values[0]).to_uppercase()))
        }),
    );
    table.insert(
        "inc",
        Function::new(&[Type::Int], move |_, values| Ok(Value::int(int(&values[0]) + 1))),
    );
    table.insert(
        "sumOf",
        Function::new(&[Type::Int], move |_, values| Ok(Value::int(values.iter().map(int).sum())))
            .with_variadic(Type::Int),
    );
    table.insert(
        "keys",
        Function::new(&[Type::Map], |_, values| match &values[0] {
            Value::Map(map) => Ok(Value::int(map.entries.borrow().len().try_into().unwrap())),
            other => panic!("not a map: {other:?}"),
        }),
    );
    table.insert(
        "fail",
        Function::new(&[Type::String], move |_, values| Err(Fault::new(text(&values[0])))),
    );
    table
}

fn data() -> Value {
    let ints = vec![Value::int(3), Value::int(1)];
    Value::map([
        ("s", Value::from("hello")),
        ("n", Value::from(42.0)),
        ("f", Value::from(3.25)),
        ("million", Value::from(1e6)),
        ("yes", Value::from(true)),
        ("nil", Value::Nil),
        ("list", Value::list(vec![Value::from("a"), Value::from(1.0), Value::Nil])),
        (
            "map",
            Value::map([("x", Value::from("X")), ("deep", Value::map([("er", Value::from("!"))]))]),
        ),
        ("ints", Value::List(List { elem: Elem::Int, items: ints.into(), nil: false })),
        ("bytes", Value::Bytes(b"hi".as_slice().into())),
        ("i", Value::int(3)),
        ("i64", Value::int64(-5)),
        ("html", Value::from("<a b=\"c\">&'")),
    ])
}

/// Templates and what Go makes of them.
type Cases<'c> = &'c [(&'c str, Result<&'c str, &'c str>)];

fn check(missing_key: MissingKey, cases: Cases<'_>) {
    for (template, expected) in cases {
        let mut set = TemplateSet::new(functions(), Options { missing_key, ..Options::default() });
        let result = set.parse("t", template).and_then(|()| set.run("t", &data()));
        let result = result.map_err(|error| error.to_string());
        let result = result.as_ref().map(String::as_str).map_err(String::as_str);
        assert_eq!(result, *expected, "{template}");
    }
}

#[test]
fn actions_print_values_as_go_does() {
    check(
        MissingKey::Zero,
        &[
            (
                "{{.s}} {{.n}} {{.f}} {{.million}} {{.yes}} {{.list}} {{.map}} {{.bytes}}",
                Ok("hello 42 3.25 1e+06 true [a 1 <nil>] map[deep:map[er:!] x:X] [104 105]"),
            ),
            ("{{.nil}} {{.nosuch}}", Ok("<no value> <no value>")),
            (
                "{{1}} {{1.0}} {{1e6}} {{0x1F}} {{0b101}} {{0o17}} {{1_000}} {{'a'}} {{1i}}",
                Ok("1 1 1e+06 31 5 15 1000 97 (0+1i)"),
            ),
            (r#"{{"a\tb"}} {{`a\tb`}} {{true}}"#, Ok("a\tb a\\tb true")),
            (
                "{{9223372036854775808}}",
                Err(
                    r#"template: t:1:2: executing "t" at <9223372036854775808>: 9223372036854775808 overflows int"#,
                ),
            ),
            ("{{089}}", Err(r#"template: t:1: integer overflow: "089""#)),
        ],
    );
}

#[test]
fn trim_markers_and_comments_take_white_space() {
    check(
        MissingKey::Zero,
        &[
            ("a  {{- 1 -}}  b", Ok("a1b")),
            ("a {{- /* c */ -}} b", Ok("ab")),
            ("a {{/* c */}} b", Ok("a  b")),
            ("{{-3}}", Ok("-3")),
            ("a\n{{- \"x\" }}\n", Ok("ax\n")),
            ("{{ /* c */}}", Err(r#"template: t:1: unexpected "/" in command"#)),
            ("{{/* c", Err("template: t:1: unclosed comment")),
        ],
    );
}

#[test]
fn pipelines_hand_values_on_as_last_arguments() {
    check(
        MissingKey::Zero,
        &[
            (r#"{{.s | printf "%s-%s" "a" | upper}}"#, Ok("A-HELLO")),
            ("{{1 | }}", Ok("1")),
            ("{{2 | 1}}", Err("template: t:1: non executable command in pipeline stage 2")),
            (r#"{{("a" | print) | len}}"#, Ok("1")),
            (
                "{{1 2}}",
                Err(
                    r#"template: t:1:2: executing "t" at <1>: can't give argument to non-function 1"#,
                ),
            ),
        ],
    );
}

#[test]
fn variables_live_until_the_end_of_their_block() {
    check(
        MissingKey::Zero,
        &[
            ("{{$x := 1}}{{if true}}{{$x = 2}}{{$x := 3}}{{$x}}{{end}}{{$x}}", Ok("32")),
            (
                "{{if true}}{{$y := 1}}{{end}}{{$y}}",
                Err(r#"template: t:1: undefined variable "$y""#),
            ),
            ("{{$x = 1}}", Err(r#"template: t:1:7: executing "t" at <1>: undefined variable: $x"#)),
            ("{{with $m := .map}}{{$m.x}}{{$.s}}{{end}}", Ok("Xhello")),
            (
                "{{and false ($x := 1)}}{{$x}}",
                Err(r#"template: t:1:25: executing "t" at <$x>: undefined variable: $x"#),
            ),
            ("{{range $i, $e := .ints}}{{$i}}={{$e}};{{end}}", Ok("0=3;1=1;")),
        ],
    );
}

#[test]
fn branches_follow_truth() {
    check(
        MissingKey::Zero,
        &[
            ("{{if .nil}}a{{else if .yes}}b{{else}}c{{end}}", Ok("b")),
            ("{{with .nosuch}}a{{else with .map}}{{.x}}{{else}}c{{end}}", Ok("X")),
            ("{{if and .s (eq .n 42.0) (not .nil)}}y{{end}}", Ok("y")),
            (r#"{{if 0}}a{{end}}{{if 0.0}}a{{end}}{{if ""}}a{{end}}{{if "0"}}b{{end}}"#, Ok("b")),
            ("{{if 1}}", Err("template: t:1: unexpected EOF")),
            ("{{if}}{{end}}", Err("template: t:1: missing value for if")),
            ("{{end}}", Err("template: t:1: unexpected {{end}}")),
        ],
    );
}

#[test]
fn ranges_go_over_lists_maps_and_integers() {
    check(
        MissingKey::Zero,
        &[
            ("{{range .list}}[{{.}}]{{end}}", Ok("[a][1][<no value>]")),
            ("{{range $k, $v := .map}}{{$k}} {{end}}", Ok("deep x ")),
            ("{{range 3}}{{.}}{{end}}", Ok("012")),
            ("{{range .nosuch}}a{{else}}none{{end}}", Ok("none")),
            ("{{range .ints}}{{if eq . 1}}{{break}}{{end}}{{.}}{{end}}", Ok("3")),
            ("{{range .list}}{{if not .}}{{continue}}{{end}}{{.}}{{end}}", Ok("a1")),
            (
                "{{range .s}}{{end}}",
                Err(r#"template: t:1:8: executing "t" at <.s>: range can't iterate over hello"#),
            ),
            (
                "{{range .n}}{{end}}",
                Err(r#"template: t:1:8: executing "t" at <.n>: range can't iterate over 42"#),
            ),
            (
                "{{range $i, $j := 3}}{{end}}",
                Err(
                    r#"template: t:1:18: executing "t" at <3>: can't use 3 to iterate over more than one variable"#,
                ),
            ),
            ("{{break}}", Err("template: t:1: {{break}} outside {{range}}")),
        ],
    );
}

#[test]
fn templates_have_their_own_variables() {
    check(
        MissingKey::Zero,
        &[
            (
                r#"{{define "x"}}<{{.}}>{{end}}{{template "x" .s}}{{template "x"}}"#,
                Ok("<hello><<no value>>"),
            ),
            (r#"{{block "b" .map}}{{.x}}{{end}}"#, Ok("X")),
            (r#"{{define "x"}}{{$.x}}{{end}}{{template "x" .map}}"#, Ok("X")),
            (
                r#"{{template "nosuch" .}}"#,
                Err(
                    r#"template: t:1:11: executing "t" at <{{template "nosuch" .}}>: template "nosuch" not defined"#,
                ),
            ),
            (
                r#"{{define "x"}}a{{end}}{{define "x"}}b{{end}}"#,
                Err(r#"template: t:1: template: multiple definition of template "x""#),
            ),
            (
                r#"{{define "x"}}{{template "x"}}{{end}}{{template "x"}}"#,
                Err(
                    r#"template: t:1:25: executing "x" at <{{template "x"}}>: exceeded maximum template depth (100000)"#,
                ),
            ),
        ],
    );
}

#[test]
fn fields_of_what_is_not_there_fail_where_go_says() {
    check(
        MissingKey::Zero,
        &[
            ("{{.map.deep.er}}", Ok("!")),
            (
                "{{.nosuch.x}}",
                Err(
                    r#"template: t:1:9: executing "t" at <.nosuch.x>: nil pointer evaluating interface {}.x"#,
                ),
            ),
            ("{{(.nosuch).x.y}}", Ok("<no value>")),
            ("{{$x := .nosuch}}{{$x.y}}", Ok("<no value>")),
            (
                "{{.s.x}}",
                Err(
                    r#"template: t:1:4: executing "t" at <.s.x>: can't evaluate field x in type interface {}"#,
                ),
            ),
            (
                "{{.map.x 1}}",
                Err(
                    r#"template: t:1:6: executing "t" at <.map.x>: x is not a method but has arguments"#,
                ),
            ),
            (
                "{{range .list}}{{.x}}{{end}}",
                Err(
                    r#"template: t:1:17: executing "t" at <.x>: can't evaluate field x in type interface {}"#,
                ),
            ),
            (
                "line\n  {{ .map.nosuch.x.y }}",
                Err(
                    r#"template: t:2:9: executing "t" at <.map.nosuch.x.y>: nil pointer evaluating interface {}.x"#,
                ),
            ),
        ],
    );
}

#[test]
fn missing_keys_may_be_no_value() {
    check(
        MissingKey::Default,
        &[("{{.nosuch}} {{.nosuch.x.y}} {{.map.nosuch}}", Ok("<no value> <no value> <no value>"))],
    );
}

#[test]
fn missing_keys_may_be_errors() {
    check(
        MissingKey::Error,
        &[
            (
                "{{.map.nosuch}}",
                Err(
                    r#"template: t:1:6: executing "t" at <.map.nosuch>: map has no entry for key "nosuch""#,
                ),
            ),
            (
                "{{(.nil).x}}",
                Err(r#"template: t:1:3: executing "t" at <.nil>: nil data; no entry for key "x""#),
            ),
        ],
    );
}
