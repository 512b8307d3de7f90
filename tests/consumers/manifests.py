#!/usr/bin/python3
"""Sorts the manifests of a kubernetes/ folder for those who validate them, and compares them with what kustomize makes of the folder:
manifests.py FOLDER RENDERED OUT

Custom resources go to OUT/custom/, built-in kinds to OUT/core/, one file each and as they are spelled. Files that no manifest is in
(Helm's values) are left out."""
import glob
import os
import sys

import yaml

CUSTOM = ("cilium.io/", "externaldns.k8s.io/", "argoproj.io/")


def documents(text):
    return [part for part in ("\n" + text).split("\n---\n") if yaml.safe_load(part)]


def identity(text):
    document = yaml.safe_load(text)
    return document["apiVersion"], document["kind"], document["metadata"].get("namespace"), document["metadata"]["name"]


def listed(name, names):
    """Whether `kubectl apply -k` is to apply this file: not a form to fill in, not Argo CD's, not a pool whose addresses the watcher keeps."""
    watched = "prefix-watch.yaml" in names and name in ("cilium-ingress6.yaml", "cilium-pool6.yaml")
    return not (name.endswith(".example.yaml") or name.startswith("argocd-") or watched)


def main():
    folder, rendered, out = sys.argv[1:]
    names = sorted(os.path.basename(path) for path in glob.glob(f"{folder}/*.yaml"))
    manifests = [name for name in names if name != "kustomization.yaml" and not name.endswith("-values.yaml")]
    for kind in ("custom", "core"):
        os.makedirs(f"{out}/{kind}")
    wanted = []
    for name in manifests:
        with open(f"{folder}/{name}", encoding="utf-8") as file:
            texts = documents(file.read())
        if not texts:
            raise SystemExit(f"{name} holds no manifest")
        for number, text in enumerate(texts):
            custom = yaml.safe_load(text)["apiVersion"].startswith(CUSTOM)
            with open(f"{out}/{'custom' if custom else 'core'}/{number}-{name}", "w", encoding="utf-8") as file:
                file.write(text)
        wanted += [identity(text) for text in texts] if listed(name, names) else []
    with open(rendered, encoding="utf-8") as file:
        found = [identity(text) for text in documents(file.read())]
    if not found or sorted(map(str, wanted)) != sorted(map(str, found)):
        raise SystemExit(f"kustomize makes {sorted(map(str, found))},\nwanted {sorted(map(str, wanted))}")


main()
