//! What the host of a template set may rely on: functions that run templates,
//! objects with methods, errors in pieces.

use std::{cell::RefCell, rc::Rc};

use rutter_gotmpl::{
    Error, Fault, Function, Functions, Kind, Object, Options, TemplateSet, Type, Value,
};

fn text(value: &Value) -> String {
    String::from_utf8(value.as_bytes().unwrap().to_vec()).unwrap()
}

/// `include` and `eval`, as a host may write them.
fn functions() -> Functions {
    let mut table = Functions::default();
    table.insert(
        "include",
        Function::new(&[Type::String, Type::Any], |call, values| {
            let missing = || Err(Fault::new("no such template"));
            call.run(&text(&values[0]), values[1].clone()).unwrap_or_else(missing)
        }),
    );
    table.insert(
        "eval",
        Function::new(&[Type::String, Type::Any], |call, values| {
            call.run_text("evaluated", &text(&values[0]), values[1].clone())?
        }),
    );
    table.insert("bytes", Function::new(&[], |_, _| Ok(Value::string_of_bytes(vec![0xFF, b'a']))));
    table
}

fn set(templates: &[(&str, &str)]) -> TemplateSet {
    let mut set = TemplateSet::new(functions(), Options::default());
    for (name, template) in templates {
        set.parse(name, template).unwrap();
    }
    set
}

fn run(templates: &[(&str, &str)], data: &Value) -> Result<String, Error> {
    set(templates).run(templates.last().unwrap().0, data)
}

