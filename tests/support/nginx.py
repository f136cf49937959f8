"""A real nginx on a free port: the web server that a team's charts lie on.

It runs as whoever starts it, from a folder of its own, with no file of the
machine's configuration. What is uploaded to it by PUT lies in its `www`.
"""

import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ATTEMPTS = 5  # another process may take the port between our choice and its use
PATIENCE = 10  # seconds until it answers

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
    log_format plain '$request_method $request_uri $status "$http_user_agent" $http_if_none_match';
    access_log {folder}/access.log plain;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    default_type application/octet-stream;
    server {{
        listen 127.0.0.1:{port};
        server_name localhost;
        root {www};
        location / {{
            dav_methods PUT;
            create_full_put_path on;
            client_max_body_size 20m;
        }}
    }}
}}
"""


class Nginx:
    """A running nginx; `url` is where it answers, `www` is the folder that it shows."""

    def __init__(self, folder, www=None):
        program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise SystemExit("nginx is missing: Debian's package nginx-light has it")
        self.folder = os.path.abspath(folder)
        self.www = os.path.abspath(www or os.path.join(folder, "www"))
        for made in (self.folder, self.www):
            os.makedirs(made, exist_ok=True)
        for _ in range(ATTEMPTS):
            port = free_port()
            self.url = f"http://127.0.0.1:{port}"
            self._process = self._start(program, port)
            if self._answers():
                return
            self.stop()
        with open(os.path.join(self.folder, "error.log"), errors="replace") as file:
            raise SystemExit(f"nginx does not start:\n{file.read()}")

    def _start(self, program, port):
        configuration = os.path.join(self.folder, "nginx.conf")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION.format(folder=self.folder, www=self.www, port=port))
        return subprocess.Popen(
            [program, "-p", self.folder, "-c", configuration,
             "-e", os.path.join(self.folder, "error.log")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _answers(self):
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                urllib.request.urlopen(self.url, timeout=PATIENCE).close()
                return True
            except urllib.error.HTTPError as answer:
                return "nginx" in answer.headers.get("Server", "")
            except OSError:
                time.sleep(0.02)
        return False

    def requests(self):
        """What was asked for so far: a line a request, `METHOD PATH STATUS "AGENT" ETAG`."""
        with open(os.path.join(self.folder, "access.log"), errors="replace") as file:
            return file.read().splitlines()

    def stop(self):
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def free_port():
    """A port that nobody has now."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]
