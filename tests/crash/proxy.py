"""A proxy in front of the API server that kills its client at write k.

Plain HTTP on the client's side, TLS with the administrator's certificate on the
server's. Reads pass, watches too (chunk by chunk).
"""

import base64
import http.client
import http.server
import json
import os
import signal
import ssl
import subprocess
import tempfile
import threading

BEFORE, AFTER = "before it is forwarded", "after the server has answered"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
#: What is asked by POST and writes nothing.
REVIEWS = ("selfsubjectreviews", "selfsubjectaccessreviews")


class Upstream:
    """The API server that a kubeconfig names."""

    def __init__(self, kubeconfig):
        view = subprocess.run(["kubectl", "--kubeconfig", kubeconfig, "config", "view", "--raw",
                               "--output=json"], check=True, stdout=subprocess.PIPE)
        config = json.loads(view.stdout)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.host = cluster["server"].removeprefix("https://").rstrip("/")
        self.context = ssl.create_default_context(cadata=read(cluster, "certificate-authority").decode())
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name in ("client-certificate", "client-key"):
                paths.append(os.path.join(folder, name))
                with open(paths[-1], "wb") as file:
                    file.write(read(user, name))
            self.context.load_cert_chain(*paths)

    def connect(self):
        return http.client.HTTPSConnection(self.host, context=self.context, timeout=120)


def read(section, name):
    if f"{name}-data" in section:
        return base64.b64decode(section[f"{name}-data"])
    with open(section[name], "rb") as file:
        return file.read()


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that dies takes its connections with it: that is what is tested."""


class Proxy:
    """One proxy, for one run of a client."""

    def __init__(self, upstream, kill_at=None, when=BEFORE):
        self.upstream, self.kill_at, self.when = upstream, kill_at, when
        self.writes, self.pid, self.killed = 0, None, False
        self.lines = []
        self.lock = threading.Lock()
        self.server = Server(("127.0.0.1", 0), handler(self))
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def is_last(self, method, path):
        """Counts a write; says whether the client dies at this one."""
        if method not in WRITES or path.split("?")[0].endswith(REVIEWS):
            return False
        with self.lock:
            self.writes += 1
            self.lines.append(f"{method} {path}")
            return self.writes == self.kill_at

    def kill(self):
        self.killed = True
        os.kill(self.pid, signal.SIGKILL)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


def handler(proxy):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            last = proxy.is_last(self.command, self.path)
            if proxy.killed or (last and proxy.when == BEFORE):
                # Nothing that comes after the death of the client is its own doing.
                if last:
                    proxy.kill()
                self.close_connection = True
                return
            connection = proxy.upstream.connect()
            try:
                headers = {name: value for name, value in self.headers.items()
                           if name.lower() not in ("host", "connection", "accept-encoding")}
                connection.request(self.command, self.path, body=body or None, headers=headers)
                answer = connection.getresponse()
                if last:
                    answer.read()
                    proxy.kill()
                    self.close_connection = True
                    return
                self.pass_on(answer)
            except (OSError, http.client.HTTPException):
                self.close_connection = True
            finally:
                connection.close()

        def pass_on(self, answer):
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                    self.send_header(name, value)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while data := answer.read1(65536):
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

    return Handler
