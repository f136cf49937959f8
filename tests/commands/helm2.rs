//! Helm 2's words: what is taken always, what is guessed only where somebody said so, and that
//! Helm 4's lines mean what they mean either way.

use std::{fs, path::Path};

use serde_json::Value;

use super::alike;
use crate::support::{Answer, Env, answer, web::Web};

/// Lines that only a guess could make sense of.
const GUESSES: &[&str] = &[
    "install ./web",
    "install mysql",
    "install ./web -n my",
    "install -n my ./web",
    "install ./web --namespace my",
    "install --dry-run --debug ./web",
    "install --set a=b web",
    "install my mysql",
    "upgrade my mysql",
    "template mysql",
    "show values mysql",
    "inspect values mysql",
];

/// A folder with the chart `web`, whose objects the sandbox knows.
fn with_chart(env: Env) -> Env {
    let template = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}-web\n\
                    data: {a: {{ .Values.a | quote }}}\n";
    env.write("web/Chart.yaml", "apiVersion: v1\nname: web\nversion: 1.0.0\n");
    env.write("web/values.yaml", "a: b\n");
    env.write("web/README.md", "# A web\n");
    env.write("web/templates/map.yaml", template);
    env
}

fn env() -> Env {
    with_chart(Env::in_sandbox())
}

fn run(env: &Env, line: &str) -> Answer {
    env.rutter(&line.split(' ').collect::<Vec<_>>())
}

/// The releases that there are, as `NAMESPACE/NAME`, sorted.
fn releases(env: &Env) -> Vec<String> {
    let listed = run(env, "list -A -o json").success();
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let name = |it: &Value| {
        format!("{}/{}", it["namespace"].as_str().unwrap(), it["name"].as_str().unwrap())
    };
    listed.iter().map(name).collect()
}

#[test]
fn nothing_is_guessed_where_nobody_said_so() {
    // No cluster, so that Helm and we stop at the line itself.
    let env = with_chart(Env::new().with("KUBECONFIG", "/nowhere"));
    for line in GUESSES.iter().filter(|it| !it.contains("--dry-run")) {
        alike(&env, &line.split(' ').collect::<Vec<_>>());
    }
    let env = self::env();
    for line in GUESSES {
        let said = run(&env, line).failure(1);
        assert_eq!(said.matches("\n\nhint: ").count(), 1, "{line}: {said}");
    }
    assert_eq!(releases(&env), [""; 0]);
}

#[test]
fn a_word_of_helm_2_that_helm_4_refuses_is_taken_always() {
    let env = env();
    for line in [
        "install --name one ./web --timeout 300",
        "install ./web --name two --tls --tiller-namespace kube-system --home /x --host h:1",
        "upgrade --name one ./web",
        "upgrade two ./web --timeout 60 --tls-verify --tls-ca-cert a --tls-cert b --tls-key c",
        "ls --all --col-width 60",
        "ls -a",
        "status one --tls-hostname x --tiller-connection-timeout 300",
        "rollback one 1 --timeout 300",
        "version -c",
        "version --client --short",
        "version -s",
        "version --server",
        "template -x templates/map.yaml ./web",
        "inspect ./web",
        "inspect values ./web",
        "inspect chart ./web",
        "inspect readme ./web",
        "delete --purge one",
        "del two",
        "help",
        "help install",
    ] {
        run(&env, line).success();
    }
    assert_eq!(releases(&env), [""; 0]);
}

#[test]
fn helm_2s_words_do_what_they_did() {
    let env = env();
    run(&env, "install --name one ./web").success();
    run(&env, "install --name two ./web --namespace default").success();
    assert_eq!(run(&env, "list -q on").success(), "one\n");
    assert_eq!(run(&env, "ls -q ^t").success(), "two\n");
    let all = run(&env, "show all ./web").success();
    assert_eq!(run(&env, "inspect ./web").success(), all);
    let named = run(&env, "template three ./web --show-only templates/map.yaml").success();
    assert_eq!(run(&env, "template --name three -x templates/map.yaml ./web").success(), named);
    // A list takes one word, and a flag beside it is one filter too many.
    let refused = run(&env, "list a b").failure(1);
    assert!(refused.starts_with("Error: \"rutter list\" accepts no arguments"), "{refused}");
    run(&env, "list one --filter two").failure(1);
    // A name that is given twice is given by nobody.
    let refused = run(&env, "install --name one other ./web").failure(1);
    assert!(refused.contains("expected at most two arguments"), "{refused}");
    let refused = run(&env, "install -g --name one ./web").failure(1);
    assert!(refused.contains("cannot set --generate-name and also specify a name"), "{refused}");
}

