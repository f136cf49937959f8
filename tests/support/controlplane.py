"""Starts the processes of a test cluster and waits until it can be used."""

import contextlib
import fcntl
import json
import os
import socket
import subprocess
import sys
import time

import golang

DEADLINE = 90  # seconds; a busy machine may take ten times what an idle one takes

# Below the range that the kernel gives to outgoing connections, so that none
# of those can take a port between our choice and its use.
FIRST_PORT, LAST_PORT, PORTS = 21000, 29000, 8

AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata"}],
}


class ControlPlane:
    """The running cluster: its processes by name, and its folder."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = {}

    def kubeconfig(self, user):
        return os.path.join(self.folder, f"{user}.kubeconfig")

    def dead(self):
        return [name for name, process in self.processes.items() if process.poll() is not None]

    def complain(self):
        """Tells on standard error of components that have ended, with their last words."""
        for name in self.dead():
            print(f"with-cluster: {name} has ended; its last lines:", file=sys.stderr)
            with contextlib.suppress(OSError), open(self.log(name), errors="replace") as file:
                sys.stderr.writelines(file.readlines()[-20:])

    def log(self, name):
        return os.path.join(self.folder, f"{name}.log")


def start(binary, folder, audit_log, keeper):
    """Starts a cluster whose files are in `folder` and whose end `keeper` sees to."""
    ports = reserve_ports(keeper)
    subprocess.run([binary, "pki", "--folder", folder, "--server",
                    f"https://127.0.0.1:{ports['apiserver']}"],
                   check=True, stdin=subprocess.DEVNULL)
    with open(os.path.join(folder, "audit-policy.json"), "w") as file:
        json.dump(AUDIT_POLICY, file)
    plane = ControlPlane(folder)
    for name, flags in components(folder, ports, audit_log).items():
        with open(plane.log(name), "wb") as log:
            process = subprocess.Popen(
                [binary, name, *flags], cwd=folder, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        keeper.kills(process.pid)
        plane.processes[name] = process
    wait(plane)
    return plane


def wait(plane):
    ready = os.path.join(plane.folder, "ready")
    deadline = time.monotonic() + DEADLINE
    while not os.path.exists(ready):
        if plane.dead():
            plane.complain()
            sys.exit("with-cluster: the cluster did not start")
        if time.monotonic() > deadline:
            sys.exit(f"with-cluster: no cluster after {DEADLINE} s")
        time.sleep(0.02)


def reserve_ports(keeper):
    """Returns a free port for each use, ours until this process and its guard end.

    A cluster takes a block of ports by a lock on the block's file.
    """
    folder = golang.cache_folder("ports")
    for first in range(FIRST_PORT, LAST_PORT, PORTS):
        lock = open(os.path.join(folder, str(first)), "w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        if all(is_free(first + offset) for offset in range(PORTS)):
            keeper.holds = lock  # closed, and so given back, when the process ends
            names = ("etcd", "peer", "apiserver", "controllers", "scheduler", "kubelet")
            return {name: first + offset for offset, name in enumerate(names)}
        lock.close()
    sys.exit("with-cluster: no free ports")


def is_free(port):
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def components(folder, ports, audit_log):
    """Returns the flags of each component. README.md tells why those that surprise are there."""
    def file(name):
        return os.path.join(folder, name)

    etcd, peer = (f"http://127.0.0.1:{ports[name]}" for name in ("etcd", "peer"))

    def client(name):
        config = file(f"{name}.kubeconfig")
        return [f"--kubeconfig={config}", f"--authentication-kubeconfig={config}",
                f"--authorization-kubeconfig={config}", "--leader-elect=false",
                "--bind-address=127.0.0.1", "--kube-api-qps=2000", "--kube-api-burst=4000",
                f"--cert-dir={file(name)}", "--profiling=false"]

    return {
        "etcd": [
            f"--data-dir={file('etcd')}", "--unsafe-no-fsync", "--log-level=warn",
            f"--listen-client-urls={etcd}", f"--advertise-client-urls={etcd}",
            f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
        ],
        "kube-apiserver": [
            f"--etcd-servers={etcd}", "--bind-address=127.0.0.1",
            "--advertise-address=127.0.0.1", f"--secure-port={ports['apiserver']}",
            f"--tls-cert-file={file('apiserver.crt')}",
            f"--tls-private-key-file={file('apiserver.key')}",
            f"--client-ca-file={file('ca.crt')}",
            f"--kubelet-client-certificate={file('apiserver.crt')}",
            f"--kubelet-client-key={file('apiserver.key')}",
            "--kubelet-preferred-address-types=InternalIP",
            f"--service-account-key-file={file('sa.pub')}",
            f"--service-account-signing-key-file={file('sa.key')}",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            "--service-cluster-ip-range=10.0.0.0/16",
            "--authorization-mode=RBAC", "--endpoint-reconciler-type=none",
            "--allow-privileged=true", "--disable-admission-plugins=TaintNodesByCondition",
            "--profiling=false", f"--cert-dir={file('apiserver')}",
            f"--audit-policy-file={file('audit-policy.json')}",
            f"--audit-log-path={audit_log}", "--audit-log-maxsize=100000",
        ],
        "kube-controller-manager": [
            *client("controller-manager"), f"--secure-port={ports['controllers']}",
            f"--root-ca-file={file('ca.crt')}",
            f"--service-account-private-key-file={file('sa.key')}",
            "--use-service-account-credentials=false",
            "--concurrent-deployment-syncs=20", "--concurrent-replicaset-syncs=20",
            "--concurrent-namespace-syncs=20", "--pvclaimbinder-sync-period=1s",
        ],
        "kube-scheduler": [*client("scheduler"), f"--secure-port={ports['scheduler']}"],
        "fake-kubelet": [
            f"--kubeconfig={file('kubelet.kubeconfig')}", f"--port={ports['kubelet']}",
            f"--ready-file={file('ready')}",
        ],
    }
