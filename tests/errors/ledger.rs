//! A ledger that cannot be written to stops an operation before it starts.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
};

use super::{Said, Stage, config_map};
use crate::support::{Env, answer, rutter};

/// A folder on a filesystem of its own, as long as this lives.
struct Mounted(PathBuf);

impl Mounted {
    /// Mounts a filesystem in memory; `None` where this user may not.
    fn new(path: PathBuf, size: &str) -> Option<Self> {
        fs::create_dir_all(&path).unwrap();
        let size = format!("size={size}");
        let mounted = run("mount", &["-t", "tmpfs", "-o", &size, "tmpfs", path.to_str().unwrap()]);
        mounted.then_some(Self(path))
    }

    fn make_read_only(&self) {
        assert!(run("mount", &["-o", "remount,ro", self.0.to_str().unwrap()]));
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        run("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

fn run(program: &str, words: &[&str]) -> bool {
    Command::new(program).args(words).output().is_ok_and(|it| it.status.success())
}

/// A stage whose ledger is elsewhere in its home.
fn stage_with_ledger_in(folder: &str) -> (Stage, PathBuf) {
    let mut stage = Stage::new();
    let home = stage.env.home().join(folder);
    let env = std::mem::replace(&mut stage.env, Env::new());
    stage.env = env.with("RUTTER_HOME", home.to_str().unwrap());
    (stage, home)
}

/// A chart with a file that does not become smaller when it is compressed.
fn large_chart(stage: &Stage, bytes: usize) -> String {
    let chart = stage.chart("large", &config_map("{{ .Release.Name }}", "a: b"));
    let mut noise = vec![0; bytes];
    getrandom(&mut noise);
    stage.env.write("large/noise", noise);
    chart
}

fn getrandom(bytes: &mut [u8]) {
    use std::io::Read as _;
    fs::File::open("/dev/urandom").unwrap().read_exact(bytes).unwrap();
}

#[test]
fn a_full_disk_stops_an_install_before_it_starts() {
    let (stage, home) = stage_with_ledger_in("disk/home");
    let disk = Mounted::new(home.parent().unwrap().to_owned(), "1m");
    stage.rutter(&["install", "first", &stage.good_chart()]).success();
    let objects = stage.objects();
    let chart = large_chart(&stage, 2_000_000);
    let said = match disk {
        Some(_) => Said::of(stage.rutter(&["install", "web", &chart])),
        None => Said::of(stage.limited(1_000_000, &["install", "web", &chart])),
    };
    assert!(
        said.message.starts_with("INSTALLATION FAILED: no room for the ledger at `"),
        "{}",
        said.message
    );
    assert!(said.hint.contains("make room"), "{}", said.hint);
    assert_eq!(stage.events("web"), Vec::<String>::new());
    assert_eq!(stage.objects(), objects);
    stage.env.rutter(&["ledger", "verify"]).success();
    stage.rutter(&["uninstall", "first"]).success();
}

#[test]
fn a_limit_to_the_size_of_files_is_a_full_disk() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    for bytes in [0, 1024, 8192] {
        let said = Said::of(stage.limited(bytes, &["install", "web", &chart]));
        assert!(said.message.contains(": no room for the ledger at `"), "{}", said.message);
        stage.is_untouched_by("web");
    }
    stage.rutter(&["install", "web", &chart]).success();
    stage.env.rutter(&["ledger", "verify"]).success();
}

#[test]
fn a_disk_that_fills_up_on_the_way_has_room_for_the_end() {
    let (stage, home) = stage_with_ledger_in("disk/home");
    let Some(_disk) = Mounted::new(home.parent().unwrap().to_owned(), "2m") else { return };
    // A hook that fails, with more lines as evidence than fit into what is left of a page.
    let mut noise = vec![0; 30_000];
    getrandom(&mut noise);
    let lines: String = noise.iter().map(|it| char::from(b'a' + it % 26)).collect();
    let hook = format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook\n  annotations:\n    \
         helm.sh/hook: pre-install\n    fake.kubelet/exit-code: '3'\n    fake.kubelet/logs: {lines}\n\
         spec:\n  restartPolicy: Never\n  containers: [{{name: a, image: b}}]\n"
    );
    let chart = stage.chart("hooked", &hook);
    let (gate, child) = stage.install_that_waits("web", &chart);
    let filler = home.parent().unwrap().join("filler");
    assert!(fs::write(&filler, vec![1; 4_000_000]).is_err(), "the disk is not full");
    let said = Said::of(gate.open(child));
    assert!(said.message.contains("failed pre-install: "), "{}", said.message);
    // All that came after the start, evidence included, went where room had been kept for it.
    assert!(stage.evidence("web").contains(&lines[..100]));
    stage.env.rutter(&["ledger", "verify"]).success();
    let said = Said::of(stage.rutter(&["upgrade", "first", &stage.good_chart()]));
    assert!(said.message.contains(": no room for the ledger at `"), "{}", said.message);
}

#[test]
fn a_ledger_that_takes_no_more_on_the_way_leaves_something_to_resume() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    let (gate, child) = stage.install_that_waits("web", &chart);
    let process = child.id().to_string();
    assert!(run("prlimit", &["--fsize=1:", "--pid", &process]));
    let said = Said::of(gate.open(child));
    assert!(said.message.contains(": no room for the ledger at `"), "{}", said.message);
    assert_eq!(stage.events("web"), ["\"Started\""]);

