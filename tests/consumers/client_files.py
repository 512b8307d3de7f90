#!/usr/bin/python3
"""Compares the files of all clients with the site file: client_files.py LABEL TREE SITE.json (the output of `hlgen show site`).

Every app's reader must take every file and see the same tunnel in it, and that tunnel must be what the site file asks for, no more.
Prints one line per file as tests/lib.sh describes; exit 1 when one failed."""
import ipaddress
import json
import pathlib
import re
import sys

from client_readers import READERS, Refused

ANY_KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
EVERYTHING = ["0.0.0.0/0", "::/0"]


def wanted_files(site):
    """What each file is to be: name to (client, full)."""
    files = {}
    for name, client in site.get("clients", {}).items():
        if client["enabled"]:
            files[name] = (client, client["tunnel"] == "full")
            if client["tunnel"] == "both":
                files[f"{name}-full"] = (client, True)
    return files


def inside(address, networks):
    address = ipaddress.ip_network(address)
    return any(address.version == network.version and address.subnet_of(network) for network in networks)


def own_addresses(client, site):
    return [client["address"]] + ([client["address6"]] if "network6" in site["tunnel"] else [])


def must_hold(name, client, site):
    """Prefixes that a split tunnel has to send to the hub, as far as words of the site file say it."""
    tunnel, clients = site["tunnel"], site["clients"]
    yield from [tunnel["address"]] + ([tunnel["address6"]] if "network6" in tunnel else [])
    for word in client["reach"]:
        if word in site.get("networks", {}):
            yield site["networks"][word]["subnet"]
        elif word in clients and clients[word]["enabled"]:
            yield from own_addresses(clients[word], site)
    for other in clients.values():
        if other["enabled"] and name in other["reach"]:
            yield from own_addresses(other, site)


def read(name, text):
    """The tunnel as all apps see it, or the reasons why one does not."""
    seen = {}
    for app, reader in READERS.items():
        try:
            seen[app] = reader(name, text)
        except Refused as why:
            yield f"{app} refuses it: {why}"
            return
    if any(tunnel != seen["android"] for tunnel in seen.values()):
        yield f"the apps see different tunnels: {seen}"
        return
    yield seen["android"]


def compare(name, client, full, tunnel, site):
    if len(tunnel["peers"]) != 1:
        yield f"{len(tunnel['peers'])} peers"
        return
    peer = tunnel["peers"][0]
    pairs = {
        "addresses": (own_addresses(client, site), [str(address.ip) for address in tunnel["addresses"]]),
        "host prefixes": (True, all(address.network.num_addresses == 1 for address in tunnel["addresses"])),
        "dns": (client["dns"], [str(server) for server in tunnel["dns"]]),
        "search": (client["search"], tunnel["search"]),
        "mtu": (client["mtu"], tunnel["mtu"]),
        "keepalive": (client["keepalive"], peer["keepalive"]),
        "preshared key": (site["tunnel"]["preshared_keys"], peer["preshared_key"] is not None),
        "endpoint": ((site["vps"]["address"], site["tunnel"]["port"]), peer["endpoint"]),
    }
    for what, (wanted, got) in pairs.items():
        if wanted != got:
            yield f"{what}: the site says {wanted}, the file {got}"
    allowed = [address.network for address in peer["allowed_ips"]]
    if any(address.ip != address.network.network_address for address in peer["allowed_ips"]):
        yield "an allowed prefix with host bits"
    if full != ([str(network) for network in allowed] == EVERYTHING):
        yield f"a {'full' if full else 'split'} tunnel with AllowedIPs = {allowed}"
    if not full:
        yield from (f"the file leaves out {prefix}" for prefix in must_hold(name, client, site) if not inside(prefix, allowed))
    yield from (f"DNS server {server} is private and outside AllowedIPs" for server in tunnel["dns"]
                if server.is_private and not inside(str(server), allowed))


def check_conf(name, client, full, folder, site):
    text = (folder / f"{name}.conf").read_text(encoding="utf-8")
    if "public_key" in client:
        # The gap is filled as the owner fills it.
        text = re.sub(r"(?m)^# PrivateKey = .*$", f"PrivateKey = {ANY_KEY}", text, count=1)
    words = set(re.findall(r"(?m)^(\w+) *=", text)) - {"PrivateKey", "Address", "PublicKey", "Endpoint", "AllowedIPs"}
    optional = {"DNS": client["dns"], "MTU": client["mtu"], "PersistentKeepalive": client["keepalive"], "PresharedKey": site["tunnel"]["preshared_keys"]}
    if words != {key for key, value in optional.items() if value}:
        yield f"the optional keys are {sorted(words)}"
    for seen in read(name, text):
        if isinstance(seen, str):
            yield seen
        else:
            yield from compare(name, client, full, seen, site)
    pictures = {suffix for suffix in ("png", "svg") if (folder / f"{name}.{suffix}").exists()}
    if pictures != (set() if "public_key" in client else {"png", "svg"}):
        yield f"its pictures are {sorted(pictures)}"


def check_pairs(files, folder):
    """Two files of one device differ in what they send, and in nothing else that a program reads."""
    for name in files:
        if name.endswith("-full") and name[:-5] in files:
            texts = [re.sub(r"(?m)#.*$|^AllowedIPs.*$", "", (folder / f"{file}.conf").read_text(encoding="utf-8")) for file in (name[:-5], name)]
            if texts[0].split() != texts[1].split():
                yield f"{name} differs from {name[:-5]} in more than AllowedIPs"


def check_hub(tree, site):
    """One peer for each device, whatever number of files; who has a full tunnel may go out, and nobody else."""
    clients = [client for client in site.get("clients", {}).values() if client["enabled"]]
    peers = (tree / "vps/etc/wireguard/wg0.conf").read_text(encoding="utf-8").count("[Peer]")
    if peers != len(clients) + ("router" in site):
        yield f"the hub has {peers} peers"
    if site["vps"]["firewall"] == "none":
        return
    chain = re.search(r"(?ms)^\tchain full \{.*?^\t\}", (tree / "vps/etc/hlgen/vps.nft").read_text(encoding="utf-8"))
    out = {word for word in re.findall(r"[0-9.]+", chain[0])} if chain else set()
    for client in clients:
        if (client["address"] in out) != (client["tunnel"] != "split"):
            yield f"{client['address']} has tunnel {client['tunnel']}, and the hub's rules say otherwise"


def main():
    label, tree = sys.argv[1], pathlib.Path(sys.argv[2])
    site = json.loads(pathlib.Path(sys.argv[3]).read_text(encoding="utf-8"))
    folder, files, failed = tree / "clients", wanted_files(site), False
    there = {path.stem for path in folder.iterdir()} if folder.exists() else set()
    results = {"all files": [f"wanted {sorted(files)}, there are {sorted(there)}"] if there != set(files) else []}
    for name, (client, full) in files.items():
        if name in there:
            results[name] = list(check_conf(name, client, full, folder, site))
    if there == set(files):
        results["pairs"] = list(check_pairs(files, folder))
    results["the hub"] = list(check_hub(tree, site))
    for what, errors in results.items():
        failed = failed or bool(errors)
        print(f"{'FAIL' if errors else 'ok'} consumers/client files {label}: {what}")
        for error in errors:
            print(f"    {error}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
