//! The test cluster: where it is, and a namespace in it for each test.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use applier::{Connection, Kube, Patience};

use super::{Answer, answer, oracle};

/// Returns the administrator's kubeconfig, once it is sure that the cluster was
/// made for tests.
///
/// # Panics
///
/// When `RUTTER_TEST_KUBECONFIG` is unset (a missing cluster is a failure, not a
/// reason to skip) or leads to a cluster without the marker that `with-cluster`
/// leaves.
pub(crate) fn kubeconfig() -> &'static Path {
    static CHECKED: OnceLock<PathBuf> = OnceLock::new();
    CHECKED.get_or_init(|| {
        let path = std::env::var_os("RUTTER_TEST_KUBECONFIG").expect(
            "RUTTER_TEST_KUBECONFIG is unset: run the tests by tests/run, or in with-cluster",
        );
        let path = PathBuf::from(path);
        let marker = ["get", "configmap", "rutter-test-cluster", "--namespace=kube-system"];
        let found =
            answer(Command::new(oracle("kubectl")).arg("--kubeconfig").arg(&path).args(marker));
        assert_eq!(found.code, Some(0), "not a cluster made for tests: {found:#?}");
        path
    })
}

/// Returns the kubeconfig of the user `nobody`, who has no rights until a test
/// gives them some.
pub(crate) fn nobody() -> PathBuf {
    kubeconfig().with_file_name("nobody.kubeconfig")
}

/// Runs kubectl as the administrator.
pub(crate) fn kubectl<S: AsRef<OsStr>>(arguments: &[S]) -> Answer {
    let mut command = Command::new(oracle("kubectl"));
    answer(command.arg("--kubeconfig").arg(kubeconfig()).args(arguments))
}

/// Connects to the cluster as the product does.
pub(crate) async fn connect() -> Kube {
    let kubeconfig = vec![kubeconfig().to_owned()];
    let connection = Connection { kubeconfig, ..Connection::default() };
    Kube::connect(&connection, Patience::default()).await.unwrap()
}

/// A namespace for one test. Its end is asked for, and not waited for, when it
/// is dropped.
pub(crate) struct Namespace {
    name: String,
}

impl Namespace {
    /// Creates a namespace whose name starts with `label` and that no other test
    /// has, also none of an earlier run in the same cluster.
    pub(crate) fn new(label: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{label}-{}-{count}", std::process::id());
        kubectl(&["create", "namespace", &name]).success();
        Self { name }
    }

    /// Returns its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Runs kubectl in it.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> Answer {
        kubectl(&[&["--namespace", self.name()], arguments].concat())
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        let _ = kubectl(&["delete", "namespace", "--wait=false", &self.name]);
    }
}
