#!/usr/bin/python3
"""Reads values for external-dns's Helm chart as that release of the chart does, and what comes out as that release of the program does;
compares it with the site file: external_dns_values.py FOLDER SITE

Helm ignores keys that a chart does not know, and the program ends at a flag that it does not know. So each must be one of the release's
(charts 1.15.0 to 1.22.0, programs 0.15.0 to 0.22.0). What is expected is worked out from the site file anew, without hlgen's plan."""
import ipaddress
import os
import re
import sys

import yaml

from helm_values import Strict, version

OLD_PREFIX, NEW_PREFIX = "external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/"
FLAGS = {"source", "policy", "registry", "txt-owner-id", "txt-prefix", "domain-filter", "provider", "events", "managed-record-types",
         "annotation-filter", "exclude-target-net", "zone-id-filter", "cloudflare-proxied", "cloudflare-dns-records-per-page"}
REPEATED = {"source", "domain-filter", "managed-record-types", "exclude-target-net", "zone-id-filter"}
BARE = {"events", "cloudflare-proxied"}


def known_keys(chart):
    """What the templates of this release read, of all that hlgen writes, and the flag that comes of it; None: no flag."""
    known = {"image": (dict, None), "provider": (dict, None), "env": (list, None), "policy": (str, "policy"), "registry": (str, "registry"),
             "txtOwnerId": (str, "txt-owner-id"), "txtPrefix": (str, "txt-prefix"), "sources": (list, "source"),
             "domainFilters": (list, "domain-filter"), "triggerLoopOnEvent": (bool, "events"), "extraArgs": (list, None)}
    if chart >= (1, 15, 1):
        known["managedRecordTypes"] = (list, "managed-record-types")
    if chart >= (1, 19):
        known["annotationFilter"] = (str, "annotation-filter")
    if chart >= (1, 20):
        known["annotationPrefix"] = (str, "annotation-prefix")
    return known


def arguments(values, chart):
    """The command line that this release of the chart makes."""
    known, line = known_keys(chart), []
    for key, value in values.items():
        if key not in known:
            raise SystemExit(f"this release of the chart does not know .{key}")
        kind, flag = known[key]
        if type(value) is not kind:
            raise SystemExit(f".{key} is {value!r}, which is no {kind.__name__}")
        if kind is list and flag:
            line += [f"--{flag}={item}" for item in value]
        elif kind is bool:
            line += [f"--{flag}"] if value else []
        elif flag:
            line.append(f"--{flag}={value}")
    if list(values["provider"]) != ["name"] or list(values["image"]) != ["tag"]:
        raise SystemExit("a key of .provider or .image is not known")
    return line + [f"--provider={values['provider']['name']}"] + values["extraArgs"]


def parse(line, program):
    """What this release of the program understands: flags with their values."""
    known = FLAGS | ({"annotation-prefix"} if program >= (0, 20) else set())
    found = {}
    for argument in line:
        match = re.fullmatch(r"--(no-)?([a-z-]+)(?:=(.+))?", argument)
        if not match or match[2] not in known or (match[2] in BARE) != (match[3] is None) or (match[1] and match[2] not in BARE):
            raise SystemExit(f"this release of external-dns does not take {argument}")
        found.setdefault(match[2], []).append(match[3] if match[3] else not match[1])
    for flag, given in found.items():
        if flag not in REPEATED and len(given) > 1:
            raise SystemExit(f"--{flag} cannot be repeated")
        if len(set(given)) != len(given):
            raise SystemExit(f"--{flag} says the same twice")
    return found


def ways(service):
    via = service["via"]
    return set(via if isinstance(via, list) else [via])


def public_names(site):
    """Name and ways of each service."""
    for key, service in site.get("services", {}).items():
        yield str(service.get("host") or f"{key}.{site['domain']}").lower(), ways(service)


def zone_of(site, name):
    """The longest declared zone that holds the name, else the site's domain, else the name's parent."""
    name = name.removeprefix("*.")
    domain, labels = str(site.get("domain", "")).lower(), name.split(".")
    declared = {str(zone).lower() for zone in site.get("dns", {}).get("zones", {})}
    for start in range(len(labels)):
        if ".".join(labels[start:]) in declared:
            return ".".join(labels[start:])
    if domain and (name == domain or name.endswith("." + domain)):
        return domain
    return ".".join(labels[1:]) if len(labels) > 2 else name


