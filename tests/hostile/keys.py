"""Certificates for servers and clients, good and bad, made once with openssl."""

import os
import subprocess

CA = """[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""


class Keys:
    """A folder with a certificate authority and what it signed: NAME.crt and NAME.key."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        self.write("index.txt", "")
        self.write("serial", "01\n")
        self.write("ca.cnf", CA.format(folder=folder))
        for name in ("ca", "other-ca"):
            self.openssl("req", "-x509", *self.new_key(name), "-subj", f"/CN={name}",
                         "-days", "30", "-out", self.path(f"{name}.crt"))
        self.sign("good", "IP:127.0.0.1,IP:127.0.0.2,DNS:localhost")
        self.sign("elsewhere", "DNS:charts.example.com")
        self.sign("expired", "IP:127.0.0.1", dates=("20200101000000Z", "20200201000000Z"))
        self.sign("unknown", "IP:127.0.0.1", by="other-ca")
        self.sign("client", "DNS:client")

    def path(self, name):
        return os.path.join(self.folder, name)

    def pair(self, name):
        return self.path(f"{name}.crt"), self.path(f"{name}.key")

    def write(self, name, text):
        with open(self.path(name), "w") as file:
            file.write(text)

    def new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", self.path(f"{name}.key"))

    def sign(self, name, names, by="ca", dates=("20200101000000Z", "20400101000000Z")):
        request = self.path(f"{name}.csr")
        self.openssl("req", *self.new_key(name), "-subj", f"/CN={name}",
                     "-addext", f"subjectAltName={names}", "-out", request)
        certificate, key = self.pair(by)
        self.openssl("ca", "-batch", "-notext", "-config", self.path("ca.cnf"), "-in", request,
                     "-cert", certificate, "-keyfile", key, "-startdate", dates[0],
                     "-enddate", dates[1], "-out", self.path(f"{name}.crt"))

    @staticmethod
    def openssl(*words):
        done = subprocess.run(["openssl", *words], stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise SystemExit(f"openssl {' '.join(words)}: {done.stdout}")
