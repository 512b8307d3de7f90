#!/usr/bin/python3
"""Unpacks vps/cloud-init.yaml of the tree TREE as cloud-init does and compares: cloud_init.py TREE

The rules are those of cloud-init's write_files module: `encoding` names what the content went through (gz+b64 and its other names, b64,
gz; else it is text), and `permissions` is read as an octal number. Prints what is wrong; exit status 1 when something is."""
import base64
import gzip
import io
import pathlib
import sys
import tarfile

import yaml

CLOSED = "/var/lib/hlgen"
ARCHIVE = CLOSED + "/vps.tar"
UNPACK = ["tar", "-xmf", ARCHIVE, "-C", CLOSED]
STAGE = CLOSED + "/vps/"
LIMIT = 32 * 1024
KEYS = {"bootcmd", "package_update", "runcmd", "write_files"}


class Strict(yaml.SafeLoader):
    """As SafeLoader, but a key that is given twice is an error."""


def mapping(loader, node):
    pairs = [(loader.construct_object(key), loader.construct_object(value, deep=True)) for key, value in node.value]
    if len({key for key, _ in pairs}) != len(pairs):
        raise yaml.YAMLError(f"a key is given twice at {node.start_mark}")
    return dict(pairs)


Strict.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)


def content(entry):
    encoding = str(entry.get("encoding", "")).lower().strip()
    value = entry.get("content", "")
    data = value if isinstance(value, bytes) else value.encode()
    if encoding in ("gz+base64", "gzip+base64", "gz+b64", "gzip+b64"):
        return gzip.decompress(base64.b64decode(data))
    if encoding in ("b64", "base64"):
        return base64.b64decode(data)
    if encoding in ("gz", "gzip"):
        return gzip.decompress(data)
    if encoding not in ("", "text/plain"):
        raise ValueError(f"unknown encoding {encoding}")
    return data


def bare(data):
    """The text without lines of comment; the first line of a script stays."""
    lines = data.splitlines(keepends=True)
    return b"".join(line for at, line in enumerate(lines) if (at == 0 and line.startswith(b"#!")) or not line.strip(b" \t").startswith(b"#"))


def members(data):
    """What tar makes of an archive, run by root: path, mode, bytes."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            if not member.isreg() or member.uid or member.gid:
                raise ValueError(f"{member.name} in the archive is no file of root's")
            yield f"{CLOSED}/{member.name}", member.mode, archive.extractfile(member).read()


def complaints(tree):
    file = tree / "vps" / "cloud-init.yaml"
    text = file.read_bytes()
    if not text.startswith(b"#cloud-config\n"):
        yield "the first line is not '#cloud-config'"
    if len(text) > LIMIT:
        yield f"{len(text)} bytes are more than {LIMIT}"
    if file.stat().st_mode & 0o777 != 0o600:
        yield f"mode {file.stat().st_mode & 0o777:04o}, expected 0600"
    config = yaml.load(text, Loader=Strict)
    if set(config) != KEYS:
        yield f"keys {sorted(config)}, expected {sorted(KEYS)}"
    # Secrets are readable by all until chmod: they go into a folder that was closed before, and bootcmd comes before write_files.
    if config["bootcmd"] != [["install", "-d", "-m", "0700", CLOSED]]:
        yield f"bootcmd does not close {CLOSED}"
    written = {}
    for entry in config["write_files"]:
        if entry["path"] != ARCHIVE and not entry["path"].startswith(STAGE):
            yield f"{entry['path']} lies outside of {STAGE}"
        if not isinstance(entry["permissions"], str):
            yield f"{entry['path']}: permissions that are no string are not read as octal"
        if set(entry) - {"path", "permissions", "encoding", "content"}:
            yield f"{entry['path']}: keys {sorted(entry)}"
        if entry["path"] in written:
            yield f"{entry['path']} is written twice"
        written[entry["path"]] = (int(entry["permissions"], 8), content(entry))
    # In an archive comments may be gone, but never those of a secret file.
    tight = ARCHIVE in written
    if tight:
        mode, data = written.pop(ARCHIVE)
        if mode != 0o600 or written:
            yield f"{ARCHIVE} has mode {mode:04o}, and beside it are {sorted(written)}"
        for path, mode, text in members(data):
            if path in written:
                yield f"{path} is twice in the archive"
            written[path] = (mode, text)
        if config["runcmd"][0] != UNPACK:
            yield "the archive is not unpacked first"
        del config["runcmd"][0]
    wanted = {
        STAGE + str(path.relative_to(tree / "vps")): (path.stat().st_mode & 0o7777, path.read_bytes())
        for path in sorted((tree / "vps").rglob("*"))
        if path.is_file() and path not in (file, file.with_name("files.sha256"))
    }
    for path in sorted(set(written) | set(wanted)):
        if path not in written:
            yield f"{path} is missing"
        elif path not in wanted:
            yield f"{path} is not in the tree"
        elif written[path][0] != wanted[path][0]:
            yield f"{path}: mode {written[path][0]:04o}, in the tree {wanted[path][0]:04o}"
        elif written[path][1] != wanted[path][1] and (wanted[path][0] == 0o600 or not tight or written[path][1] != bare(wanted[path][1])):
            yield f"{path}: other bytes than in the tree"
    for command in config["runcmd"]:
        if command[0] not in written or not written[command[0]][0] & 0o100:
            yield f"{command[0]} is run, but not written as a program"


def main():
    found = list(complaints(pathlib.Path(sys.argv[1])))
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