def expected_records(site):
    """Records that point to the VPS, as external-dns is told to make them: (name, type) to address."""
    records = {}
    for name, via in public_names(site):
        if "relay" in via and site["kubernetes"]["external_dns"].get("endpoints"):
            records[name, "A"] = site["vps"]["address"]
            if "address6" in site["vps"] and "ipv6" not in via:
                records[name, "AAAA"] = str(ipaddress.ip_address(site["vps"]["address6"]))
    return records


def compare(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}:\n  wanted {wanted}\n  found  {found}")


def check_endpoints(folder, site, prefix):
    path, wanted = f"{folder}/external-dns-endpoints.yaml", expected_records(site)
    compare("a file of endpoints", os.path.exists(path), bool(wanted))
    if not wanted:
        return
    with open(path, encoding="utf-8") as file:
        document = yaml.load(file, Loader=Strict)
    if document["metadata"]["annotations"].get(f"{prefix}cloudflare-proxied") != "false":
        raise SystemExit("the endpoints do not pass the filter")
    found = {}
    for record in document["spec"]["endpoints"]:
        compare("proxied", record["providerSpecific"], [{"name": f"{prefix}cloudflare-proxied", "value": "false"}])
        compare("TTL", record["recordTTL"], site.get("dns", {}).get("ttl", 300))
        compare("number of targets", len(record["targets"]), 1)
        found[record["dnsName"], record["recordType"]] = record["targets"][0]
    compare("endpoints", found, wanted)


def main():
    folder, site_path = sys.argv[1:]
    with open(site_path, encoding="utf-8") as file:
        site = yaml.safe_load(file)
    with open(f"{folder}/external-dns-values.yaml", encoding="utf-8") as file:
        text = file.read()
    values, settings = yaml.load(text, Loader=Strict), site["kubernetes"]["external_dns"]
    program, chart = version(settings["version"]), version(settings.get("chart") or "1" + str(settings["version"])[1:])
    prefix = NEW_PREFIX if program >= (0, 22) else OLD_PREFIX
    compare("image", values["image"]["tag"], "v" + ".".join(map(str, (program + (0,))[:3])))
    flags = parse(arguments(values, chart), program)

    # What an object's annotation must be, for each name that external-dns makes an AAAA of; no other name passes the filter.
    wanted = {name: str("cloudflare" in via).lower() for name, via in public_names(site) if via & {"ipv6", "cloudflare"}}
    compare("annotations", {match[2]: match[1] for match in re.finditer(r'^#   "(true|false)" +(\S+)', text, re.M)}, wanted)
    zones = {zone_of(site, name) for name in list(wanted) + [name for name, _ in expected_records(site)]}
    ids = [site.get("dns", {}).get("zones", {}).get(zone, {}).get("id") for zone in zones]
    endpoints, network = settings.get("endpoints", False), site["networks"][site["kubernetes"]["network"]]["subnet"]
    sources = settings.get("sources", ["ingress"])
    compare("flags", {flag: set(given) if flag in REPEATED else given[0] for flag, given in flags.items()}, {
        "provider": "cloudflare", "policy": settings.get("policy", "upsert-only"), "registry": "txt", "events": True,
        "txt-owner-id": settings.get("owner", site["site"]), "txt-prefix": "edns-%{record_type}.",
        "source": set(sources if isinstance(sources, list) else [sources]) | ({"crd"} if endpoints else set()),
        "domain-filter": zones, "managed-record-types": {"A", "AAAA"} if endpoints else {"AAAA"},
        "annotation-filter": f"{prefix}cloudflare-proxied", "cloudflare-proxied": False, "cloudflare-dns-records-per-page": "5000",
        **({"annotation-prefix": prefix} if program >= (0, 20) else {}), **({"exclude-target-net": {network}} if endpoints else {}),
        **({"zone-id-filter": set(ids)} if all(ids) else {}),
    })
    secret = {"name": settings.get("secret", "cloudflare-api-token"), "key": settings.get("secret_key", "api-token")}
    compare("environment", values["env"], [{"name": "CF_API_TOKEN", "valueFrom": {"secretKeyRef": secret}}])
    check_endpoints(folder, site, prefix)


main()
