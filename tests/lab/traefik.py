"""What Traefik makes of the values that hlgen wrote for its chart: its entry points, with which names each serves and whose PROXY headers it believes."""
import os
from dataclasses import dataclass

# The chart's own values of the entry points that its service has, as far as the lab needs them.
CHART = {"web": {"port": 8000, "exposedPort": 80, "expose": {"default": True}, "protocol": "TCP"},
         "websecure": {"port": 8443, "exposedPort": 443, "expose": {"default": True}, "protocol": "TCP", "tls": {"enabled": True}}}


@dataclass(frozen=True)
class Entry:
    name: str
    port: int           # of the service
    tls: bool
    default: bool       # routers that name no entry point are attached to it
    trusted: tuple      # networks whose PROXY headers are believed


def over(old, new):
    """Values laid over others, as Helm does it."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: over(old.get(key), value) for key, value in new.items()}}


def entries(tree):
    """Those that the service has, with the tree's values; without such a file the chart's own."""
    import yaml                                     # pylint: disable=import-outside-toplevel # only a house with a cluster needs it
    path, given = f"{tree}/kubernetes/traefik-values.yaml", {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            given = yaml.safe_load(file) or {}
    ports = over(CHART, given.get("ports") or {})
    # Without a mark on any of them, all are default.
    marked = [name for name, one in ports.items() if one.get("asDefault")]
    found = []
    for name, one in ports.items():
        if (one.get("expose") or {}).get("default") and one.get("protocol", "TCP") == "TCP":
            # Where releases of the chart keep it.
            tls = one.get("tls") or (one.get("http") or {}).get("tls") or {}
            proxy = one.get("proxyProtocol") or {}
            trusted = ("0.0.0.0/0", "::/0") if proxy.get("insecure") else tuple(proxy.get("trustedIPs") or ())
            found.append(Entry(name, one.get("exposedPort") or one["port"], bool(tls.get("enabled")), not marked or name in marked, trusted))
    return found
