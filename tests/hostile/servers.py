"""Servers that misbehave, on loopback: a socket and a script for each path.

A script is called with the connection and the request and writes what it likes.
All requests are kept, with their headers and the client's certificate.
"""

import contextlib
import dataclasses
import socket
import ssl
import threading

HOST, FOREIGN = "127.0.0.1", "127.0.0.2"  # two hosts, both loopback
PATIENCE = 60  # seconds that a connection is held
TLS_HANDSHAKE = b"\x16\x03"


@dataclasses.dataclass
class Request:
    method: str
    path: str
    headers: dict
    certificate: bool = False


class Server:
    """Answers by path; what has no script of its own is answered by that of `*`, or with 404."""

    def __init__(self, routes, host=HOST, tls=None, greeting=b""):
        self.routes, self.tls, self.host, self._greeting = routes, tls, host, greeting
        self.requests = []
        self.connections = 0
        self._ended = threading.Event()
        self._socket = socket.create_server((host, 0), backlog=64)
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self):
        return f"{self.host}:{self.port}"

    @property
    def url(self):
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def close(self):
        self._ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def asked(self, path):
        """The requests for a path."""
        return [request for request in self.requests if request.path.split("?")[0] == path]

    def _accept(self):
        while not self._ended.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, ValueError), connection:
            connection.settimeout(PATIENCE)
            connection.sendall(self._greeting)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with contextlib.closing(connection):
                # A connection is kept only by a script that says so.
                while self._answer(connection):
                    pass

    def _answer(self, connection):
        request = receive(connection)
        if request is None:
            return False
        if self.tls:
            request.certificate = bool(connection.getpeercert(True))
        self.requests.append(request)
        script = self.routes.get(request.path.split("?")[0]) or self.routes.get("*") \
            or status(404, b"not found")
        return script(Line(connection, self._ended), request)


class Line:
    """A connection to the client, which a script writes to."""

    def __init__(self, connection, ended):
        self._connection, self._ended = connection, ended

    def send(self, data):
        self._connection.sendall(data)

    def pause(self, seconds):
        """Waits; the end of the case ends that."""
        if self._ended.wait(seconds):
            raise OSError("the case is over")

    def hold(self):
        """Says no more, and does not hang up."""
        self.pause(PATIENCE)

    def hear_all(self):
        """Takes what the client still says, so that closing is no reset."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)
            while self._connection.recv(65536):
                pass

    def reset(self):
        """Hangs up with a reset."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                    b"\x01\0\0\0\0\0\0\0")


def receive(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(65536)
        data += block
        if data.startswith(TLS_HANDSHAKE):
            connection.sendall(head(400, "Connection: close") + b"this is no TLS")
            return None
        if not block or len(data) > 1 << 20:
            return None
    first, *lines = data.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":")[::2] for line in lines)
    return Request(method, path, {name.strip().lower(): value.strip() for name, value in pairs})


# Scripts.

def head(code, *headers):
    return "\r\n".join([f"HTTP/1.1 {code} Because", *headers, "", ""]).encode("latin-1")


def status(code, body=b"", *headers):
    """An honest answer."""
    def script(line, _request):
        length = f"Content-Length: {len(body)}"
        line.send(head(code, length, "Connection: close", *headers) + body)
        line.hear_all()
    return script


def ok(body, *headers):
    return status(200, body.encode() if isinstance(body, str) else body, *headers)


def redirect(to, code=302):
    return status(code, b"moved", f"Location: {to}")


def raw(*parts, then="close"):
    """Sends the parts as they are, then closes, holds the line or resets it."""
    def script(line, _request):
        for part in parts:
            line.send(part)
        if then == "hold":
            line.hold()
        elif then == "reset":
            line.reset()
        else:
            line.hear_all()
    return script


def drip(prefix, block, seconds):
    """Sends a block every so many seconds, without end."""
    def script(line, _request):
        line.send(prefix)
        while True:
            line.send(block)
            line.pause(seconds)
    return script


def flood(prefix, block, megabytes):
    """Sends a block again and again, as fast as it is taken."""
    def script(line, _request):
        line.send(prefix)
        for _ in range(megabytes * (1 << 20) // len(block)):
            line.send(block)
        line.hear_all()
    return script


def pieces(parts):
    """An honest answer of (block, times) pairs, which are sent one after the other."""
    def script(line, _request):
        length = sum(len(block) * times for block, times in parts)
        line.send(head(200, f"Content-Length: {length}", "Connection: close"))
        for block, times in parts:
            for _ in range(times):
                line.send(block)
        line.hear_all()
    return script


def silent(line, _request):
    line.hold()


def wait_then(seconds, script):
    def waiting(line, request):
        line.pause(seconds)
        return script(line, request)
    return waiting


def plain_tls_context(certificate, key, client_ca=None):
    """A server's side of TLS; with `client_ca`, clients are asked for a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_ca:
        context.load_verify_locations(client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL
    return context