#[test]
fn a_flag_of_tillers_is_taken_with_one_notice() {
    let env = env();
    let answer = run(&env, "list --tls --home /x --tiller-namespace y");
    let notice = "there is no Tiller: --tls, --home, --tiller-namespace changes nothing";
    let notices: Vec<_> = answer.stderr.lines().filter(|it| it.contains("Tiller")).collect();
    assert!(notices.len() == 1 && notices[0].contains(notice), "{notices:?}");
    answer.success();
}

#[test]
fn a_command_of_helm_2_that_is_gone_is_refused_with_advice() {
    let env = env();
    for (word, advice) in [("home", "`env`"), ("reset", "no Tiller")] {
        let said = run(&env, word).failure(1);
        let expected = format!("Error: unknown command {word:?} for \"rutter\"");
        assert!(said.starts_with(&expected), "{said}");
        assert!(said.contains("\n\nhint: ") && said.contains(advice), "{said}");
    }
}

#[test]
fn with_helm_2s_words_a_release_without_a_name_gets_one() {
    let env = env().with("RUTTER_WORDS", "helm2");
    let mut names = Vec::new();
    for _ in 0..3 {
        let told = run(&env, "install ./web").success();
        let name = told.lines().find_map(|it| it.strip_prefix("NAME: ")).unwrap().to_owned();
        let words: Vec<&str> = name.split('-').collect();
        assert!(words.len() == 2 && words.iter().all(|it| !it.is_empty()), "{name}");
        names.push(format!("default/{name}"));
    }
    names.sort();
    names.dedup();
    assert_eq!(releases(&env), names);
    assert_eq!(names.len(), 3);
    // Flags before and behind the chart, and a dry run, which asks nobody.
    run(&env, "install --set a=c ./web").success();
    let told = run(&env, "install --dry-run=client ./web").success();
    assert!(told.starts_with("NAME: "), "{told}");
    assert_eq!(releases(&env).len(), 4);
}

#[test]
fn with_helm_2s_words_the_letter_n_names_the_release() {
    let env = env().with("RUTTER_WORDS", "helm2");
    for line in ["install ./web -n one", "install -n two ./web", "install -ntree ./web"] {
        run(&env, line).success();
    }
    assert_eq!(releases(&env), ["default/one", "default/tree", "default/two"]);
    let env = env.with("HELM_NAMESPACE", "default");
    run(&env, "install ./web -n four").success();
    assert!(releases(&env).contains(&"default/four".to_owned()));
}

#[test]
fn what_helm_4_understands_is_never_guessed_at() {
    let env = env().with("RUTTER_WORDS", "helm2");
    let before = releases(&env);
    // An empty variable before the chart: `install $NAME ./web -n kube-system`.
    for line in [
        "install ./web -n kube-system",
        "install ./web --namespace my",
        "install ./web -n my --namespace other",
        "install ./web -n NotAName",
    ] {
        let said = run(&env, line).failure(1);
        let expected = "Error: INSTALLATION FAILED: must either provide a name or specify \
                        --generate-name\n";
        assert!(said.lines().any(|it| it == expected.trim()), "{line}: {said}");
        assert_eq!(said.matches("hint: ").count(), 1, "{line}: {said}");
    }
    assert_eq!(releases(&env), before);
    // With a name or a flag that makes one, -n is the namespace.
    for line in [
        "install one ./web -n new --create-namespace",
        "install -g ./web -n new",
        "install --name-template two ./web -n new",
    ] {
        run(&env, line).success();
    }
    let made = releases(&env);
    assert!(made.iter().all(|it| it.starts_with("new/")) && made.len() == 3, "{made:?}");
}

#[test]
fn init_chooses_helm_2s_words_and_starts_nothing() {
    let env = env();
    let home = env.home().join(".local/share/rutter");
    let told = run(&env, "init --skip-refresh").success();
    assert!(told.contains("none is started, none is needed"), "{told}");
    let written = fs::read_to_string(home.join("config.toml")).unwrap();
    assert!(written.lines().any(|it| it == "words = \"helm2\""), "{written}");
    assert!(home.join("local/index.yaml").is_file());
    let other = tree(&home);
    // Again, with everything that one could say about Tiller: nothing changes.
    let words = "init -c --upgrade --force-upgrade --wait --canary-image -i x --tiller-tls \
                 --tiller-tls-verify --tiller-tls-cert a --tiller-tls-key b --tiller-tls-hostname \
                 c --service-account d --local-repo-url e --history-max 5 --net-host \
                 --node-selectors f --override g --replicas 2 -o json --skip-refresh \
                 --automount-service-account-token";
    run(&env, words).success();
    assert_eq!(tree(&home), other);
    run(&env, "install ./web").success();
    assert_eq!(releases(&env).len(), 1);
    assert_eq!(run(&env, "env RUTTER_WORDS").success(), "helm2\n");
    let env = env.with("RUTTER_WORDS", "helm4");
    run(&env, "install ./web").failure(1);
}

