//! Charts from repositories: Helm and rutter side by side before the same servers, and each with
//! the files of the other.

mod access;
mod charts;
mod pulled;
mod shared;
mod troubles;

use std::path::PathBuf;

use crate::support::{Answer, Env, helms_part, web::Web};

/// A folder of archives with an index, all of it by the real Helm.
struct Stock {
    env: Env,
}

impl Stock {
    /// `web` 1.0.0, 1.1.0 and 2.0.0-beta.1, and `db` 0.1.0.
    fn new() -> Self {
        let stock = Self { env: Env::new() };
        for (name, version) in
            [("web", "1.0.0"), ("web", "1.1.0"), ("web", "2.0.0-beta.1"), ("db", "0.1.0")]
        {
            stock.pack(name, version);
        }
        stock.index();
        stock
    }

    /// Packs another version.
    fn pack(&self, name: &str, version: &str) {
        let about = format!(
            "apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: \"{version}\"\n"
        );
        let object = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n\
                      data:\n  version: {{ .Chart.Version }}\n";
        self.env.write(&format!("src/{name}/Chart.yaml"), about);
        self.env.write(&format!("src/{name}/README.md"), format!("# {name}\n"));
        self.env.write(&format!("src/{name}/templates/all.yaml"), object);
        let _ = self.env.helm(&["package", &format!("src/{name}"), "-d", "site"]).success();
    }

    fn index(&self) {
        let _ = self.env.helm(&["repo", "index", "site"]).success();
    }

    /// Where a server finds it.
    fn folder(&self) -> PathBuf {
        self.env.home().join("site")
    }

    fn serve(&self) -> Web {
        Web::new(self.folder())
    }
}

/// Asserts that both answer the same: code, output, and the lines of the error that are no log and
/// no hint. What differs between the places of the two is called `HERE`.
#[track_caller]
fn alike(ours: (&Env, Answer), helms: (&Env, Answer)) {
    let told = |(env, answer): (&Env, Answer)| {
        let home = env.home().display().to_string();
        let said = helms_part(&answer.stderr).to_owned();
        let lines: Vec<&str> = said.lines().filter(|line| !line.starts_with("level=")).collect();
        let said = lines.join("\n").trim_end().replace(&home, "HERE");
        let said = said.replace("\"rutter", "\"helm").replace(" rutter", " helm");
        (answer.code, answer.stdout.replace(&home, "HERE"), said)
    };
    let line = ours.1.line.clone();
    assert_eq!(told(ours), told(helms), "{line}");
}

/// Runs the same line in two homes, by rutter and by Helm, and asserts that they answer the same.
#[track_caller]
fn both(ours: &Env, helms: &Env, words: &[&str]) {
    alike((ours, ours.rutter(words)), (helms, helms.helm(words)));
}