#[test]
fn a_function_can_run_templates_of_the_set() {
    let templates = [
        ("lib", r#"{{define "x"}}<{{.}}>{{end}}"#),
        ("t", r#"{{include "x" 1}}-{{include "x" "b"}}"#),
    ];
    assert_eq!(run(&templates, &Value::Nil).unwrap(), "<1>-<b>");
    // Variables of the caller are neither seen nor lost.
    let templates = [
        ("lib", r#"{{define "x"}}{{$a := 1}}{{end}}"#),
        ("t", r#"{{$a := 2}}{{include "x" 1}}{{$a}}"#),
    ];
    assert_eq!(run(&templates, &Value::Nil).unwrap(), "2");
}

#[test]
fn a_text_sees_the_set_and_what_it_defines_itself_ends_with_it() {
    let define = r#"{{define "x"}}set{{end}}{{define "user"}}{{template "x"}}{{end}}"#;
    let inner = r#"{{ define \"x\" }}text{{ end }}{{ template \"user\" }}"#;
    let template = format!(r#"{{{{eval "{inner}" .}}}} {{{{template "user"}}}}"#);
    assert_eq!(run(&[("lib", define), ("t", &template)], &Value::Nil).unwrap(), "text set");
    // An empty definition replaces nothing.
    let inner = r#"{{ define \"x\" }} {{ end }}{{ template \"user\" }}"#;
    let template = format!(r#"{{{{eval "{inner}" .}}}}"#);
    assert_eq!(run(&[("lib", define), ("t", &template)], &Value::Nil).unwrap(), "set");
}

#[test]
fn a_text_within_a_text_sees_what_that_one_defines() {
    let inner = "{{eval `{{template \"own\" .}}` .}}";
    let outer = format!("{{{{define \"own\"}}}}own {{{{.}}}}{{{{end}}}}{inner}");
    let data = Value::map([("outer", Value::string(outer)), ("x", Value::from("!"))]);
    let result = run(&[("t", "{{eval .outer .x}}")], &data).unwrap();
    assert_eq!(result, "own !");
}

#[test]
fn an_error_keeps_the_chain_of_templates_that_led_to_it() {
    let templates =
        [("lib", "\n{{define \"x\"}}{{.a.b}}{{end}}"), ("dir/t", "a\n  {{ include \"x\" . }}")];
    let error = run(&templates, &Value::from(1.0)).unwrap_err();
    // Go: Execute of the same templates with the same include.
    let inner =
        "template: lib:2:18: executing \"x\" at <.a.b>: can't evaluate field a in type float64";
    let outer =
        "template: dir/t:2:5: executing \"dir/t\" at <include \"x\" .>: error calling include: ";
    assert_eq!(error.to_string(), format!("{outer}{inner}"));
    assert_eq!((error.kind(), error.template()), (Kind::Run, "dir/t"));
    let place = error.place().unwrap();
    assert_eq!((place.line, place.column, place.offset), (2, Some(5), Some(7)));
    assert_eq!(error.node(), "include \"x\" .");
    let cause = error.fault().unwrap().cause.as_ref().unwrap();
    assert_eq!((cause.to_string().as_str(), cause.template()), (inner, "x"));
    assert!(cause.fault().is_none());
}

#[test]
fn a_text_that_does_not_parse_is_told_from_one_that_fails() {
    let refused = |template: &str| {
        let error = run(&[("t", template)], &Value::Nil).unwrap_err();
        error.fault().unwrap().cause.as_ref().unwrap().kind()
    };
    assert_eq!(refused("{{eval `{{` .}}"), Kind::Parse);
    assert_eq!(refused("{{eval `{{template \"q\"}}` .}}"), Kind::Run);
    let missing = TemplateSet::new(functions(), Options::default()).run("t", &Value::Nil);
    assert_eq!(missing.unwrap_err().kind(), Kind::Missing);
}

#[test]
fn a_later_definition_replaces_an_earlier_one_unless_it_is_empty() {
    let use_it = ("t", r#"{{template "x"}}"#);
    let define = |body: &str| format!(r#"{{{{define "x"}}}}{body}{{{{end}}}}"#);
    let second = |body: &str| {
        run(&[("1", &define("one")), ("2", &define(body)), use_it], &Value::Nil).unwrap()
    };
    assert_eq!(second("two"), "two");
    assert_eq!(second(" {{/* nothing */}}\n"), "one");
    let mut set = set(&[("1", "one")]);
    assert!(set.parse("1", "{{").is_err());
    assert_eq!(set.run("1", &Value::Nil).unwrap(), "one", "what does not parse changes nothing");
    assert!(set.contains("1") && !set.contains("2"));
}

#[test]
fn output_may_be_any_bytes() {
    let set = set(&[("inner", "{{bytes}}"), ("t", r#"{{include "inner" .}}|{{bytes | len}}"#)]);
    assert_eq!(set.run_bytes("t", &Value::Nil).unwrap(), b"\xFFa|2");
    assert_eq!(set.run("t", &Value::Nil).unwrap(), "\u{FFFD}a|2");
}

#[test]
fn a_function_knows_from_where_it_is_called() {
    let places = Rc::new(RefCell::new(Vec::new()));
    let kept = Rc::clone(&places);
    let mut functions = Functions::default();
    functions.insert(
        "here",
        Function::new(&[Type::Any], move |call, _| {
            kept.borrow_mut().push(call.place());
            Ok(Value::Nil)
        }),
    );
    let mut set = TemplateSet::new(functions, Options::default());
    let template = r#"{{define "x"}}{{here 1}}{{end}}é{{template "x"}}{{ .y | here }}"#;
    set.parse("t", template).unwrap();
    set.run("t", &Value::map([("y", Value::Nil)])).unwrap();
    let places: Vec<_> = places.borrow().iter().map(|(name, at)| (name.to_string(), *at)).collect();
    assert_eq!(
        places,
        [
            ("x".to_owned(), template.find("here").unwrap()),
            ("t".to_owned(), template.rfind("here").unwrap())
        ]
    );
}

#[test]
fn recursion_ends_in_an_error_wherever_it_goes() {
    let direct = run(&[("t", r#"{{template "t" .}}"#)], &Value::Nil).unwrap_err();
    assert_eq!(direct.detail(), "exceeded maximum template depth (100000)");
    let nested = "{{if true}}".repeat(20_000) + "x" + &"{{end}}".repeat(20_000);
    assert_eq!(run(&[("t", &nested)], &Value::Nil).unwrap(), "x");
    let parens = "(".repeat(10_000) + "1" + &")".repeat(10_000);
    assert_eq!(run(&[("t", &format!("{{{{{parens}}}}}"))], &Value::Nil).unwrap(), "1");
}

#[test]
fn a_map_that_holds_itself_prints_to_an_end() {
    let map = Value::map([("a", Value::int(1))]);
    if let Value::Map(inner) = &map {
        inner.entries.borrow_mut().insert("self".into(), map.clone());
    }
    assert!(run(&[("t", "{{.}}")], &map).unwrap().starts_with("map[a:1 self:map[a:1 self:"));
    if let Value::Map(inner) = &map {
        inner.entries.borrow_mut().clear();
    }
}

#[test]
fn a_range_goes_over_the_map_as_it_was() {
    let mut functions = Functions::default();
    functions.insert(
        "add",
        Function::new(&[Type::Map, Type::String], |_, values| {
            if let Value::Map(map) = &values[0] {
                map.entries.borrow_mut().insert(text(&values[1]).into(), Value::int(1));
            }
            Ok(Value::string(""))
        }),
    );
    let mut set = TemplateSet::new(functions, Options::default());
    let template =
        r#"{{$m := .}}{{range $k, $v := .}}{{$k}}{{add $m (print $k "z")}}{{end}} {{len .}}"#;
    set.parse("t", template).unwrap();
    let data = Value::map([("a", Value::int(1)), ("b", Value::int(1))]);
    assert_eq!(set.run("t", &data).unwrap(), "ab 4");
}

/// A struct with methods, as hosts have them.
#[derive(Debug)]
struct Thing;

impl Object for Thing {
    fn type_name(&self) -> &'static str {
        "host.Thing"
    }

    fn field(&self, name: &str) -> Option<Value> {
        (name == "Major").then(|| Value::string("1"))
    }

    fn parameters(&self, name: &str) -> Option<(&'static [Type], Option<Type>)> {
        match name {
            "Get" => Some((&[Type::String], None)),
            "Fail" => Some((&[], None)),
            _ => None,
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Option<Result<Value, Fault>> {
        match name {
            "Get" => Some(Ok(Value::string(format!("<{}>", text(&arguments[0]))))),
            "Fail" => Some(Err(Fault::new("no"))),
            _ => None,
        }
    }

    fn print(&self) -> String {
        "{1 2}".to_owned()
    }

    fn print_in_action(&self) -> String {
        "v1.2".to_owned()
    }
}

#[test]
fn an_object_has_methods_and_fields_with_messages_of_go() {
    let data = Value::map([("t", Value::Object(Rc::new(Thing)))]);
    let ask =
        |template: &str| run(&[("t", template)], &data).map_err(|error| error.detail().to_owned());
    assert_eq!(ask(r#"{{.t.Get "a"}} {{"b" | .t.Get}} {{.t.Major}}"#), Ok("<a> <b> 1".to_owned()));
    assert_eq!(ask(r#"{{.t}} {{printf "%v %T" .t .t}}"#), Ok("v1.2 {1 2} host.Thing".to_owned()));
    assert_eq!(ask("{{if .t}}yes{{end}}{{eq .t .t}}"), Ok("yestrue".to_owned()));
    let fails = |template: &str| ask(template).unwrap_err();
    assert_eq!(fails("{{.t.Get}}"), "wrong number of args for Get: want 1 got 0");
    assert_eq!(fails("{{.t.Get 1}}"), "expected string; found 1");
    assert_eq!(fails("{{.t.Fail}}"), "error calling Fail: no");
    assert_eq!(fails("{{.t.nosuch}}"), "can't evaluate field nosuch in type interface {}");
    assert_eq!(
        fails("{{$x := .t}}{{$x.nosuch}}"),
        "can't evaluate field nosuch in type host.Thing"
    );
    assert_eq!(fails("{{.t.Major 1}}"), "Major has arguments but cannot be invoked as function");
    assert_eq!(fails("{{len .t}}"), "error calling len: len of type host.Thing");
}
