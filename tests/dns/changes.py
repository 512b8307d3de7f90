#!/usr/bin/python3
"""What cloudflare.sh changes and what it leaves alone, against a server that speaks the documented API."""
import json

from api import Zone
from scenario import BASIC, BASIC_STATE, ID2, OWNER, Server, differs, lacks, record, run, run_all, state, tree_of
from trees import INGRESS, INGRESS6, VPS, VPS6


def test_create():
    """Into an empty zone: one call; afterwards nothing to do, and no call that writes."""
    with Server() as s:
        folder = tree_of(BASIC)
        out, _, troubles = run(s.api, folder, "--check", status=1)
        troubles += lacks(out, "example.org: 7 new, 0 changed, 0 removed", f"+ grafana.example.org AAAA {INGRESS6} proxied")
        troubles += ["--check wrote"] if s.api.writes() or s.zone.records else []
        troubles += run(s.api, folder)[2] + differs(s.zone, *BASIC_STATE)
        troubles += [] if len(s.api.writes()) == 1 else [f"{len(s.api.writes())} calls that write"]
        out, _, more = run(s.api, folder)
        troubles += more + lacks(out, "nothing to do") + run(s.api, folder, "--check")[2]
        troubles += [] if len(s.api.writes()) == 1 else ["a run with nothing to do wrote"]
        return troubles + s.complaints()


def test_change():
    """Another address, another TTL, another way, a name less: patches keep the records' ids, and the rest goes."""
    with Server() as s:
        troubles = run(s.api, tree_of(BASIC))[2]
        ids = {(r["name"], r["type"]): r["id"] for r in s.zone.records}
        folder = tree_of({"photos": {"via": "ipv6"}, "grafana": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}},
                         prefix="2a0d:5600:ffff::/56", dns={"ttl": 600})
        other = "2a0d:5600:ffff:30::200"
        out, _, more = run(s.api, folder)
        troubles += more + lacks(out, f"~ photos.example.org AAAA {VPS6} ttl 300 -> {other} ttl 600", f"- inside.example.org A {INGRESS} ttl 300")
        troubles += differs(s.zone, record("photos", "AAAA", other, ttl=600), record("grafana", "A", VPS, ttl=600),
                            record("grafana", "AAAA", VPS6, ttl=600), record("both", "A", VPS, ttl=600), record("both", "AAAA", other, ttl=600))
        for r in s.zone.records:
            if (r["name"], r["type"]) in ids and ids[r["name"], r["type"]] != r["id"]:
                troubles.append(f"{r['name']} was made anew instead of changed")
        troubles += [] if len(s.api.writes()) == 2 else ["not one call"]
        return troubles + run(s.api, folder, "--check")[2] + s.complaints()


def test_delete_all():
    """The last name of a listed zone is removed."""
    with Server() as s:
        troubles = run(s.api, tree_of({"photos": {"via": "relay"}}))[2]
        out, _, more = run(s.api, tree_of({}, dns={"zones": {"example.org": {}}}))
        return troubles + more + lacks(out, "0 new, 0 changed, 2 removed") + differs(s.zone) + s.complaints()


def test_foreign():
    """Records of others stay byte for byte: other names, other types, other sites, external-dns's, and comments that only begin alike."""
    with Server() as s:
        add = s.zone.add
        add("MX", "example.org", "mail.example.org")
        add("TXT", "photos.example.org", "v=spf1 -all")
        add("CAA", "photos.example.org", "0 issue letsencrypt.org")
        add("A", "old.example.org", VPS, comment="made by hand")
        add("A", "cabin2.example.org", VPS, comment="hlgen:cabin2")
        add("A", "shed.example.org", VPS, comment="hlgen:shed")
        add("TXT", "note.example.org", "hlgen", comment=OWNER)
        add("CNAME", "www.example.org", "example.org", proxied=True)
        add("AAAA", "apps.example.org", INGRESS6, proxied=True)
        add("TXT", "edns-aaaa.apps.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        add("NS", "lab.example.org", "ns.example.net")
        add("AAAA", "both.example.org", INGRESS6, comment="external-dns")
        before = json.dumps(s.zone.records, sort_keys=True)
        kept = len(s.zone.records)
        folder = tree_of({"photos": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}}, external_dns=True)
        troubles = run(s.api, folder)[2]
        troubles += [] if json.dumps(s.zone.records[:kept], sort_keys=True) == before else ["a foreign record was changed"]
        made = [(r["name"], r["type"]) for r in s.zone.records[kept:]]
        asked = [("both.example.org", "A"), ("photos.example.org", "A"), ("photos.example.org", "AAAA")]
        troubles += [] if sorted(made) == asked else [f"made {made}"]
        return troubles + run(s.api, folder, "--check")[2] + s.complaints()


