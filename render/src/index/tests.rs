//! An index, read in pieces and as a whole: one must say what the other says.

use super::*;

const HEAD: &str = "apiVersion: v1\nentries:\n";

/// Reads an index in pieces; nothing if that is not sure.
fn in_pieces(text: &str) -> Option<Index> {
    match pieces::read(text.as_bytes()) {
        pieces::Outcome::Read(builder) => Some(builder.done().unwrap().0),
        _ => None,
    }
}

fn index_of(entries: &str) -> Index {
    let text = format!("{HEAD}{entries}");
    let (index, skipped) = Index::read(text.as_bytes()).unwrap();
    assert_eq!(skipped, []);
    index
}

fn versions(list: &[&str]) -> Index {
    let entry = |version: &&str| format!("  - name: web\n    version: {version:?}\n");
    index_of(&format!("  web:\n{}", list.iter().map(entry).collect::<String>()))
}

#[test]
fn what_is_read_in_pieces_is_what_the_reader_for_any_yaml_reads() {
    for entry in [
        "  web:\n  - name: web\n    version: 1.0.0\n    description: a b\n      c: not\n",
        "  web:\n  - name: web\n    version: 1.0.0\n    description: a b\n      c, d\n    digest: 12\n",
        "  web:\n    - name: web\n      version: 1.0.0\n      keywords: [a, b]\n",
        "  web:\n    - name: web\n      version: \"1.0.0\"\n      urls:\n        - a\n        - 'it''s\n          b'\n",
        "  web:\n  - version: 1.0.0\n    name: web\n    annotations:\n      a/b: |\n        - kind: x\n\n          y # z\n      c: |-\n        1\n    home: https://x#y\n",
        "  web:\n  - version: 1.0.0\n    name: web\n    description: \"one \\\n      two\\n\\u00e9 \\\"q\\\"\n      three\"\n",
        "  web:\n  - version: 1.0.0\n    name: web # said\n    dependencies:\n    - name: a\n      version: 1.x.x\n      repository: \"\"\n      import-values:\n      - a\n      - child: b\n        parent: c\n",
        "  web:\n  - version: 1.0.0\n    name: web\n    description: >-\n      a\n      b\n",
        "  web:\n  - version: 1.0.0\n    name: web\n    maintainers:\n    - email: a@b\n      name: c\n    -\n      name: d\n",
        "  web:\n  - version: 1.0.0\n    name: web\n    deprecated: true\n    created: 2020-01-01T00:00:00.5Z\n  db: []\n  \n# end\n",
        "  web:\n  - &a\n    version: 1.0.0\n    name: web\n  - <<: *a\n    version: 2.0.0\n",
        "  web: []\n  db:\n",
    ] {
        let text = format!("{HEAD}{entry}generated: \"2020-01-01T00:00:00Z\"\n");
        let whole = read::whole(text.as_bytes()).map(|(index, _)| index);
        assert_eq!(Index::read(text.as_bytes()).map(|(index, _)| index), whole, "{text}");
        if let Some(index) = in_pieces(&text) {
            assert_eq!(Ok(index), whole, "{text}");
        }
    }
}

/// An entry in Helm's form.
const ENTRY: &str = "  - annotations:\n      category: \"1\"\n    apiVersion: v2\n    appVersion: 1.2.3-x\n    created: \"2026-01-01T00:00:00.120Z\"\n    dependencies:\n    - condition: a.b\n      name: common\n      repository: https://x/common\n      tags:\n      - common\n      version: 2.x.x\n    deprecated: true\n    description: one of a thousand charts, described by a sentence that is as long\n      as such sentences are\n    digest: 0123\n    home: https://x\n    keywords:\n    - database\n    - 'it''s'\n    maintainers:\n    - email: a@b\n      name: Someone\n    name: web\n    type: application\n    urls:\n    - https://x/web.tgz\n    version: 1.0.0\n";

