//! What tests share: a place of their own to run the binary in.

pub(crate) mod cluster;
pub(crate) mod web;

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// An empty home folder, and the binary run in it with a clean environment.
pub(crate) struct Env {
    home: TempDir,
    variables: Vec<(String, String)>,
}

/// What a program answered.
#[derive(Debug)]
#[must_use = "say what was expected: `success`, `failure` or a look at its fields"]
pub(crate) struct Answer {
    /// The command line, for messages.
    pub(crate) line: String,
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Env {
    /// An environment that knows of no cluster.
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// An environment whose cluster is the sandbox.
    pub(crate) fn in_sandbox() -> Self {
        Self::new().with("RUTTER_SANDBOX", "1")
    }

    /// An environment whose cluster is the test cluster, as its administrator.
    pub(crate) fn on_cluster() -> Self {
        Self::new().with("KUBECONFIG", cluster::kubeconfig().to_str().unwrap())
    }

    /// Sets a variable.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The home folder, which is also the working folder.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Writes a file below the home folder and returns its path.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.home().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// Runs rutter.
    pub(crate) fn rutter<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Answer {
        answer(self.command(rutter()).args(arguments))
    }

    /// Runs the real Helm, with a home of its own inside this one.
    pub(crate) fn helm<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Answer {
        answer(self.command(oracle("helm")).args(arguments))
    }

    /// Runs the real kubectl.
    pub(crate) fn kubectl<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Answer {
        answer(self.command(oracle("kubectl")).args(arguments))
    }

    /// A program that will run in this environment, for tests that want more of
    /// it than an answer.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let path = std::env::var_os("PATH").unwrap();
        command.current_dir(self.home()).env_clear().env("PATH", path).env("HOME", self.home());
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }
}

impl Answer {
    /// Asserts that it went well; returns what was printed.
    #[track_caller]
    pub(crate) fn success(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.stdout
    }

    /// Asserts that it was refused with this exit code; returns what was said.
    #[track_caller]
    pub(crate) fn failure(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self.stderr
    }
}

/// Returns the part of what was said on the error stream that is Helm's: without the places and the
/// hint below it.
pub(crate) fn helms_part(said: &str) -> &str {
    let is_ours = |at: &usize| {
        let line = said[at + 2..].lines().next().unwrap_or_default();
        line.starts_with("hint: ") || line.starts_with(' ') && line.trim_start().starts_with("--> ")
    };
    let mut blank = said.match_indices("\n\n").map(|(at, _)| at);
    blank.find(is_ours).map_or(said, |at| &said[..at])
}

/// The path of the binary under test.
pub(crate) fn rutter() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_rutter"))
}

/// Runs a command to its end.
pub(crate) fn answer(command: &mut Command) -> Answer {
    let line = format!("{command:?}");
    let output = command.output().unwrap_or_else(|error| panic!("{line}: {error}"));
    Answer {
        line,
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The path of one of the programs we are compared with.
pub(crate) fn oracle(program: &str) -> PathBuf {
    let folder = std::env::var_os("RUTTER_TEST_ORACLE")
        .expect("RUTTER_TEST_ORACLE is unset: run the tests by tests/run, or in with-cluster");
    Path::new(&folder).join(program)
}

/// A runtime like the product's: one thread.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}