def test_own_words():
    """Words of the owner's behind the mark: still hlgen's, and they stay. Duplicates of hlgen's own go."""
    with Server() as s:
        s.zone.add("A", "photos.example.org", "203.0.113.99", comment=f"{OWNER} do not proxy")
        s.zone.add("A", "photos.example.org", "203.0.113.98", comment=OWNER)
        s.zone.add("A", "gone.example.org", VPS, comment=f"{OWNER}: old")
        troubles = run(s.api, tree_of({"photos": {"via": "relay"}}, vps6=False))[2]
        return troubles + differs(s.zone, record("photos", "A", VPS, comment=f"{OWNER} do not proxy")) + s.complaints()


def obstacle(kind, content, **more):
    """A foreign record at photos.example.org: that name is left alone, the other is made, the status is 4."""
    with Server() as s:
        s.zone.add(kind, "photos.example.org", content, **more)
        left = state(s.zone)
        folder = tree_of({"photos": {"via": "relay"}, "other": {"via": "relay"}})
        _, err, troubles = run(s.api, folder, "--check", status=4)
        troubles += lacks(err, "photos.example.org: left alone", content)
        troubles += run(s.api, folder, status=4)[2]
        troubles += differs(s.zone, *left, record("other", "A", VPS), record("other", "AAAA", VPS6))
        writes = len(s.api.writes())
        troubles += run(s.api, folder, status=4)[2] + ([] if len(s.api.writes()) == writes else ["the second run wrote"])
        return troubles + s.complaints()


def test_in_the_way():
    """A CNAME, another address, a proxied address of the other family, a delegation."""
    return obstacle("CNAME", "tunnel.cfargotunnel.com", proxied=True) + obstacle("A", "198.51.100.7") + \
        obstacle("AAAA", "2001:db8:99::1", proxied=True) + obstacle("NS", "ns.example.net")


def test_proxied_beside():
    """A proxied AAAA of external-dns beside a relayed A would proxy the relay: it is said, also when hlgen's record is there already."""
    with Server() as s:
        folder = tree_of({"photos": {"via": ["relay", "ipv6"]}}, external_dns=True)
        troubles = run(s.api, folder)[2]
        s.zone.add("AAAA", "photos.example.org", INGRESS6, proxied=True)
        _, err, more = run(s.api, folder, status=4)
        return troubles + more + lacks(err, "one proxied address makes Cloudflare proxy all of the name") + s.complaints()


def test_right_already():
    """A record by hand that says the same is no obstacle, and stays its maker's."""
    with Server() as s:
        s.zone.add("A", "photos.example.org", VPS, ttl=120, comment="by hand")
        before = state(s.zone)
        out, _, troubles = run(s.api, tree_of({"photos": {"via": "relay"}}, vps6=False))
        return troubles + lacks(out, "nothing to do") + differs(s.zone, *before)


