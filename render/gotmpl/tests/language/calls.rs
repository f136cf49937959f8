//! Calls: Go's own functions, arguments, and texts that do not parse.

use rutter_gotmpl::MissingKey;

use super::check;

#[test]
fn and_and_or_stop_at_the_argument_that_decides() {
    check(
        MissingKey::Zero,
        &[
            (r#"{{and 0 (fail "x")}} {{or 1 (fail "x")}} {{and 1 2}} {{or "" 0}}"#, Ok("0 1 2 0")),
            (
                r#"{{and 1 (fail "x")}}"#,
                Err(r#"template: t:1:9: executing "t" at <fail "x">: error calling fail: x"#),
            ),
            ("{{3 | and 2}}", Ok("3")),
            (
                "{{and}}",
                Err(
                    r#"template: t:1:2: executing "t" at <and>: wrong number of args for and: want at least 1 got 0"#,
                ),
            ),
        ],
    );
}

#[test]
fn comparisons_want_equal_kinds() {
    check(
        MissingKey::Zero,
        &[
            (
                r#"{{eq 1 2 1}} {{ne "a" "b"}} {{lt 1 2}} {{le 2 2}} {{gt 1.5 1.0}} {{ge "b" "a"}} {{eq .i .i64}} {{eq nil nil}}"#,
                Ok("true true true true true true false true"),
            ),
            (
                "{{eq .n 42}}",
                Err(
                    r#"template: t:1:2: executing "t" at <eq .n 42>: error calling eq: incompatible types for comparison: float64 and int"#,
                ),
            ),
            (
                "{{eq .map .map}}",
                Err(
                    r#"template: t:1:2: executing "t" at <eq .map .map>: error calling eq: non-comparable type map[deep:map[er:!] x:X]: map[string]interface {}"#,
                ),
            ),
            (
                "{{lt true false}}",
                Err(
                    r#"template: t:1:2: executing "t" at <lt true false>: error calling lt: invalid type for comparison"#,
                ),
            ),
            (
                "{{eq 1}}",
                Err(
                    r#"template: t:1:2: executing "t" at <eq 1>: error calling eq: missing argument for comparison"#,
                ),
            ),
            (
                "{{lt nil 1}}",
                Err(
                    r#"template: t:1:2: executing "t" at <lt nil 1>: error calling lt: invalid type for comparison"#,
                ),
            ),
        ],
    );
}

#[test]
fn index_slice_and_len_reach_into_values() {
    check(
        MissingKey::Zero,
        &[
            (r#"{{index .map "deep" "er"}} {{index .list 1}} {{index .s 1}}"#, Ok("! 1 101")),
            ("{{slice .s 1 3}} {{slice .list 1 | len}} {{len .map}}", Ok("el 2 2")),
            (
                "{{index .list 9}}",
                Err(
                    r#"template: t:1:2: executing "t" at <index .list 9>: error calling index: index out of range: 9"#,
                ),
            ),
            (
                "{{index .list 3}}",
                Err(
                    r#"template: t:1:2: executing "t" at <index .list 3>: error calling index: reflect: slice index out of range"#,
                ),
            ),
            (
                "{{index .nil 1}}",
                Err(
                    r#"template: t:1:2: executing "t" at <index .nil 1>: error calling index: index of untyped nil"#,
                ),
            ),
            (
                "{{len 3}}",
                Err(
                    r#"template: t:1:2: executing "t" at <len 3>: error calling len: len of type int"#,
                ),
            ),
            (
                "{{len nil}}",
                Err(
                    r#"template: t:1:2: executing "t" at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value"#,
                ),
            ),
            (
                "{{slice .s 3 1}}",
                Err(
                    r#"template: t:1:2: executing "t" at <slice .s 3 1>: error calling slice: invalid slice index: 3 > 1"#,
                ),
            ),
            (
                r#"{{index .list "a"}}"#,
                Err(
                    r#"template: t:1:2: executing "t" at <index .list "a">: error calling index: cannot index slice/array with type string"#,
                ),
            ),
        ],
    );
}

#[test]
fn printing_functions_are_those_of_fmt() {
    check(
        MissingKey::Zero,
        &[
            (
                r#"{{print 1 2 "a" 3 nil nil}}|{{println "a" 1}}|{{printf "%5.1f|%-5d|%05d|%x|%q|%v|%T" 3.14159 42 42 "hi" "q" nil .n}}"#,
                Ok("1 2a3 <nil> <nil>|a 1\n|  3.1|42   |00042|6869|\"q\"|<nil>|float64"),
            ),
            (
                r#"{{printf "%d %s %d %!" .n 1}}"#,
                Ok("%!d(float64=42) %!s(int=1) %!d(MISSING) %!!(MISSING)"),
            ),
            (
                r#"{{printf "%[2]d %[1]d" 1 2}} {{printf "%*d" 5 1}} {{printf "%d" 1 2}}"#,
                Ok("2 1     1 1%!(EXTRA int=2)"),
            ),
            (
                r#"{{printf "%v %+v %#v" .map .list .list}}"#,
                Ok(
                    r#"map[deep:map[er:!] x:X] [a 1 <nil>] []interface {}{"a", 1, interface {}(nil)}"#,
                ),
            ),
            (r#"{{printf "%s %x %d" .bytes .bytes .bytes}}"#, Ok("hi 6869 [104 105]")),
        ],
    );
}

#[test]
fn escaping_functions_escape() {
    check(
        MissingKey::Zero,
        &[(
            "{{html .html}} {{js .html}} {{urlquery .html}} {{html nil}}",
            Ok(
                r#"&lt;a b=&#34;c&#34;&gt;&amp;&#39; \u003Ca b\u003D\"c\"\u003E\u0026\' %3Ca+b%3D%22c%22%3E%26%27 &lt;no value&gt;"#,
            ),
        )],
    );
}

#[test]
fn arguments_have_to_be_of_the_type_asked_for() {
    check(
        MissingKey::Zero,
        &[
            (
                "{{upper}}",
                Err(
                    r#"template: t:1:2: executing "t" at <upper>: wrong number of args for upper: want 1 got 0"#,
                ),
            ),
            (
                r#"{{upper "a" "b"}}"#,
                Err(
                    r#"template: t:1:2: executing "t" at <upper>: wrong number of args for upper: want 1 got 2"#,
                ),
            ),
            (
                "{{upper 1}}",
                Err(r#"template: t:1:8: executing "t" at <1>: expected string; found 1"#),
            ),
            (
                "{{upper .n}}",
                Err(
                    r#"template: t:1:8: executing "t" at <.n>: wrong type for value; expected string; got float64"#,
                ),
            ),
            (
                "{{upper .nil}}",
                Err(
                    r#"template: t:1:8: executing "t" at <.nil>: wrong type for value; expected string; got interface {}"#,
                ),
            ),
            (
                "{{upper (.nil)}}",
                Err(r#"template: t:1:9: executing "t" at <.nil>: invalid value; expected string"#),
            ),
            (
                "{{upper nil}}",
                Err(r#"template: t:1:8: executing "t" at <nil>: cannot assign nil to string"#),
            ),
            (
                "{{.n | upper}}",
                Err(
                    r#"template: t:1:7: executing "t" at <upper>: wrong type for value; expected string; got float64"#,
                ),
            ),
            ("{{inc 1.0}} {{inc 1}}", Ok("2 2")),
        ],
    );
}

#[test]
fn arguments_are_counted_and_literals_take_the_type_asked_for() {
    check(
        MissingKey::Zero,
        &[
            (
                "{{inc 1.5}}",
                Err(r#"template: t:1:6: executing "t" at <1.5>: expected integer; found 1.5"#),
            ),
            (
                "{{sumOf}}",
                Err(
                    r#"template: t:1:2: executing "t" at <sumOf>: wrong number of args for sumOf: want at least 1 got 0"#,
                ),
            ),
            ("{{sumOf 1 2 3}}", Ok("6")),
            (
                "{{keys .s}}",
                Err(
                    r#"template: t:1:7: executing "t" at <.s>: wrong type for value; expected map[string]interface {}; got string"#,
                ),
            ),
            ("{{keys nil}}", Ok("0")),
            (
                r#"{{fail "boom"}}"#,
                Err(r#"template: t:1:2: executing "t" at <fail "boom">: error calling fail: boom"#),
            ),
            ("{{nosuch 1}}", Err(r#"template: t:1: function "nosuch" not defined"#)),
            (
                "{{call .s}}",
                Err(
                    r#"template: t:1:2: executing "t" at <call .s>: error calling call: non-function .s of type string"#,
                ),
            ),
        ],
    );
}

#[test]
fn texts_that_do_not_parse_are_refused() {
    check(
        MissingKey::Zero,
        &[
            ("{{", Err("template: t:1: unclosed action")),
            (r#"{{"a}}"#, Err("template: t:1: unterminated quoted string")),
            ("{{.s", Err("template: t:1: unclosed action")),
            ("{{(.s}}", Err("template: t:1: unclosed left paren")),
            ("{{.s)}}", Err("template: t:1: unexpected right paren")),
            ("{{.a-b}}", Err("template: t:1: bad character U+002D '-'")),
            ("{{#}}", Err(r##"template: t:1: unexpected "#" in command"##)),
            ("a\n{{ \"x\n", Err("template: t:2: unterminated quoted string")),
            ("{{define x}}{{end}}", Err(r#"template: t:1: unexpected "x" in define clause"#)),
            ("{{template 1}}", Err(r#"template: t:1: unexpected "1" in template clause"#)),
            ("{{1.x}}", Err(r#"template: t:1: bad number syntax: "1.x""#)),
            ("{{else}}", Err("template: t:1: unexpected {{else}}")),
            ("{{if 1}}{{else}}{{else}}{{end}}", Err("template: t:1: expected end; found {{else}}")),
            (
                "{{range $a, $b, $c := .list}}{{end}}",
                Err("template: t:1: too many declarations in range"),
            ),
            ("{{'ab'}}", Err("template: t:1: malformed character constant: 'ab'")),
            ("{{1+2}}", Err(r#"template: t:1: bad number syntax: "1+2""#)),
            (r#"{{1 | "a"}}"#, Err("template: t:1: non executable command in pipeline stage 2")),
        ],
    );
}
