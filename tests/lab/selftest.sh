#!/bin/bash
# Tests the lab itself: whether it leaves its machine as it was, however it is ended, whether its tools see what they should, and whether it notices failures.
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

# left MARK: processes that have the mark of a run in their environment.
left() {
	local path
	grep -slzxF "LAB_MARK=$1" /proc/[0-9]*/environ | while IFS= read -r path; do
		tr '\0' ' ' 2> /dev/null < "${path%environ}cmdline"
		echo
	done
}

# ended NAME WORK SIGNAL SECONDS RUN_WORD…: the lab works, gets a signal after a while ("": ends by itself), and is gone. WORK is a file for what it said.
ended() {
	local name=$1 work=$TEMP/$2 signal=$3 after=$4 mark=$$-$2 pid status end remaining said=
	shift 4
	# What a shell starts in the background would not hear SIGINT.
	LAB_MARK=$mark LAB_LOGS=$work.logs env --default-signal=INT "$LAB/run" "$@" > "$work" 2>&1 &
	pid=$!
	if [ -n "$signal" ]; then
		sleep "$after"
		[ -n "$(left "$mark")" ] || said="nothing ran when the signal came"
		kill -"$signal" "$pid"
	fi
	wait "$pid" 2> /dev/null
	status=$?
	case $signal:$status in
	:0 | INT:130 | KILL:137 | TERM:143) ;;
	*) said+="status $status: $(tail -n 30 "$work")" ;;
	esac
	# The kernel ends processes one by one; a house that nobody ended would be done some time, too.
	end=$((SECONDS + 5))
	while remaining=$(left "$mark") && [ -n "$remaining" ] && [ $SECONDS -lt $end ]; do
		sleep 0.1
	done
	said+=$remaining
	traces > "$work.after"
	said+=$(diff "$TEMP/before" "$work.after")
	if [ -n "$said" ]; then
		fail "lab/self $name" "$said"
	else
		pass "lab/self $name"
	fi
}

# lines NAME FILE: a program that prints lines of tests itself.
lines() {
	local said=$TEMP/$1.said status
	"$LAB/run" python "$LAB/$2" > "$said" 2>&1
	status=$?
	grep -v '^    [0-9.]* s$' "$said"
	grep -q '^FAIL ' "$said" || [ $status -eq 0 ] || fail "lab/self $2" "ended with status $status"
	grep -qE '^(ok|FAIL) ' "$said" || fail "lab/self $2" "it tested nothing"
}

# A table with a failure of every kind, and a run in which nothing runs, must end as failures.
notices() {
	local said status
	said=$(BUILD=$BUILD "$LAB/run" --site minimal --only "no such scenario" 2>&1)
	status=$?
	if [ $status -ne 1 ] || [[ $said != *"0 passed, 1 failed, 0 skipped" ]]; then
		fail "lab/self a run of nothing is a failure" "status $status" "$said"
	else
		pass "lab/self a run of nothing is a failure"
	fi
	said=$(HLGEN=/bin/false "$LAB/run" --site minimal 2>&1)
	status=$?
	if [ $status -ne 1 ] || [[ $said != *"FAIL lab/minimal the house"*"0 passed, 1 failed, 0 skipped" ]]; then
		fail "lab/self a house that does not come up is a failure" "status $status" "$said"
	else
		pass "lab/self a house that does not come up is a failure"
	fi
	said=$(CI=true HLGEN=/nowhere/hlgen "$LAB/run" 2>&1)
	status=$?
	if [ $status -ne 1 ] || [[ $said != "skip lab: needs /nowhere/hlgen"*"0 passed, 1 failed, 0 skipped" ]]; then
		fail "lab/self what cannot run is a failure when CI=true" "status $status" "$said"
	else
		pass "lab/self what cannot run is a failure when CI=true"
	fi
}

job() {
	case $1 in
	end) ended "leaves nothing when it ends" end "" 0 up homelab ;;
	kill) ended "leaves nothing after SIGKILL at work" kill KILL 4 up homelab ;;
	term) ended "leaves nothing after SIGTERM at work" term TERM 3 up minimal ;;
	int) ended "leaves nothing after SIGINT at work" int INT 1 up minimal ;;
	once) ended "leaves nothing after SIGKILL at once" once KILL 0.5 up minimal ;;
	sites-kill) ended "leaves nothing of several sites after SIGKILL" sites-kill KILL 4 ;;
	sites-term) ended "leaves nothing of several sites after SIGTERM" sites-term TERM 4 ;;
	machine) run "lab/self a machine, its power, its cables, its files" "$LAB/run" python "$LAB/machine_test.py" ;;
	notices) notices ;;
	*) lines "$1" "$1_test.py" ;;
	esac
}

why=$("$LAB/run" trouble)
if [ -n "$why" ]; then
	skip "lab/self" "$why"
	exit 0
fi
touch "$TEMP/start"
sleep 0.01
traces > "$TEMP/before"
# The longest one first; the others beside it.
[ $# -gt 0 ] || set -- translate probe cluster end kill machine term sites-kill sites-term int once notices
in_pairs job "$@"
