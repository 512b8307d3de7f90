#!/bin/bash
# Whether the lab leaves its machine as it was: no process, no mount, no interface, no rule, no file, however it is ended; and whether it notices failures.
. "$(dirname "$0")/../lib.sh"
LAB=$ROOT/tests/lab
make_temp

# Everything of this machine that the lab might touch by mistake.
traces() {
	ip -details link
	ip address show scope global | grep -v ' valid_lft '
	ip route show table all | sed 's/ expires [0-9]*sec//' | sort
	nft list ruleset 2> /dev/null
	sysctl -a 2> /dev/null | grep -E '^net\.(ipv4|ipv6)\.conf\.(all|default)\.'
	sort /proc/self/mounts
	find /etc /usr/bin /usr/sbin /run /dev/log -newer "$TEMP/start" ! -type d -printf '%p %s\n' 2> /dev/null | grep -v '^/etc/ld.so.cache ' | sort
	stat -c '%n %a %Y' /etc/wireguard /etc/nginx /etc/ufw /etc/systemd/system /usr/bin/systemctl 2> /dev/null
}

# Processes that have the mark of this run in their environment.
left() {
	local path
	grep -slzxF "LAB_MARK=$mark" /proc/[0-9]*/environ | while IFS= read -r path; do
		tr '\0' ' ' 2> /dev/null < "${path%environ}cmdline"
		echo
	done
}

# ended NAME SIGNAL SECONDS: the lab is brought up, gets a signal after a while ("": ends by itself), and is gone.
ended() {
	local name=$1 signal=$2 after=$3 pid status end remaining said=
	mark=$$-$RANDOM
	LAB_MARK=$mark LAB_LOGS=$TEMP/logs "$LAB/run" up "$ROOT/examples/${4:-homelab}.yaml" > "$TEMP/said" 2>&1 &
	pid=$!
	if [ -n "$signal" ]; then
		sleep "$after"
		[ -n "$(left)" ] || said="nothing ran when the signal came"
		kill -"$signal" "$pid"
	fi
	wait "$pid" 2> /dev/null
	status=$?
	[ -n "$signal" ] || [ $status -eq 0 ] || said="status $status: $(tail -n 30 "$TEMP/said")"
	# The kernel ends processes one by one; a house that nobody ended would be done some time, too.
	end=$((SECONDS + 5))
	while remaining=$(left) && [ -n "$remaining" ] && [ $SECONDS -lt $end ]; do
		sleep 0.1
	done
	said+=$remaining
	traces > "$TEMP/after"
	said+=$(diff "$TEMP/before" "$TEMP/after")
	if [ -n "$said" ]; then
		fail "lab/self $name" "$said"
	else
		pass "lab/self $name"
	fi
}

why=$("$LAB/run" trouble)
if [ -n "$why" ]; then
	skip "lab/self" "$why"
	exit 0
fi
touch "$TEMP/start"
sleep 0.01
traces > "$TEMP/before"
ended "leaves nothing when it ends" "" 0
ended "leaves nothing after SIGKILL at work" KILL 4
ended "leaves nothing after SIGTERM at work" TERM 3
ended "leaves nothing after SIGINT at work" INT 1 minimal
ended "leaves nothing after SIGKILL at once" KILL 0.5 minimal
run "lab/self a machine, its power, its cables, its files" "$LAB/run" python "$LAB/machine_test.py"
