"""Templates and values that take the machine's memory or never end, if they are let."""

import os

from archives import chart_yaml
from trial import case

SECONDS = 30
MEGABYTES = 1000  # a chart may make long texts, in bounds
TALK = 300_000  # Helm's own text names each level of a recursion

HOLDS_ITSELF = '{{ $d := dict }}{{ $_ := set $d "a" $d }}'
DOUBLED = "{{ $l := list 1 }}{{ range until 40 }}{{ $l = list $l $l }}{{ end }}"
MEGABYTE = '{{ $x := repeat 1000000 "a" }}'

STOPPED = "stopped after|longer than|more than|out of range|overflow"

#: What templates ask for, and what is said of it.
REFUSED = {
    "a loop in a loop": ("{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}",
                         STOPPED),
    "a loop that counts to the end of integers": ("{{ range 9000000000000000000 }}{{ end }}",
                                                  STOPPED),
    "a text in an endless loop": ("{{ range 9000000000000000000 }}xxxxxxxxxxxxxxxx{{ end }}",
                                  STOPPED),
    "a text that doubles": ('{{ $x := "a" }}{{ range until 60 }}{{ $x = print $x $x }}{{ end }}',
                            STOPPED),
    "a list that doubles": (
        "{{ $l := list 1 }}{{ range until 60 }}{{ $l = concat $l $l }}{{ end }}", STOPPED),
    "a million times a megabyte by replace": (MEGABYTE + '{{ replace "a" $x $x }}', STOPPED),
    "a million times a megabyte by join": (MEGABYTE + "{{ join $x (until 1000000) }}", STOPPED),
    "a million times a megabyte by a pattern": (MEGABYTE + '{{ regexReplaceAll "a" $x $x }}',
                                                STOPPED),
    "a megabyte a million times in a replacement": (
        MEGABYTE + '{{ regexReplaceAll "^.*$" $x (repeat 500000 "$0") }}', STOPPED),
    "a million times a megabyte by wrapWith": (MEGABYTE + "{{ wrapWith 1 $x $x }}", STOPPED),
    "an indent of a billion": ('{{ indent 1000000000 "a" }}', STOPPED),
    "two billion times a letter": ('{{ repeat 2000000000 "x" }}', STOPPED),
    "a billion numbers": ("{{ untilStep 0 1000000000 1 }}", STOPPED),
    "two billion random letters": ("{{ randAlphaNum 2000000000 }}", STOPPED),
    "a text of letters taken apart": ('{{ splitList "" (repeat 60000000 "x") | len }}', STOPPED),
    "a list of lists as YAML": (DOUBLED + "{{ toYaml $l }}", STOPPED),
    "a list of lists as JSON": (DOUBLED + "{{ toJson $l }}", STOPPED),
    "a list of lists as TOML": (DOUBLED + '{{ toToml (dict "a" $l) }}', STOPPED),
    "a list of lists printed": (DOUBLED + "{{ $l }}", STOPPED),
    "a list of lists printed by a verb": (DOUBLED + '{{ printf "%v" $l }}', STOPPED),
    "a list of lists quoted": (DOUBLED + "{{ quote $l }}", STOPPED),
    "a list of lists copied": (DOUBLED + "{{ deepCopy $l }}", STOPPED),
    "a map that holds itself copied": (HOLDS_ITSELF + "{{ deepCopy $d }}", "holds itself"),
    "a map that holds itself compared": (HOLDS_ITSELF + "{{ deepEqual $d (dict 1 $d) }}",
                                         "holds itself"),
    "a map that holds itself merged": (
        HOLDS_ITSELF + '{{ $e := dict }}{{ $_ := set $e "a" $e }}{{ merge $d $e }}',
        "holds itself"),
    "a map that holds itself as TOML": (HOLDS_ITSELF + "{{ toToml $d }}", "holds itself"),
    "an include of itself": ('{{ define "a" }}{{ include "a" . }}{{ end }}{{ include "a" . }}',
                             "nested reference"),
    "a template of itself": ('{{ define "a" }}{{ template "a" . }}{{ end }}{{ template "a" . }}',
                             "maximum template depth"),
    "a tpl of itself": ('{{ tpl "{{ tpl . . }}" "{{ tpl . . }}" }}', "maximum template depth"),
    "a hundred thousand parentheses": ("{{ " + "(" * 100_000 + "1" + ")" * 100_000 + " }}", ""),
    "a hundred thousand ifs": ("{{ if 1 }}" * 100_000, "unexpected EOF|unclosed|nest|depth"),
}

#: What is asked for in bounds, or looks worse than it is.
TAKEN = {
    "a map that holds itself as YAML": HOLDS_ITSELF + "# {{ toYaml $d }}",
    "a map that holds itself as JSON": HOLDS_ITSELF + "# {{ toJson $d }}",
    "a pattern that doubles": '# {{ regexMatch "(a*)*$" (repeat 100000 "a") }}',
}

TERA = chart_yaml() + "engine: tera\n"
TOO_MUCH = "a template of the chart (takes more than|computes longer than)"
LONG = "{% set r = range(end=100000) %}{% for i in r %}{% for j in r %}"

