"""A pod on a node, as its kubelet runs it: the container's own root, read-only where it says so, its user, its volumes, and SIGTERM to process 1."""
import contextlib
import os
import signal
import subprocess
import time

from machine import Failed, children

PODS, ACCOUNT = "/run/pods", "/var/run/secrets/kubernetes.io/serviceaccount"
# The image: sh, awk and curl of this machine, and nothing that can be written. $1: where; the lines on standard input: mounts, "KIND SOURCE TARGET".
PREPARE = r"""
set -e
root=$1
mkdir -p "$root"
mount -t tmpfs -o mode=755 pod "$root"
for top in bin sbin lib lib64; do ln -s "usr/$top" "$root/$top"; done
mkdir -p "$root/usr" "$root/etc" "$root/dev" "$root/proc"
cp -a /etc/alternatives /etc/ld.so.cache "$root/etc"
for top in usr dev; do mount --rbind "/$top" "$root/$top"; done
mount -o remount,bind,ro "$root/usr"
mount -t proc proc "$root/proc"
while read -r kind source target; do
    mkdir -p "$root$target"
    case $kind in
    empty) mount -t tmpfs -o mode=1777 pod "$root$target" ;;
    *) mount --bind "$source" "$root$target"; mount -o remount,bind,ro "$root$target" ;;
    esac
done < "$2"
[ "$3" = rw ] || mount -o remount,ro "$root"
shift 3
exec chroot "$root" "$@"
"""


class Pod:
    """`spec` is that of the template of a Deployment with one container; `configs`: the data of the ConfigMaps of its namespace, by name; `account`:
    {file name: text} of its service account; `environment`: what every container gets."""

    def __init__(self, machine, name, spec, configs, account, environment):
        self.machine, self.name, self.spec = machine, name, spec
        (self.container,) = spec["containers"]
        self.folder, self.daemon = f"{PODS}/{name}", None
        self.environment = dict(environment)
        for one in self.container.get("env", []):
            if "value" not in one:
                raise Failed(f"pod {name}: the lab has no value for {one}")
            self.environment[one["name"]] = one["value"]
        self.start(configs, account)

    def security(self, key, otherwise=None):
        """Of the container, else of the pod."""
        return (self.container.get("securityContext") or {}).get(key, (self.spec.get("securityContext") or {}).get(key, otherwise))

    def start(self, configs, account):
        if not self.spec.get("hostNetwork"):
            raise Failed(f"pod {self.name}: the lab has only the node's own network")
        user, group = self.security("runAsUser", 100), self.security("runAsGroup", 101)
        mounts = [f"bind {self.files('account', account, 0o400, user)} {ACCOUNT}"]
        volumes = {one["name"]: one for one in self.spec.get("volumes", [])}
        for one in self.container.get("volumeMounts", []):
            volume = volumes[one["name"]]
            if "configMap" in volume:
                words = volume["configMap"]
                source = self.files(one["name"], configs[words["name"]], words.get("defaultMode", 0o644))
                mounts.append(f"bind {source} {one['mountPath']}")
            elif "emptyDir" in volume:
                mounts.append(f"empty - {one['mountPath']}")
            else:
                raise Failed(f"pod {self.name}: the lab has no such volume: {volume}")
        self.machine.write(f"{self.folder}/mounts", "\n".join(mounts) + "\n")
        command = [*self.container.get("command", []), *self.container.get("args", [])]
        capabilities = [] if "ALL" in ((self.security("capabilities") or {}).get("drop") or []) else None
        if capabilities is None or user == 0 or self.security("allowPrivilegeEscalation", True):
            raise Failed(f"pod {self.name}: the lab runs only what has no privileges")
        variables = [f"{key}={value}" for key, value in {"PATH": "/usr/bin:/bin", "HOSTNAME": self.name, **self.environment}.items()]
        self.daemon = self.machine.start(
            "unshare", "--mount", "--pid", "--fork", "sh", "-c", PREPARE, "pod", f"{self.folder}/root", f"{self.folder}/mounts",
            "ro" if self.security("readOnlyRootFilesystem") else "rw",
            "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all",
            "env", "--ignore-environment", *variables, *command)

    def files(self, name, texts, mode, owner=0):
        """A folder of the node with some files."""
        for key, text in texts.items():
            self.machine.write(f"{self.folder}/{name}/{key}", text, mode)
            os.chown(self.machine.path(f"{self.folder}/{name}/{key}"), owner, owner)
        return f"{self.folder}/{name}"

    def account(self):
        """{file name: text} of its service account."""
        return {name: self.machine.read(f"{self.folder}/account/{name}") for name in ("ca.crt", "namespace", "token")}

    def running(self):
        return self.daemon.poll() is None

    def process(self):
        """Process 1 of the pod, as the lab numbers it; below nsenter and unshare."""
        below = [number for middle in children(self.daemon.pid) for number in children(middle)]
        return below[0] if below else None

    def end(self):
        """As `kubectl delete pod`: the seconds that it took to end, which are its grace period when it does not listen."""
        begin = time.monotonic()
        for number, patience in ((signal.SIGTERM, self.spec.get("terminationGracePeriodSeconds", 30)), (signal.SIGKILL, 5)):
            if not self.running():
                break
            # To the process itself: with another user it no longer dies with its parent. None: it ends just now.
            with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
                process = self.process()
                if process:
                    os.kill(process, number)
                self.daemon.wait(patience)
        if self.running():
            raise Failed(f"pod {self.name} does not end")
        return time.monotonic() - begin
