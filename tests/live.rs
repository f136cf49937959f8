//! What a release looks like in the cluster, why it is not ready, and what it takes to be allowed.

mod engines;
mod facts;
mod permissions;
mod shown;
mod watched;

use crate::support::{
    Answer, Env,
    cluster::{Namespace, kubeconfig, nobody},
};

/// A home, a namespace, and charts in it.
struct Stage {
    env: Env,
    namespace: Namespace,
}

impl Stage {
    fn new() -> Self {
        Self { env: Env::new(), namespace: Namespace::new("live") }
    }

    /// Runs rutter in the namespace as the administrator.
    fn rutter(&self, words: &[&str]) -> Answer {
        self.run("rutter", words)
    }

    /// Runs Helm in the namespace as the administrator.
    fn helm(&self, words: &[&str]) -> Answer {
        self.run("helm", words)
    }

    fn run(&self, program: &str, words: &[&str]) -> Answer {
        let path = match program {
            "rutter" => crate::support::rutter().to_owned(),
            other => crate::support::oracle(other),
        };
        crate::support::answer(
            self.env
                .command(path)
                .env("KUBECONFIG", kubeconfig())
                .args(["--namespace", self.namespace.name()])
                .args(words),
        )
    }

    /// Runs rutter in the namespace as the user who has no rights; the ledger is the same.
    fn as_nobody(&self, words: &[&str]) -> Answer {
        crate::support::answer(
            self.env
                .command(crate::support::rutter())
                .env("KUBECONFIG", nobody())
                .args(["--namespace", self.namespace.name()])
                .args(words),
        )
    }

    /// Writes a chart with one template and returns its folder.
    fn chart(&self, name: &str, template: &str) -> String {
        let about = format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n");
        self.env.write(&format!("{name}/Chart.yaml"), about);
        self.env.write(&format!("{name}/templates/all.yaml"), template);
        format!("./{name}")
    }

    /// Applies a manifest as the administrator.
    fn apply(&self, manifest: &str) {
        let file = self.env.write("applied.yaml", manifest);
        self.namespace.kubectl(&["apply", "-f", file.to_str().unwrap()]).success();
    }
}

fn config_map(name: &str, value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: '{name}'}}\ndata: {{a: '{value}'}}\n"
    )
}

/// A Deployment of one pod; `pod` is what its template says beside labels and container.
fn deployment(name: &str, annotation: &str, spec: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  \
         selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}, \
         annotations: {{{annotation}}}}}\n    spec: {{{spec}containers: [{{name: a, image: b}}]}}\n"
    )
}