#[test]
fn a_dry_run_of_init_writes_nothing() {
    let env = env();
    run(&env, "init --dry-run").success();
    assert!(!env.home().join(".local").exists() && !env.home().join(".config").exists());
}

#[test]
fn words_that_nobody_knows_are_refused_when_they_matter() {
    let env = env().with("RUTTER_WORDS", "helm3");
    run(&env, "list").success();
    let said = run(&env, "install ./web").failure(1);
    assert!(said.contains("RUTTER_WORDS: unknown words \"helm3\""), "{said}");
    let env = self::env();
    for (text, why) in [("words = \"helm3\"", "unknown words"), ("words = ", "config.toml: ")] {
        env.write(".local/share/rutter/config.toml", text);
        let said = run(&env, "install ./web").failure(1);
        assert!(said.contains(why) && said.contains("hint: "), "{said}");
        run(&env, "install one ./web --dry-run=client").success();
    }
}

/// Every file below a folder, but for what the sandbox's ledger notes of being opened.
fn tree(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.push((path.display().to_string(), fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}

/// A server with the chart `web` in its repository, packed and indexed by the real Helm.
fn stock() -> (Env, Web) {
    let stock = with_chart(Env::new());
    for line in ["package web -d site", "repo index site"] {
        stock.helm(&line.split(' ').collect::<Vec<_>>()).success();
    }
    let web = Web::new(stock.home().join("site"));
    (stock, web)
}

#[test]
fn with_helm_2s_words_a_bare_name_is_stables_and_no_others() {
    let (_stock, web) = stock();
    let env = Env::in_sandbox().with("RUTTER_WORDS", "helm2");
    let url = web.url("");
    env.rutter(&["repo", "add", "other", &url]).success();
    let said = run(&env, "install one web").failure(1);
    assert!(said.contains("non-absolute URLs should be in form of repo_name/path_to_chart"));
    for _ in 0..2 {
        let told = env.rutter(&["init", "--stable-repo-url", &url]).success();
        assert!(told.contains(&url), "{told}");
    }
    for line in ["install one web", "install web", "show values web", "inspect web", "fetch web"] {
        run(&env, line).success();
    }
    assert_eq!(releases(&env).len(), 2);
    assert!(env.home().join("web-1.0.0.tgz").is_file());
    // A file of that name is what is meant, even where it is no chart.
    env.write("web", "");
    let said = run(&env, "install two web").failure(1);
    assert!(!said.contains("stable"), "{said}");
    fs::remove_file(env.home().join("web")).unwrap();
    let env = env.with("RUTTER_WORDS", "helm4");
    run(&env, "install two web").failure(1);
    run(&env, "install two stable/web").success();
}

#[test]
fn init_adds_stable_and_local_and_only_one_of_them_to_helms_file() {
    let (_stock, web) = stock();
    let env = Env::in_sandbox();
    let url = web.url("");
    env.rutter(&["init", "--stable-repo-url", &url]).success();
    let listed = run(&env, "repo list -o json").success();
    let listed: Vec<Value> = serde_json::from_str(&listed).unwrap();
    let names: Vec<&str> = listed.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["stable", "local"]);
    let helms = env.helm(&["repo", "list", "-o", "json"]).success();
    let helms: Vec<Value> = serde_json::from_str(&helms).unwrap();
    assert_eq!(helms, [listed[0].clone()]);
    // Another stable than the one that is there is not put in its place.
    let answer = env.rutter(&["init", "--stable-repo-url", "http://127.0.0.1:1/x"]);
    assert!(answer.stderr.contains("there is a repository stable already"), "{answer:#?}");
    assert!(answer.success().contains(&url));
    let old = "https://kubernetes-charts.storage.googleapis.com";
    let said = env.rutter(&["init", "--stable-repo-url", old]).failure(1);
    assert!(said.contains("no longer available"), "{said}");
}

#[test]
fn init_without_a_network_adds_stable_all_the_same() {
    let env = Env::in_sandbox();
    let answer = env.rutter(&["init", "--stable-repo-url", "http://127.0.0.1:1/charts"]);
    assert!(answer.stderr.contains("could not be fetched"), "{answer:#?}");
    assert!(answer.stderr.contains("repo update"), "{answer:#?}");
    answer.success();
    assert!(run(&env, "repo list").success().contains("http://127.0.0.1:1/charts"));
    let env = Env::in_sandbox();
    run(&env, "init --skip-repos").success();
    assert!(!env.home().join(".config").exists());
    assert!(!env.home().join(".local/share/rutter/local").exists());
}

#[test]
fn charts_of_local_are_read_from_its_folder_and_from_nowhere_else() {
    let env = env();
    run(&env, "init --skip-refresh").success();
    let local = env.home().join(".local/share/rutter/local");
    let local = local.to_str().unwrap();
    env.helm(&["package", "web", "-d", local]).success();
    env.helm(&["repo", "index", local]).success();
    for line in ["install one local/web", "show chart local/web", "pull local/web"] {
        run(&env, line).success();
    }
    let index = Path::new(local).join("index.yaml");
    let listed = fs::read_to_string(&index).unwrap();
    // An index that leads out of the folder leads nowhere.
    env.write("secret.tgz", "secret");
    let led = listed.replace("- web-1.0.0.tgz", "- ../../../../secret.tgz");
    assert_ne!(led, listed);
    fs::write(&index, led).unwrap();
    let said = run(&env, "show chart local/web").failure(1);
    assert!(said.contains("local/secret.tgz: no such file or directory"), "{said}");
    // An archive that was changed is not the one that is listed.
    fs::write(&index, listed).unwrap();
    fs::write(Path::new(local).join("web-1.0.0.tgz"), "other").unwrap();
    let said = run(&env, "show chart local/web").failure(1);
    assert!(said.contains("but the index says sha256:"), "{said}");
}

/// The kinds of the table of resources that is printed; none where there is no table.
fn shown_kinds(told: &str) -> Vec<&str> {
    let parts: Vec<usize> =
        ["NAME: ", "RESOURCES:", "NOTES:"].iter().filter_map(|it| told.find(it)).collect();
    assert!(parts.is_sorted(), "{told}");
    told.lines().filter_map(|it| it.strip_prefix("==> ")).collect()
}

#[test]
fn with_helm_2s_words_a_pipe_gets_three_parts_and_else_what_helm_4_prints() {
    let env = env();
    env.write("web/templates/NOTES.txt", "Well done.\n");
    for line in ["install one ./web", "upgrade one ./web"] {
        let told = run(&env, line).success();
        assert_eq!(shown_kinds(&told), [""; 0], "{told}");
    }
    let env = env.with("RUTTER_WORDS", "helm2");
    for line in ["install two ./web", "upgrade two ./web", "status two"] {
        let told = run(&env, line).success();
        assert_eq!(shown_kinds(&told), ["v1/ConfigMap"], "{told}");
        assert!(told.contains("two-web") && told.contains("NOTES:\nWell done."), "{told}");
    }
    // Forms for programs have no parts, and a dry run has made nothing.
    let told = run(&env, "install three ./web -o json").success();
    serde_json::from_str::<Value>(&told).unwrap();
    let told = run(&env, "upgrade two ./web --dry-run=server").success();
    assert_eq!(shown_kinds(&told), [""; 0], "{told}");
}

#[test]
fn on_a_terminal_an_install_shows_what_it_made() {
    let env = env();
    let line = format!("{} install one ./web", crate::support::rutter().display());
    let told = answer(env.command("script").args(["-qec", &line, "/dev/null"])).success();
    assert_eq!(shown_kinds(&told.replace('\r', "")), ["v1/ConfigMap"], "{told}");
}

#[test]
fn a_search_of_helm_2_is_a_search_of_repositories() {
    let (_stock, web) = stock();
    let env = env();
    env.rutter(&["repo", "add", "stock", &web.url("")]).success();
    let found = run(&env, "search repo web").success();
    assert!(found.contains("stock/web"), "{found}");
    for line in ["search web", "repo search web", "search", "search --versions web"] {
        assert_eq!(run(&env, line).success(), found, "{line}");
    }
    assert_eq!(run(&env, "search nothing").success(), "No results found\n");
    assert!(run(&env, "search --help").success().contains("Commands:"));
}

#[test]
fn with_helm_2s_words_a_package_goes_into_local() {
    let env = env();
    run(&env, "init --skip-refresh").success();
    let told = run(&env, "package web").success();
    assert!(told.contains("web-1.0.0.tgz"), "{told}");
    assert!(run(&env, "search web").success().contains("local/web"));
    run(&env, "install one local/web").success();
    // The real Helm finds the index and the archive in order.
    let local = env.home().join(".local/share/rutter/local");
    let helms = Web::new(&local);
    env.helm(&["repo", "add", "ours", &helms.url("")]).success();
    env.helm(&["pull", "ours/web", "-d", "."]).success();
    let env = self::env().with("RUTTER_WORDS", "helm4");
    run(&env, "init --skip-refresh").success();
    run(&env, "package web").success();
    assert_eq!(run(&env, "search web").success(), "No results found\n");
}
