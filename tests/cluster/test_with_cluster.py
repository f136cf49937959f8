"""What with-cluster promises, tried."""

import contextlib
import json
import os
import pty
import signal
import subprocess
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
WITH_CLUSTER = os.path.join(HERE, "with-cluster")
# Says where the cluster's folder is, then stays.
TELL_AND_STAY = ["sh", "-c", 'dirname "$KUBECONFIG"; exec sleep 600']


def eventually(condition, seconds=30):
    """Returns the first true answer of `condition`, or its last one."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer or time.monotonic() > deadline:
            return answer
        time.sleep(0.05)


def processes_of(folder):
    """Returns the command lines of the processes that work in a cluster's folder."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                with open(f"/proc/{entry}/cmdline") as file:
                    line = file.read().replace("\0", " ").strip()
                with open(f"/proc/{entry}/environ") as file:
                    environment = file.read()
                if folder in line or folder in environment:
                    found.append(line)
    return found


class Lifetime(unittest.TestCase):
    def started(self, **options):
        process = subprocess.Popen([WITH_CLUSTER, *TELL_AND_STAY], stdout=subprocess.PIPE,
                                   stdin=subprocess.DEVNULL, text=True, **options)
        self.addCleanup(process.kill)
        self.addCleanup(process.stdout.close)
        folder = process.stdout.readline().strip()
        self.assertTrue(os.path.isdir(folder), folder)
        # Five processes and the command, whose environment is empty while it calls exec.
        self.assertTrue(eventually(lambda: len(processes_of(folder)) >= 6), processes_of(folder))
        return process, folder

    def assert_gone(self, folder):
        self.assertTrue(eventually(lambda: not processes_of(folder)), processes_of(folder))
        self.assertTrue(eventually(lambda: not os.path.exists(folder)), folder)

    def test_the_commands_exit_code_is_passed_on(self):
        done = subprocess.run([WITH_CLUSTER, "sh", "-c", 'dirname "$KUBECONFIG"; exit 7'],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assert_gone(done.stdout.strip())

    def test_a_command_that_is_not_there_gives_127(self):
        done = subprocess.run([WITH_CLUSTER, "no-such-command"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 127, done.stderr)

    def test_what_the_command_left_running_is_ended(self):
        done = subprocess.run(
            [WITH_CLUSTER, "sh", "-c", 'dirname "$KUBECONFIG"; sleep 600 >/dev/null 2>&1 &'],
            capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assert_gone(done.stdout.strip())

    def test_signals_take_everything_down(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                process, folder = self.started()
                process.send_signal(number)
                self.assertEqual(process.wait(30), 128 + number)
                self.assert_gone(folder)

    def test_a_kill_takes_everything_down(self):
        process, folder = self.started(start_new_session=True)
        process.kill()
        process.wait(30)
        self.assert_gone(folder)

    def test_ctrl_c_on_a_terminal_takes_everything_down(self):
        pid, terminal = pty.fork()
        if pid == 0:
            os.execv(WITH_CLUSTER, [WITH_CLUSTER, *TELL_AND_STAY])
        said = b""
        while not said.endswith(b"\n") or b"/rutter-test-cluster-" not in said:
            said += os.read(terminal, 1024)
        folder = said.decode().split()[-1]
        os.write(terminal, b"\x03")
        _, status = os.waitpid(pid, 0)
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(status), 128 + signal.SIGINT)
        self.assert_gone(folder)

    def test_two_at_once_do_not_meet(self):
        # Started together, so that they choose their ports at the same time.
        both = [subprocess.Popen(
            [WITH_CLUSTER, "sh", "-c",
             '"$RUTTER_TEST_ORACLE/kubectl" create namespace mine && dirname "$KUBECONFIG"'],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
        folders = set()
        for process in both:
            out, err = process.communicate()
            self.assertEqual(process.returncode, 0, err)
            folders.add(out.split()[-1])
        self.assertEqual(len(folders), 2)


class Pods(unittest.TestCase):
    """Looks at pods in one cluster that all these tests share."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.audit = os.path.join(scratch.name, "audit.log")
        # The cluster lives for as long as its command's standard input.
        started = time.monotonic()
        cls.cluster = subprocess.Popen(
            [WITH_CLUSTER, "--audit-log", cls.audit,
             "sh", "-c", 'echo "$KUBECONFIG $RUTTER_TEST_ORACLE"; exec cat'],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.cluster.communicate)
        cls.kubeconfig, cls.oracle = cls.cluster.stdout.readline().split()
        cls.start_seconds = time.monotonic() - started

    def kubectl(self, *arguments, content=None):
        done = subprocess.run(
            [os.path.join(self.oracle, "kubectl"), "--kubeconfig", self.kubeconfig, *arguments],
            input=content, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def get(self, *what):
        return json.loads(self.kubectl("get", "-o", "json", *what))

    def pod(self, name, annotations=(), **spec):
        """Creates a pod that asks for its fate, and returns a look at its status."""
        pod = {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "annotations": {
                f"fake.kubelet/{key}": value for key, value in dict(annotations).items()}},
            "spec": {"containers": [{"name": "main", "image": "example/main:1"}], **spec},
        }
        self.kubectl("apply", "-f", "-", content=json.dumps(pod))
        return lambda: self.get("pod", name)["status"]

    def assert_comes_to(self, status, expected, seconds=20):
        """Waits for `expected(status)` to be true; a status without containers yet is not."""
        def holds():
            with contextlib.suppress(KeyError, IndexError):
                return expected(status())
            return False
        self.assertTrue(eventually(holds, seconds), json.dumps(status(), indent=1))

    def test_it_is_up_in_ten_seconds(self):
        # Other work on the machine slows it down, but hardly four times in a row.
        times = [self.start_seconds]
        while min(times) > 10 and len(times) < 4:
            started = time.monotonic()
            subprocess.run([WITH_CLUSTER, "true"], check=True)
            times.append(time.monotonic() - started)
        self.assertLess(min(times), 10, times)

    def test_a_deployment_becomes_available_and_its_pods_have_logs(self):
        self.kubectl("create", "deployment", "web", "--image=example/web:1", "--replicas=3")
        self.kubectl("rollout", "status", "deployment/web", "--timeout=20s")
        self.assertEqual(self.get("deployment", "web")["status"]["readyReplicas"], 3)
        self.assertIn("runs on node-0", self.kubectl("logs", "deployment/web"))

    def test_a_jobs_pod_succeeds(self):
        self.kubectl("create", "job", "once", "--image=example/once:1")
        self.kubectl("wait", "--for=condition=Complete", "job/once", "--timeout=20s")

    def test_the_marker_is_there(self):
        self.get("configmap", "rutter-test-cluster", "--namespace=kube-system")

    def test_the_user_nobody_has_no_rights(self):
        nobody = os.path.join(os.path.dirname(self.kubeconfig), "nobody.kubeconfig")
        done = subprocess.run(
            [os.path.join(self.oracle, "kubectl"), "--kubeconfig", nobody, "get", "pods"],
            capture_output=True, text=True)
        self.assertIn('User "nobody" cannot list resource "pods"', done.stderr)

    def test_the_audit_log_knows_who_asked(self):
        self.get("namespaces")

        def agents():
            with open(self.audit) as file:
                return {json.loads(line).get("userAgent", "").split("/")[0] for line in file}
        self.assertTrue(eventually(lambda: "kubectl" in agents()), agents())

    def test_an_image_pull_fails(self):
        status = self.pod("pull", {"image-pull": "no such image"})
        self.assert_comes_to(status, lambda s: s["phase"] == "Pending" and
                             s["containerStatuses"][0]["state"]["waiting"]["reason"]
                             == "ImagePullBackOff")
        events = self.get("events", "--field-selector=involvedObject.name=pull,type=Warning")
        self.assertIn('Failed to pull image "example/main:1": no such image',
                      [event["message"] for event in events["items"]])

    def test_a_crash_loop_restarts_and_recovers(self):
        status = self.pod("loop", {"crash-loop": "2"})
        self.assert_comes_to(status, lambda s: s["containerStatuses"][0]["state"]["waiting"][
            "reason"] == "CrashLoopBackOff")
        self.assert_comes_to(status, lambda s: s["containerStatuses"][0]["ready"] and
                             s["containerStatuses"][0]["restartCount"] == 2)

    def test_a_pod_that_is_never_ready_runs(self):
        status = self.pod("never", {"never-ready": "true"})
        self.assert_comes_to(status, lambda s: s["phase"] == "Running")
        time.sleep(1)
        self.assertFalse(status()["containerStatuses"][0]["ready"])

    def test_a_pod_becomes_ready_when_it_asks_to(self):
        started = time.monotonic()
        status = self.pod("later", {"ready-after": "3"})
        self.assert_comes_to(status, lambda s: s["containerStatuses"][0]["ready"])
        self.assertGreater(time.monotonic() - started, 2.5)

    def test_an_exit_code_ends_a_pod_that_is_not_restarted(self):
        status = self.pod("code", {"exit-code": "3"}, restartPolicy="Never")
        self.assert_comes_to(status, lambda s: s["phase"] == "Failed" and s["containerStatuses"][0][
            "state"]["terminated"]["exitCode"] == 3)

    def test_a_pod_is_killed_for_its_memory(self):
        status = self.pod("memory", {"oom-killed": "true"}, restartPolicy="Never")
        self.assert_comes_to(status, lambda s: s["containerStatuses"][0]["state"]["terminated"][
            "reason"] == "OOMKilled")

    def test_a_pod_is_evicted(self):
        status = self.pod("evicted", {"evicted": "The node was low on patience."})
        self.assert_comes_to(status, lambda s: (s["phase"], s["reason"], s["message"]) == (
            "Failed", "Evicted", "The node was low on patience."))

    def test_an_init_container_fails(self):
        first = [{"name": "first", "image": "example/first:1"}]
        status = self.pod("init", {"init-failure": "9"}, initContainers=first)
        self.assert_comes_to(status, lambda s: s["phase"] == "Pending" and s[
            "initContainerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 9)
        status = self.pod("init-once", {"init-failure": "9"}, initContainers=first,
                          restartPolicy="Never")
        self.assert_comes_to(status, lambda s: s["phase"] == "Failed")

    def test_a_pod_says_what_it_is_told_to(self):
        status = self.pod("words", {"logs": "first\nsecond\nthird"})
        self.assert_comes_to(status, lambda s: s["phase"] == "Running")
        self.assertEqual(self.kubectl("logs", "words", "--tail=2"), "second\nthird\n")

    def test_only_the_named_container_fails(self):
        two = [{"name": name, "image": f"example/{name}:1"} for name in ("good", "bad")]
        status = self.pod("two", {"never-ready.bad": "true"}, containers=two)
        self.assert_comes_to(status, lambda s: {
            c["name"]: c["ready"] for c in s["containerStatuses"]} == {"good": True, "bad": False})

    def test_no_node_will_have_a_pod_that_asks_for_another(self):
        status = self.pod("picky", nodeSelector={"disk": "golden"})
        self.assert_comes_to(status, lambda s: s["conditions"][0]["reason"] == "Unschedulable")


if __name__ == "__main__":
    unittest.main()