def test_take_over():
    """--take-over: what is in the way becomes hlgen's or goes, in one call; what external-dns registered stays."""
    with Server() as s:
        add = s.zone.add
        add("CNAME", "grafana.example.org", "tunnel.cfargotunnel.com", proxied=True)
        add("A", "photos.example.org", "198.51.100.7", comment="by hand")
        add("A", "photos.example.org", "198.51.100.8")
        add("AAAA", "both.example.org", "2001:db8:99::1", proxied=True)
        add("A", "old.example.org", "198.51.100.9")
        add("TXT", "photos.example.org", "text")
        add("AAAA", "apps.example.org", "2001:db8:99::2")
        add("TXT", "edns-aaaa.apps.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        add("AAAA", "docs.example.org", "2001:db8:99::3")
        add("TXT", "aaaa-docs.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        add("A", "wiki.example.org", "198.51.100.10")
        add("TXT", "edns-aaaa.wiki.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        stays = [r for r in state(s.zone) if r[1] == "TXT" or r[0].split(".")[0] in ("old", "apps", "docs")]
        folder = tree_of({name: {"via": "relay"} for name in ("grafana", "photos", "apps", "docs", "wiki")} | {"both": {"via": ["relay", "ipv6"]}})
        out, err, troubles = run(s.api, folder, "--take-over", status=4)
        troubles += lacks(out, "- grafana.example.org CNAME tunnel.cfargotunnel.com proxied, not ours until now")
        troubles += lacks(err, "apps.example.org: left alone", "docs.example.org: left alone")
        troubles += differs(s.zone, *stays, *(record(name, "A", VPS) for name in ("grafana", "photos", "wiki", "both")),
                            *(record(name, "AAAA", VPS6) for name in ("grafana", "photos", "wiki")), record("both", "AAAA", INGRESS6))
        troubles += [] if len(s.api.writes()) == 1 else ["not one call"]
        return troubles + run(s.api, folder, status=4)[2] + s.complaints()


def test_exact_page():
    """As many records as a page holds, and none at all: no endless loop, nothing missed."""
    with Server() as s:
        for i in range(100):
            s.zone.add("A", f"host{i}.example.org", VPS)
        troubles = run(s.api, tree_of(BASIC))[2]
        return troubles + ([] if len(s.zone.records) == 107 else ["not all was made"]) + s.complaints()


def test_many():
    """More than 200 changes go in several calls, and no name is split over two."""
    with Server() as s:
        folder = tree_of({"first": {"via": "private"}} | {f"n{i:03}": {"via": "relay"} for i in range(150)})
        out, _, troubles = run(s.api, folder)
        sizes = [sum(map(len, json.loads(body).values())) for body in s.api.writes()]
        troubles += lacks(out, "in 2 calls") + ([] if sizes == [199, 102] else [f"calls of {sizes}"])
        for body in s.api.writes():
            names = [r["name"] for r in json.loads(body)["posts"]]
            troubles += [f"{name} is split" for name in set(names) if names.count(name) != 2 and not name.startswith("first.")]
        return troubles + ([] if len(s.zone.records) == 301 else ["not all was made"]) + run(s.api, folder, "--check")[2] + s.complaints()


def test_two_zones():
    """Each zone its own lookup and call; ids from the site file; --zone; an error in the second leaves the first alone."""
    second = Zone("example.net", ID2)
    with Server(second) as s:
        services = {"photos": {"via": "relay"}, "blog": {"host": "www.example.net", "via": "relay"}}
        folder = tree_of(services, vps6=False)
        troubles = run(s.api, folder, "--zone", "example.net")[2] + ([] if len(second.records) == 1 and not s.zone.records else ["--zone"])
        troubles += run(s.api, folder)[2] + differs(s.zone, record("photos", "A", VPS)) + s.complaints()
        _, err, more = run(s.api, folder, "--zone", "example.com", status=2)
        troubles += more + lacks(err, "there is no zone 'example.com'")
        # The second of two zones cannot be read: the first is not written either.
        services["cloud"] = {"host": "example.net", "via": "relay"}
        del s.api.zones["example.org"]
        writes = len(s.api.writes())
        _, err, more = run(s.api, tree_of(services, vps6=False), status=3)
        troubles += more + lacks(err, "no zone 'example.org'", "dns: zones:", "nothing was changed")
        return troubles + ([] if len(s.api.writes()) == writes else ["it wrote before all zones were read"])


if __name__ == "__main__":
    run_all(globals())
