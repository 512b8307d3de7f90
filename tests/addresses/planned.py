"""Asks hlgen for the plan of a site, and prints lines as tests/lib.sh describes."""
import json
import os
import subprocess

SITE = """site: table
vps: {{ address: 203.0.113.10 }}
tunnel: {{ network: 10.100.0.0/24 }}
router: {{ version: "7.23.1", address: 10.100.0.2 }}
networks:
{networks}
ipv6: {{ delegated_length: {length}{prefix} }}
kubernetes:
  network: servers
  ip_families: [ipv4, ipv6]
{kubernetes}
"""


def site(networks, kubernetes, length=56, prefix=None):
    """The text of a site file; networks and the cluster's keys are lines of YAML."""
    return SITE.format(networks="\n".join("  " + line for line in networks), kubernetes="\n".join("  " + line for line in kubernetes),
                       length=length, prefix=f', prefix: "{prefix}"' if prefix else "")


def ask(text):
    """(plan or None, what hlgen said)."""
    path = os.path.join(os.environ["TEMP"], "site.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    done = subprocess.run([os.environ["HLGEN"], "show", "plan", "--keys", os.path.join(os.environ["TEMP"], "keys"), path],
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None, done.stderr


def plan(text):
    found, said = ask(text)
    if found is None:
        raise SystemExit(f"hlgen show plan:\n{said}\n{text}")
    return found


def report(name, problems):
    print("FAIL" if problems else "ok", "addresses/" + name)
    for problem in problems[:20]:
        print("    " + problem)