#: The same in Tera's language, whose engine has no bounds.
TERA_REFUSED = {
    "a loop in a loop": ("{% for i in range(end=100000) %}{% for j in range(end=100000) %}"
                         "{% endfor %}{% endfor %}", STOPPED),
    "a text in a loop in a loop": (LONG + "x{% endfor %}{% endfor %}", STOPPED),
    "a loop in a loop that nobody counts": (LONG + "{% endfor %}{% endfor %}", TOO_MUCH),
    "a text that doubles": (
        "{% set x = 'a' %}{% for i in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}",
        TOO_MUCH),
    "a text that doubles as it is written": (
        "{% set x = 'a' %}" + "{% set x %}{{ x }}{{ x }}{% endset %}" * 60, TOO_MUCH),
    "a list that doubles": (
        "{% set x = [1] %}{% for i in range(end=60) %}{% set_global x = [...x, ...x] %}{% endfor %}",
        TOO_MUCH),
    "a list of lists written": (
        "{% set x = [1] %}{% for i in range(end=60) %}{% set_global x = [x, x] %}{% endfor %}{{ x }}",
        STOPPED),
    "a list of lists as YAML": (
        "{% set x = [1] %}{% for i in range(end=60) %}{% set_global x = [x, x] %}{% endfor %}"
        "{{ x | to_yaml }}", STOPPED),
    "a list in a list without end": (
        "{% set x = [1] %}" + LONG + "{% set_global x = [x] %}{% endfor %}{% endfor %}", TOO_MUCH),
    "a million times a megabyte": (
        "{% set x = 'a' | repeat(n=1000000) %}{{ x | replace(from='a', to=x) }}", STOPPED),
    "a list of lists in a list": (
        "{{ [[1 for a in range(end=100000)] for b in range(end=100000)] | length }}",
        f"{STOPPED}|{TOO_MUCH}"),
}


def chart(trial, text, *files, metadata=None):
    metadata = metadata or chart_yaml()
    for name, content in [("Chart.yaml", metadata), ("templates/x.yaml", text), *files]:
        trial.place.write(f"x/{name}", content)
    return os.path.join(trial.place.work, "x")


def render(trial, *words):
    return trial.run("template", "x", "./x", *words, seconds=SECONDS, megabytes=MEGABYTES)


def refused(text, clause):
    def run(trial):
        chart(trial, text)
        trial.refused(render(trial), *filter(None, [clause]), talk=TALK)
    return run


def tera_refused(text, clause):
    def run(trial):
        chart(trial, text, metadata=TERA)
        trial.refused(render(trial), clause)
    return run


def taken(text):
    def run(trial):
        chart(trial, text)
        trial.taken(render(trial))
    return run


for what, (text, clause) in REFUSED.items():
    case(f"{what} is refused in bounds")(refused(text, clause))
for what, (text, clause) in TERA_REFUSED.items():
    case(f"of Tera, {what} is refused in bounds")(tera_refused(text, clause))
for what, text in TAKEN.items():
    case(f"{what} comes to an end")(taken(text))


@case("of Tera, partials that each include the next twice are refused in bounds")
def _(trial):
    twice = [(f"templates/_{n}.tpl", f'{{% include "_{n + 1}.tpl" %}}' * 2) for n in range(60)]
    chart(trial, '{% include "_0.tpl" %}', *twice, ("templates/_60.tpl", "{% set a = 1 %}"),
          metadata=TERA)
    trial.refused(render(trial), f"{STOPPED}|{TOO_MUCH}")


@case("a chart of Tera's that never ends is refused in bounds by lint, too")
def _(trial):
    chart(trial, LONG + "{% endfor %}{% endfor %}", metadata=TERA)
    trial.refused(trial.run("lint", "./x", seconds=SECONDS, megabytes=MEGABYTES), TOO_MUCH)


@case("values of aliases that double are refused in bounds")
def _(trial):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    chart(trial, "x: {{ .Values.a11 | toYaml | len }}", ("values.yaml", "\n".join(lines)))
    trial.refused(render(trial), "alias")


@case("values that nest a hundred thousand levels deep are refused in bounds")
def _(trial):
    chart(trial, "x: 1", ("values.yaml", "a: " + "[" * 100_000 + "]" * 100_000))
    trial.refused(render(trial), "depth|deep|nest")


@case("a list of a billion by --set is refused in bounds")
def _(trial):
    chart(trial, "x: 1")
    trial.refused(render(trial, "--set", "a[1000000000]=1"), "index")


@case("a schema that refers to itself comes to an end")
def _(trial):
    chart(trial, "x: 1", ("values.yaml", "a: 1\n"),
          ("values.schema.json", '{"$ref": "#"}'))
    trial.harmless(render(trial))


@case("a pattern of a schema that doubles comes to an end")
def _(trial):
    chart(trial, "x: 1", ("values.yaml", f"a: {'a' * 5_000}!\n"), (
        "values.schema.json", '{"properties": {"a": {"type": "string", "pattern": "^(a+)+$"}}}'))
    trial.refused(render(trial), "pattern")
