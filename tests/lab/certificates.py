"""Certificates for the servers of the lab: a CA for each, and what it signs."""
import os
import subprocess


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def make(folder, authority, server, wanted, end):
    """A CA and certificates by it for the key of one server: `wanted` is {file: its alternative names, as openssl writes them}; `end` of the files' names."""
    os.makedirs(folder, exist_ok=True)
    for name in ("ca", "server"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{folder}/{name}.key")
    openssl("req", "-x509", "-key", f"{folder}/ca.key", "-days", "3", "-subj", f"/CN={authority}", "-out", f"{folder}/ca.{end}")
    openssl("req", "-new", "-key", f"{folder}/server.key", "-subj", f"/CN={server}", "-out", f"{folder}/server.csr")
    for file, names in wanted.items():
        with open(f"{folder}/{file}.ext", "w", encoding="utf-8") as extension:
            extension.write(f"subjectAltName={','.join(names)}\n")
        openssl("x509", "-req", "-in", f"{folder}/server.csr", "-CA", f"{folder}/ca.{end}", "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-days", "2",
                "-extfile", f"{folder}/{file}.ext", "-out", f"{folder}/{file}.{end}")