#[test]
fn an_entry_without_a_tree_is_what_the_tree_makes_of_it() {
    let reading = |entry: &str| {
        let text = format!("{HEAD}  web:\n{entry}");
        (Index::read(text.as_bytes()).ok(), read::whole(text.as_bytes()).ok())
    };
    let (ours, whole) = reading(ENTRY);
    assert!(entry::read(ENTRY).is_some());
    assert_eq!(ours, whole);
    // Each line in another's place, twice, gone, empty or with another value.
    let lines: Vec<_> = ENTRY.split_inclusive('\n').collect();
    let values =
        ["", " ~", " 5", " 1.50", " true", " []", " {}", " [a]", " \"\"", " |\n      x", " x: y"];
    let mut quick = 0;
    for (at, line) in lines.iter().enumerate() {
        let key = line.split_inclusive(':').next().unwrap_or_default();
        let mut changed: Vec<Vec<String>> = Vec::new();
        let with = |new: String| {
            let mut all: Vec<_> = lines.iter().map(|it| (*it).to_owned()).collect();
            all[at] = new;
            all
        };
        changed.push(with(String::new()));
        changed.push(with(line.repeat(2)));
        changed.push(with(format!("  {line}")));
        changed.push(with(line.to_uppercase()));
        changed.extend(values.iter().map(|value| with(format!("{key}{value}\n"))));
        for other in 0..lines.len() {
            let mut all = with(lines[other].to_owned());
            all[other] = (*line).to_owned();
            changed.push(all);
        }
        for text in changed.iter().map(|lines| lines.concat()) {
            quick += usize::from(entry::read(&text).is_some());
            let (ours, whole) = reading(&text);
            assert_eq!(ours, whole, "{text}");
        }
    }
    assert!(quick > 200, "{quick}");
}

#[test]
fn a_large_index_that_is_read_at_several_places_is_whole_and_in_order() {
    let chart = |number| {
        let name = format!("web-{number}");
        format!("  {name}:\n{}", ENTRY.replace("web", &name))
    };
    let entries: String = (0..2000).map(chart).collect();
    let index = index_of(&entries);
    assert_eq!(index.entries.len(), 2000);
    let named = |(name, versions): (&String, &Vec<Entry>)| versions[0].metadata.name == *name;
    assert!(index.entries.iter().all(named));
    // A chart twice, far from each other: the reader for any YAML decides.
    assert_eq!(in_pieces(&format!("{HEAD}{entries}  web-0: []\n")), None);
}

#[test]
fn json_that_is_damaged_behind_a_mistake_may_still_be_yaml() {
    let json: &[u8] = br#"{"apiVersion": "v1", "entries": {"web": 5}}"#;
    let yaml: &[u8] = br#"{"apiVersion": "v1", "entries": {"web": 5}} # so"#;
    let as_yaml = |bytes| Index::read(bytes).unwrap_err().to_string().starts_with("error unm");
    assert!(!as_yaml(json));
    assert!(as_yaml(yaml));
    let json = br#"{"apiVersion": "v1", "entries": {}}"#;
    let yaml = br#"{"apiVersion": "v1", "entries": {}} # so"#;
    assert_eq!(Index::read(json), Index::read(yaml));
}

#[test]
fn what_helm_writes_is_read_in_pieces() {
    let entries = "  web:\n  - apiVersion: v2\n    created: \"2020-01-01T00:00:00Z\"\n    description: A long description that does not fit in a line of eighty characters\n      and goes on\n    name: web\n    urls:\n    - web-1.0.0.tgz\n    version: 1.0.0\n";
    let index = in_pieces(&format!("{HEAD}{entries}generated: \"2020-01-01T00:00:00Z\"\n"));
    let written = index.unwrap().to_yaml().unwrap();
    assert!(written.contains(entries), "{written}");
}

// Expected: Helm 4.3.1's `pull --version`.
#[test]
fn the_version_that_is_written_so_comes_first_and_then_the_newest_that_fits() {
    let index = versions(&["1.0.0", "2.0.0-rc.1", "1.10.0", "1.9.0"]);
    let found = |constraint| index.find("web", constraint).map(|it| it.metadata.version.as_str());
    assert_eq!(found(""), Ok("1.10.0"));
    assert_eq!(found("1.9.0"), Ok("1.9.0"));
    assert_eq!(found("<1.10"), Ok("1.9.0"));
    assert_eq!(found(">0.0.0-0"), Ok("2.0.0-rc.1"));
    assert_eq!(found("3.0.0").unwrap_err().to_string(), "no chart version found for web-3.0.0");
    assert_eq!(index.find("db", "").unwrap_err(), Error::NoChart);
    assert_eq!(found("not").unwrap_err().to_string(), "improper constraint: \"not\"");
    assert!(index.find("web", "1.9").unwrap().is_fallback_for("1.9"));
    assert!(!index.find("web", "^1.9").unwrap().is_fallback_for("^1.9"));
}

