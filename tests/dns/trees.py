"""Builds trees from site files, and prints tests the way tests/lib.sh describes."""
import json
import os
import pathlib
import subprocess
import tempfile
import traceback

HLGEN, ROOT = os.environ["HLGEN"], pathlib.Path(os.environ["ROOT"])
VPS, VPS6, INGRESS, INGRESS6 = "203.0.113.10", "2001:db8:17:1::1", "10.30.0.99", "2a0d:5600:abcd:30::200"

SITE = """site: cabin
domain: example.org
vps: {{ address: 203.0.113.10{vps6} }}
tunnel: {{ network: 10.100.0.0/24 }}
router: {{ version: "7.24", address: 10.100.0.2 }}
networks:
  lan: {{ vlan: 30, subnet: 10.30.0.0/24 }}
ipv6: {{ delegated_length: 56{prefix} }}
kubernetes:
  network: lan
  ip_families: [ipv4, ipv6]
  cilium: {{ version: 1.19.6, pool: 10.30.0.100-10.30.0.120 }}
  ingress: {{ address: 10.30.0.99, address6: "::200" }}
{external_dns}relay:
  https: {{ listen: 443, to: ingress:443, names: any }}
services: {services}
dns: {dns}
clients:
  phone: {{ address: 10.100.0.10 }}
"""


def site(services, dns=None, vps6=True, prefix="2a0d:5600:abcd::/56", external_dns=False):
    """A site file; services and dns as Python values (JSON is YAML)."""
    return SITE.format(services=json.dumps(services), dns=json.dumps(dns or {}), vps6=f', address6: "{VPS6}"' if vps6 else "",
                       prefix=f', prefix: "{prefix}"' if prefix else "",
                       external_dns="  external_dns: { version: 0.22.0 }\n" if external_dns else "")


FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="dns-", dir=os.environ["TEMP"]))
COUNT = iter(range(1, 10000))


def build(text):
    """The tree of a site file's text."""
    number = next(COUNT)
    file, tree = FOLDER / f"{number}.yaml", FOLDER / str(number)
    file.write_text(text, encoding="utf-8")
    options = ["--templates", os.environ["DNS_TEMPLATES"]] if os.environ.get("DNS_TEMPLATES") else []
    subprocess.run([HLGEN, "build", *options, "--keys", FOLDER / "keys", "-o", tree, file], check=True, stdin=subprocess.DEVNULL,
                   capture_output=True, text=True)
    return tree


def wanted(tree):
    """cloudflare.json of a tree, or None."""
    file = tree / "dns/cloudflare.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def records(tree):
    """(zone, name, type, content, ttl, proxied) of all records in cloudflare.json."""
    found = []
    for zone in (wanted(tree) or {"zones": []})["zones"]:
        for record in zone["records"]:
            found.append((zone["name"], record["name"], record["type"], record["content"], record["ttl"], record["proxied"]))
    return found


def attempt(function, *arguments):
    """The troubles that a test returns, or raises."""
    try:
        return function(*arguments)
    except subprocess.CalledProcessError as error:
        return [str(error), *(error.stderr or "").splitlines()]
    except Exception:  # pylint: disable=broad-exception-caught
        return traceback.format_exc().splitlines()


def report(name, troubles):
    """One line for a test, and what is wrong below it."""
    print(f"FAIL {name}" if troubles else f"ok {name}")
    for trouble in troubles[:25]:
        print(f"    {trouble}")
    print(end="", flush=True)


def run_test(name, function, *arguments):
    """Both."""
    report(name, attempt(function, *arguments))