    let said = Said::of(stage.rutter(&["upgrade", "web", &chart]));
    assert!(said.hint.contains("`rutter resume web`"), "{}", said.hint);
    stage.rutter(&["resume", "web"]).success();
    assert_eq!(stage.end("web")["outcome"]["outcome"], "deployed");
    stage.env.rutter(&["ledger", "verify"]).success();
    assert!(stage.helm(&["status", "web"]).success().contains("STATUS: deployed"));
}

#[test]
fn a_home_that_cannot_be_written_to_is_refused() {
    let (stage, home) = stage_with_ledger_in("disk/home");
    let chart = stage.good_chart();
    // A file where the folder should be.
    stage.env.write("disk", "not a folder");
    let said = Said::of(stage.rutter(&["install", "web", &chart]));
    let wanted = format!("INSTALLATION FAILED: `{}` cannot be written to: ", home.display());
    assert!(said.message.starts_with(&wanted), "{}", said.message);
    assert!(said.hint.contains("RUTTER_HOME"), "{}", said.hint);
    stage.is_untouched_by("web");
    fs::remove_file(stage.env.home().join("disk")).unwrap();

    let Some(disk) = Mounted::new(stage.env.home().join("disk"), "8m") else { return };
    stage.rutter(&["install", "first", &chart]).success();
    let objects = stage.objects();
    disk.make_read_only();
    for words in [&["install", "web", &chart][..], &["uninstall", "first"]] {
        let said = Said::of(stage.rutter(words));
        assert!(said.message.contains("cannot be written to: Read-only file system"));
        assert!(said.hint.contains("RUTTER_HOME"), "{}", said.hint);
    }
    assert_eq!(stage.events("web"), Vec::<String>::new());
    assert_eq!(stage.objects(), objects);
    // Reads write nothing, so they go on.
    assert!(stage.rutter(&["list"]).success().contains("first"));
    assert!(stage.rutter(&["history", "first", "--offline"]).success().contains("deployed"));
    stage.env.rutter(&["ledger", "verify"]).success();
}

#[test]
fn a_home_of_somebody_else_is_refused() {
    let mut stage = Stage::new();
    let us = fs::metadata(stage.env.home()).unwrap().uid();
    let (home, owner) = match us {
        0 => (stage.env.home().join("theirs"), 12345),
        _ => (PathBuf::from("/usr"), 0),
    };
    if us == 0 {
        fs::create_dir(&home).unwrap();
        chown(&home, Some(owner), None).unwrap();
    }
    let env = std::mem::replace(&mut stage.env, Env::new());
    stage.env = env.with("RUTTER_HOME", home.to_str().unwrap());
    let said = Said::of(stage.rutter(&["install", "web", &stage.good_chart()]));
    assert_eq!(
        said.message,
        format!(
            "INSTALLATION FAILED: `{}` belongs to user {owner}, not to user {us}",
            home.display()
        )
    );
    assert!(said.hint.contains("RUTTER_HOME"), "{}", said.hint);
    stage.is_untouched_by("web");
}

#[test]
fn a_ledger_that_is_damaged_is_named_and_written_to_no_more() {
    let stage = Stage::new();
    let chart = stage.good_chart();
    stage.rutter(&["install", "web", &chart]).success();
    let objects = stage.objects();
    // One byte in the middle of the third frame: what was acknowledged is another thing now.
    let frame = stage.env.rutter(&["ledger", "show", "3"]).success();
    let frame: serde_json::Value = serde_json::from_str(&frame).unwrap();
    let offset = usize::try_from(frame["offset"].as_u64().unwrap()).unwrap();
    let path = ledger(&stage).join(frame["path"].as_str().unwrap());
    let mut bytes = fs::read(&path).unwrap();
    bytes[offset + 150] ^= 1;
    fs::write(&path, &bytes).unwrap();

    for words in [
        &["install", "other", &chart][..],
        &["upgrade", "web", &chart],
        &["rollback", "web", "1"],
        &["uninstall", "web"],
        &["resume", "web"],
        &["list"],
        &["history", "web", "--offline"],
    ] {
        let said = Said::of(stage.rutter(words));
        assert!(said.message.contains("the ledger is damaged: "), "{}", said.message);
        assert!(said.message.contains("00000001.seg` at byte "), "{}", said.message);
        assert!(said.hint.contains("rutter ledger verify"), "{}", said.hint);
    }
    assert_eq!(stage.objects(), objects);
    assert_eq!(fs::read(&path).unwrap(), bytes);
    let verify = stage.env.rutter(&["ledger", "verify"]);
    assert!(verify.stdout.contains("damaged: events/00000001.seg at byte "), "{}", verify.stdout);
    let said = verify.failure(10);
    assert!(said.starts_with("Error: ") && said.contains("\n\nhint: "), "{said}");
}

/// The folder of the stage's ledger.
fn ledger(stage: &Stage) -> PathBuf {
    stage.env.home().join(".local/share/rutter/ledger")
}

impl Stage {
    /// Runs rutter in the namespace, where no file may become larger than some bytes.
    fn limited(&self, bytes: u64, words: &[&str]) -> crate::support::Answer {
        // Without the trap the system would end the program instead of failing the write.
        let script = "trap '' XFSZ; limit=$1; shift; exec prlimit --fsize=\"$limit\" \"$@\"";
        let mut command = self.env.command(Path::new("sh"));
        command.args(["-c", script, "sh", &bytes.to_string()]).arg(rutter());
        answer(command.args(["--namespace", self.namespace.name()]).args(words))
    }
}