// Expected: Helm 4.3.1's `search repo`, on an index with each mistake.
#[test]
fn an_index_with_a_mistake_is_refused_in_helms_words() {
    let entry = |line: &str| format!("{HEAD}  a:\n  - name: a\n    version: 1.0.0\n    {line}\n");
    let step = "error unmarshaling JSON: while decoding JSON: ";
    for (text, expected) in [
        (String::new(), "empty index.yaml file".to_owned()),
        ("entries: {}\n".to_owned(), "no API version specified".to_owned()),
        (
            "<html><body>x</body></html>\n".to_owned(),
            format!("{step}json: cannot unmarshal string into Go value of type repo.IndexFile"),
        ),
        (format!("{HEAD}foo: 1\n"), format!("{step}json: unknown field \"foo\"")),
        (
            "apiVersion: v1\nentries: []\n".to_owned(),
            format!("{step}json: cannot unmarshal array into Go struct field .entries of type map[string]repo.ChartVersions"),
        ),
        (
            format!("{HEAD}  a: 5\n"),
            format!("{step}json: cannot unmarshal number into Go struct field .entries.a of type repo.ChartVersions"),
        ),
        (entry("zzz: 1"), format!("{step}json: unknown field \"zzz\"")),
        (
            entry("urls: 5"),
            format!("{step}json: cannot unmarshal number into Go struct field .entries.a.0.urls of type []string"),
        ),
        (
            entry("created: 5"),
            format!("{step}json: cannot unmarshal number into Go struct field .entries.a.0.created of type time.Time"),
        ),
        (
            entry("created: yesterday"),
            format!("{step}parsing time \"yesterday\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"yesterday\" as \"2006\""),
        ),
        (
            entry("keywords: [[1]]"),
            format!("{step}json: cannot unmarshal array into .entries.a.0.keywords.0 of type string"),
        ),
        (
            entry("appVersion: 1.10"),
            format!("{step}json: cannot unmarshal number into Go struct field .entries.a.0.appVersion of type string"),
        ),
        (
            entry("name: b"),
            "error converting YAML to JSON: yaml: unmarshal errors:\n  line 6: key \"name\" already set in map".to_owned(),
        ),
        (
            r#"{"apiVersion":"v1","entries":{"a":[{"name":"b","version":"2.0","created":"2020-01-01"}]}}"#.to_owned(),
            "parsing time \"2020-01-01\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"\" as \"T\"".to_owned(),
        ),
    ] {
        assert_eq!(Index::read(text.as_bytes()).unwrap_err().to_string(), expected, "{text}");
    }
}

// Expected: Helm 4.3.1's warnings on the same bytes.
#[test]
fn json_is_read_loosely_and_wrong_entries_are_left_out() {
    let text = r#"{"apiVersion":"v1","entries":{"a":[{"name":"a","version":"1","zz":1},
        {"name":"a","version":"1.x"},null,{"name":"b","version":"2.0"}]}}"#;
    let (index, skipped) = Index::read(text.as_bytes()).unwrap();
    let versions: Vec<_> = index.entries["a"].iter().map(|it| &*it.metadata.version).collect();
    assert_eq!(versions, ["2.0", "1"]);
    let reason = "validation: chart.metadata.version \"1.x\" is invalid";
    assert_eq!(skipped[0].reason.as_deref(), Some(reason));
    assert_eq!((skipped[1].name.as_str(), &skipped[1].reason), ("a", &None));
}

#[test]
fn what_is_here_stays_when_another_index_is_merged_in() {
    let mut index = index_of("  web:\n  - name: web\n    version: 1.0.0\n    digest: ours\n");
    let other = index_of(
        "  web:\n  - name: web\n    version: 1.0.0\n    digest: theirs\n  - name: web\n    version: 2.0.0\n",
    );
    index.merge(other);
    index.sort();
    let shown: Vec<_> = index.entries["web"]
        .iter()
        .map(|it| (it.metadata.version.as_str(), it.digest.as_str()))
        .collect();
    assert_eq!(shown, [("2.0.0", ""), ("1.0.0", "ours")]);
}

