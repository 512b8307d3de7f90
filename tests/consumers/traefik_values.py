#!/usr/bin/python3
"""Reads values for Traefik's Helm chart as that release of the chart does, and compares what comes out with the site file:
traefik_values.py VALUES SITE

Helm ignores keys that a chart does not know, so here each key must be one that the templates of that release read (charts
18.0.0 to 41.3.0). What is expected is worked out from the site file anew, without hlgen's plan."""
import ipaddress
import sys

import yaml

from helm_values import Strict, version

# Entry points that every release brings along: port of the service, port of the pod, TLS.
BUILT_IN = {"web": (80, 8000, False), "websecure": (443, 8443, True)}
POD_PORTS = {8000, 8080, 8443, 9000, 9100}


def known_keys(chart):
    """What the templates of this release read, of all that hlgen writes; a type is a value, a map is a map."""
    port = {"port": int, "exposedPort": int, "protocol": str, "proxyProtocol": {"trustedIPs": list},
            "http3": {"enabled": bool, "advertisedPort": int}}
    port["expose"] = {"default": bool} if chart >= (27,) else bool
    if chart >= (28,):
        port["asDefault"] = bool
    if chart >= (39,):
        port["http"] = {"tls": {"enabled": bool}}
    else:
        port["tls"] = {"enabled": bool}
    return {"service": {"spec": {"externalTrafficPolicy": str, "ipFamilyPolicy": str, "ipFamilies": list}}, "ports": {None: port}}


def check_keys(value, known, path=""):
    if not isinstance(known, dict):
        if type(value) is not known:
            raise SystemExit(f"{path} is {value!r}, which is no {known.__name__}")
        return
    if not isinstance(value, dict):
        raise SystemExit(f"{path} is {value!r}, which is no map")
    for key, inner in value.items():
        if key not in known and None not in known:
            raise SystemExit(f"this release of the chart does not know {path}.{key}")
        check_keys(inner, known.get(key, known.get(None)), f"{path}.{key}")


def read_entry_points(values, chart):
    """Entry points as Traefik gets them: port of the service, TLS, default, whom it believes, HTTP/3."""
    ports = values.get("ports", {})
    entries, pod_ports = {}, set()
    for name in sorted(set(ports) | set(BUILT_IN)):
        section = ports.get(name, {})
        outside, inside, tls = BUILT_IN.get(name, (None, None, False))
        said = section.get("http", {}) if chart >= (39,) else section
        entries[name] = {
            "port": section.get("exposedPort", outside), "tls": said.get("tls", {}).get("enabled", tls),
            "trusted": set(section.get("proxyProtocol", {}).get("trustedIPs", [])), "default": section.get("asDefault", False),
            "http3": section.get("http3", {}).get("enabled", None), "advertised": section.get("http3", {}).get("advertisedPort"),
        }
        if name in BUILT_IN:
            continue
        if section.get("expose") not in (True, {"default": True}):
            raise SystemExit(f"entry point {name} is not on the service")
        inside = section.get("port")
        if inside in POD_PORTS or inside in pod_ports or not 1024 < inside < 65536:
            raise SystemExit(f"port {inside} of the pod is taken, or needs rights that the pod does not have")
        pod_ports.add(inside)
    # Routers that name no entry point: where some entry point is marked, on the marked ones, else on all of them.
    if not any(entry["default"] for entry in entries.values()):
        for entry in entries.values():
            entry["default"] = True
    outside = [entry["port"] for entry in entries.values()]
    if len(set(outside)) != len(outside):
        raise SystemExit(f"two ports of the service are the same: {outside}")
    return entries


def relays(site):
    """The relay's ways to the ingress: port of the service and the listen's section."""
    ingress = site["kubernetes"]["ingress"]
    own = ingress.get("entry_point", {})
    for section in site.get("relay", {}).values():
        host, _, port = str(section.get("to", "")).rpartition(":")
        if host in ("ingress", ingress["address"]):
            yield own["port"] if port == own.get("name") else int(port), section


def expected(site):
    kubernetes, tunnel = site["kubernetes"], site["tunnel"]
    ingress, own = kubernetes["ingress"], kubernetes["ingress"].get("entry_point", {})
    hub = tunnel.get("address") or str(next(ipaddress.ip_network(tunnel["network"]).hosts()))
    tcp = [(port, section) for port, section in relays(site) if section.get("protocol", "tcp") == "tcp"]
    udp = [section for _, section in relays(site) if section.get("protocol", "tcp") == "udp"]
    local = "cilium" not in kubernetes or version(kubernetes["cilium"]["version"]) >= (1, 20, 2)
    trusted = {f"{hub}/32"}
    if not local:
        nodes = {f"{node['address']}/32" for node in kubernetes.get("nodes", {}).values()}
        trusted |= nodes or {site["networks"][kubernetes["network"]]["subnet"]}
        trusted |= {kubernetes["pod_network"]} if "pod_network" in kubernetes else set()
    entries = {name: {"port": port, "tls": tls, "default": True} for name, (port, _, tls) in BUILT_IN.items()}
    if own:
        entries[own["name"]] = {"port": own["port"], "tls": True, "default": False}
    for entry in entries.values():
        ways = [section for port, section in tcp if port == entry["port"]]
        entry["trusted"] = trusted if any(section.get("proxy_protocol") for section in ways) else set()
        public = {section["listen"] for section in ways} & {section["listen"] for section in udp}
        entry["http3"] = bool(public) if ways and entry["tls"] else None
        entry["advertised"] = min(public) if public and entry["tls"] else None
    proxied = any(entry["trusted"] for entry in entries.values())
    return ingress["chart"], entries, ("Local" if local else "Cluster") if proxied else None


def main():
    values_path, site_path = sys.argv[1:]
    with open(site_path, encoding="utf-8") as file:
        site = yaml.safe_load(file)
    with open(values_path, encoding="utf-8") as file:
        values = yaml.load(file, Loader=Strict)
    chart, entries, policy = expected(site)
    chart = version(chart)
    umbrella = site["kubernetes"]["ingress"].get("umbrella")
    if umbrella:
        if list(values) != [umbrella]:
            raise SystemExit(f"beside {umbrella} there are {', '.join(values)}")
        values = values[umbrella]
    check_keys(values, known_keys(chart))
    for name, entry in read_entry_points(values, chart).items():
        if entry != entries.get(name):
            raise SystemExit(f"entry point {name}:\n  wanted {entries.get(name)}\n  found  {entry}")
        del entries[name]
    if entries:
        raise SystemExit(f"there is no entry point {', '.join(entries)}")
    service = values.get("service", {}).get("spec", {})
    found = service.get("externalTrafficPolicy")
    if found != policy:
        raise SystemExit(f"the traffic policy is {found}, wanted {policy}")
    kubernetes = site["kubernetes"]
    dual = "ipv6" in kubernetes.get("ip_families", []) and "address6" in kubernetes["ingress"]
    if service.get("ipFamilyPolicy") != ("PreferDualStack" if dual else None):
        raise SystemExit(f"the service's ipFamilyPolicy is {service.get('ipFamilyPolicy')}")


main()