#[test]
fn a_hostile_index_ends_soon_with_an_error() {
    let start = std::time::Instant::now();
    let refused = |bytes: &[u8]| Index::read(bytes).unwrap_err();
    assert!(matches!(refused(&vec![b'a'; LIMIT + 1]), Error::TooLarge { .. }));
    let aliases = |level: u32| vec![format!("*a{level}"); 10].join(", ");
    let lines: Vec<String> =
        (1..12).map(|level| format!("- &a{level} [{}]\n", aliases(level - 1))).collect();
    let bomb = lines.concat();
    let bomb = format!("apiVersion: v1\nentries:\n  a:\n  - keywords:\n    - &a0 [x]\n{bomb}");
    refused(bomb.as_bytes());
    refused(format!("{HEAD}  a:\n{}", "  - ".repeat(100_000)).as_bytes());
    refused(format!("{HEAD}  a:\n  - name: {}", "[".repeat(1_000_000)).as_bytes());
    refused(format!("{HEAD}  a:\n  - name: \"{}", "\\\n".repeat(1_000_000)).as_bytes());
    let page = format!("<!DOCTYPE html>\n<html>{}</html>", "<p>x</p>\n".repeat(100_000));
    let error = refused(page.as_bytes());
    assert_eq!(error.hint().unwrap(), "the answer is a web page, not an index: check the URL");
    assert!(start.elapsed() < std::time::Duration::from_secs(60), "{:?}", start.elapsed());
}

/// A text in all the forms that emitters write.
const SAMPLE: &str = r#"apiVersion: v1
entries:
  # a comment
  db:
  - annotations:
      a/b: |
        - one: two

          three # four
      c: |-
        5
    apiVersion: v2
    appVersion: "1.10"
    created: "2020-01-01T00:00:00.5Z"
    dependencies:
    - import-values:
      - data
      - child: x
        parent: y
      name: common
      repository: https://x/y
      tags:
      - t
      version: 1.x.x
    description: 'It''s a database, and its line is folded where eighty characters
      end'
    digest: 0f0e0d
    icon: https://x/y.png#a
    keywords: []
    maintainers:
    - email: a@b.c
      name: "É \"q\" \u00e9 and \
        more"
    name: db
    urls:
    - db-1.0.0.tgz
    version: 1.0.0
  - deprecated: true
    description: A plain text, too long for
      a line
    name: db
    version: 0.1.0-rc.1+b.2
  web-2:
    - name: web-2
      version: v3
      removed: false
generated: "2020-01-01T00:00:00Z"
"#;

/// Numbers that look random and are the same every time (Knuth's MMIX).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// Changes a text in one place, as a careless or a malicious hand would.
fn changed(text: &str, draw: &mut Draw) -> String {
    const PIECES: [&str; 28] = [
        " ", "  ", "\n", "\n\n", ":", ": ", "- ", "-", "'", "\"", "#", " #", "|", ">", "[", "]",
        "{", "}", "&a ", "*a", "!!str ", ",", "\\", "? ", "\t", "~", "é", "...\n",
    ];
    let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
    let at = draw.below(lines.len());
    match draw.below(7) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[at].clone()),
        2 => lines[at].insert(0, ' '),
        3 => lines[at] = lines[at].strip_prefix(' ').unwrap_or(&lines[at]).to_owned(),
        4 => {
            let other = draw.below(lines.len());
            lines.swap(at, other);
        }
        kind => {
            let line = &mut lines[at];
            let places: Vec<usize> = line.char_indices().map(|(at, _)| at).collect();
            let place = places[draw.below(places.len())];
            if kind == 5 {
                line.insert_str(place, PIECES[draw.below(PIECES.len())]);
            } else {
                line.remove(place);
            }
        }
    }
    lines.concat()
}

#[test]
fn what_is_read_in_pieces_is_never_read_otherwise_as_a_whole() {
    assert!(in_pieces(SAMPLE).is_some());
    let mut draw = Draw(7);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..4000 {
        let mut text = SAMPLE.to_owned();
        for _ in 0..=draw.below(2) {
            text = changed(&text, &mut draw);
        }
        let sorted = |read: Result<(Index, Vec<Skipped>), Error>| {
            read.map(|(index, mut skipped)| {
                skipped.sort_by(|a, b| (&a.name, &a.reason).cmp(&(&b.name, &b.reason)));
                (index, skipped)
            })
        };
        let whole = sorted(read::whole(text.as_bytes()));
        match pieces::read(text.as_bytes()) {
            pieces::Outcome::Read(builder) => {
                assert_eq!(sorted(builder.done()), whole, "{text}");
                read += 1;
            }
            pieces::Outcome::Refused(_) => assert!(whole.is_err(), "{text}"),
            pieces::Outcome::Unsure => refused += usize::from(whole.is_err()),
        }
    }
    assert!(read > 500 && refused > 500, "{read} read, {refused} refused");
}
