#!/bin/bash
# hlgen: makes the DNS records of site hill at Cloudflare what cloudflare.json beside this file says. Needs curl and jq.
#
#     read -rs CLOUDFLARE_API_TOKEN && export CLOUDFLARE_API_TOKEN
#     dns/cloudflare.sh --check
#     dns/cloudflare.sh
#
# It owns the A and AAAA records whose comment is "hlgen:hill" (words of yours may follow it), and touches no other: not yours,
# not external-dns's. All zones are read before the first change; the changes of a zone are one call, done as a whole or not at all
# (more than 200 are several calls; those of one name stay together). Run twice, it does nothing.
set +x # a trace would show the token
set -uo pipefail
export LC_ALL=C
umask 077

usage() {
	cat <<-'END'
		usage: cloudflare.sh [--check] [--take-over] [--zone NAME]...

		  (nothing)    make the records what cloudflare.json says
		  --check      only print the difference
		  --take-over  change or remove also what somebody else made at these names, where it is in the way;
		               never what external-dns made
		  --zone NAME  only this zone

		Environment:
		  CLOUDFLARE_API_TOKEN  token with "Zone > DNS > Edit" for these zones, and "Zone > Zone > Read" unless the zone's id is
		                        known: from `dns.zones` in the site file, or from
		  CLOUDFLARE_ZONE_ID    the id of the one zone
		  CLOUDFLARE_API        another address of the API, for tests: https, or http on this machine

		Status:
		  0  the records are right
		  1  --check: there is a difference
		  2  called in a wrong way, or a program is missing
		  3  Cloudflare refused, or could not be reached
		  4  something of somebody else's is in the way: that name was left alone, the others are right (--check: or would become so)
		  5  too many requests: try again later
	END
}

# ---- Cloudflare's API (developers.cloudflare.com/api)

# A terminal that is gone must not end the run between two zones.
say() { printf '%s\n' "$*" 2>/dev/null || true; }
# die STATUS WORDS
die() {
	local status=$1
	shift
	printf 'cloudflare.sh: %s\n' "$*" >&2 2>/dev/null || true
	if [[ $writing ]]; then
		printf 'cloudflare.sh: whether this call changed something is not known: run it again, it begins with what is there\n' >&2
	fi
	if [[ $changed ]]; then
		printf 'cloudflare.sh: changed before that:%s\n' "$changed" >&2
	elif [[ -z $writing && $status -ne 2 ]]; then
		printf 'cloudflare.sh: nothing was changed\n' >&2
	fi
	exit "$status"
}

# The token leaves the environment, so that no other program gets it; curl reads it from a pipe, because a command line is visible to all.
take_token() {
	token=${CLOUDFLARE_API_TOKEN-}
	unset CLOUDFLARE_API_TOKEN
	[[ $token ]] || die 2 "CLOUDFLARE_API_TOKEN is not set: see --help"
	[[ $token =~ ^[A-Za-z0-9._-]+$ ]] || die 2 "CLOUDFLARE_API_TOKEN holds a character that no token has (a blank, a quote, a line end?)"
	api=${CLOUDFLARE_API:-https://api.cloudflare.com/client/v4}
	api=${api%/}
	case $api in
	https://*) protocol='=https' ;;
	http://127.0.0.1:* | http://localhost:* | "http://[::1]:"*) protocol='=http' ;;
	*) die 2 "CLOUDFLARE_API must begin with https://: the token would be readable on the way" ;;
	esac
}

# holds FILTER: true for the answer. Not by jq's own status, which is 0 for an empty answer.
holds() { [[ $(jq "$1" "$work/answer" 2>/dev/null) == true ]]; }
# Text of an answer, fit for a terminal.
words() { tr -c '[:print:]\n' '?' | head -c 1000; }

# refused CODE: the API answered, but not with success.
refused() {
	local code=$1 text wait
	if [[ $code == 429 ]]; then
		wait=$(sed -n 's/^[Rr]etry-[Aa]fter:[[:space:]]*\([0-9][0-9]*\).*$/\1/p' "$work/headers" | tail -n 1)
		writing=''
		die 5 "$doing: too many requests (HTTP 429): try again in ${wait:-300} seconds"
	fi
	if holds 'type == "object" and has("success")'; then
		text=$(jq -r '[.errors[]? | recurse(.error_chain[]?) | "error \(.code): \(.message)"] | join("; ")' "$work/answer" 2>/dev/null | words)
		writing=''
	else
		text="no answer of the API: $(head -n 1 "$work/answer" 2>/dev/null | head -c 120 | words)"
	fi
	case $code in
	401 | 403) text+=" (does the token hold Zone > DNS > Edit for this zone, and is it still valid here?)" ;;
	esac
	die 3 "$doing: HTTP $code, ${text:-no reason given}"
}

# api METHOD PATH [BODY]: leaves the answer in $work/answer, and ends the run unless it is a success.
api() {
	local code body=()
	doing="$1 ${2%%\?*}"
	[[ $# -lt 3 ]] || body=(--header 'Content-Type: application/json' --data-binary "@$3")
	[[ $1 == GET ]] || writing=yes
	: >"$work/headers"
	: >"$work/answer"
	code=$(printf 'header = "Authorization: Bearer %s"\n' "$token" |
		curl --disable --config - --silent --show-error --globoff --proto "$protocol" --connect-timeout 10 --max-time 60 --request "$1" \
			${body[@]+"${body[@]}"} --dump-header "$work/headers" --output "$work/answer" --write-out '%{http_code}' --url "$api$2" \
			2>"$work/trouble") || die 3 "$doing: $(words <"$work/trouble")"
	if [[ $code != 200 ]] || ! holds 'type == "object" and .success == true'; then
		refused "$code"
	fi
	writing=''
}

# read_records ID FILE: all records of the zone, page by page, one a line.
read_records() {
	local page count total=-1 read=0 size=100
	: >"$2"
	for ((page = 1; ; page++)); do
		api GET "/zones/$1/dns_records?per_page=$size&page=$page"
		jq -c '.result[]' "$work/answer" >>"$2" 2>/dev/null || refused 200
		total=$(jq '.result_info.total_count // -1' "$work/answer")
		count=$(($(wc -l <"$2") - read))
		read=$((read + count))
		[[ $count -gt 0 && $read -ne $total && ($total -ge 0 || $count -eq $size) ]] || break
	done
	[[ $total -lt 0 || $read -eq $total ]] || die 3 "$read of the zone's $total records came: did it change meanwhile? try again"
	jq -es '(map(.id) | unique | length) == length' "$2" >/dev/null || die 3 "the zone changed while it was read: try again"
}

# ---- what to do

batch_limit=200 # operations in one call; on paid plans it is 3500

# Compares a zone's records with the wanted ones, name by name. Gives
#   lines  the difference, for people
#   left   what is in the way and not hlgen's, for people
#   calls  {deletes, patches, posts} for each call: Cloudflare does them in that order
# The input is all records that Cloudflare has; $wanted[0] is cloudflare.json.
# shellcheck disable=SC2016 # jq's own variables
plan_program='
$wanted[0].owner as $owner | ($wanted[0].zones[] | select(.name == $name)) as $zone |

def owned: (.type | IN("A", "AAAA")) and ((.comment // "") | . == $owner or startswith($owner + " ") or startswith($owner + ":"));
def equals($other): (.content | ascii_downcase) == ($other.content | ascii_downcase) and .proxied == $other.proxied;
def value: .content + (if .proxied then " proxied" else " ttl \(.ttl)" end);
def show: "\(.name) \(.type) " + value;
def past: if owned then "" else ", not ours until now" end;
def tame: gsub("[[:cntrl:]]"; "?");
def by_name: map(select(.name)) | group_by(.name) | map({key: .[0].name, value: .}) | from_entries;

# The TXT record by which external-dns knows a record as its own: "edns-aaaa.photos", "aaaa-photos", "photos-aaaa", or "photos".
def below_zone: if . == $zone.name then "" else .[:(length - ($zone.name | length) - 1)] end;
def registers($record):
	($record.name | below_zone) as $local | (.name | below_zone) as $text |
	(if $local == "" then [$text, ""] else ($text | index($local)) as $at |
		if $at == null then null else [$text[:$at], $text[$at + ($local | length):]] end end) as $rest |
	$rest != null and ($rest[0] | . == "" or $local == "" or test("[-.]$")) and ($rest[1] | . == "" or test("^[-.]")) and
	($rest | add | . == "" or test("(^|[^a-z])" + ($record.type | ascii_downcase) + "([^a-z]|$)"));
def registered($texts): . as $record | any($texts[]; registers($record));

# Why a record of somebody else cannot stand beside the wanted ones of its name; empty when it can.
def obstacle($wanted; $own):
	. as $record | ($wanted | map(select(.type == $record.type))) as $same |
	if ($wanted | length) == 0 then empty
	elif .type == "CNAME" then "a name with a CNAME has no other record"
	elif .type == "NS" and .name != $zone.name then "the name is delegated to other servers"
	elif (.type | IN("A", "AAAA")) | not then empty
	elif any($wanted[]; .proxied != $record.proxied) then
		"one proxied address makes Cloudflare proxy all of the name"
	elif ($same | length) == 0 then empty
	elif ($own | map(select(.type == $record.type)) | length) == 0 and equals($same[0]) then empty
	else "visitors would get either address" end;

def plan_name($name; $wanted; $there; $texts):
	($there | map(select(owned))) as $own |
	[$there[] | select(owned | not) | . as $r | {record: $r, why: obstacle($wanted; $own)} |
		.taken = ($take_over and (.record.type != "NS") and (.record | registered($texts) | not))] as $obstacles |
	if any($obstacles[]; .taken | not) then
		{left: [$obstacles[] | select(.taken | not) |
			"\($name): left alone, because of its \(.record.type) \(.record.content), which is not ours: \(.why)"]}
	else
		($own + ($obstacles | map(.record))) as $mine |
		[$there[] | select(owned | not) | select(.id as $id | any($mine[]; .id == $id) | not)] as $others |
		reduce ("A", "AAAA", "CNAME") as $type ({};
			($wanted | map(select(.type == $type))[0]) as $want |
			($mine | map(select(.type == $type))) as $have |
			($have | map(select($want != null and owned and equals($want) and .ttl == $want.ttl))[0]) as $right |
			if $want == null then .deletes += $have
			elif $right then .deletes += [$have[] | select(.id != $right.id)]
			elif ($have | length) > 0 then .deletes += $have[1:] | .patches += [{from: $have[0], to: $want}]
			elif any($others[]; .type == $type and equals($want)) then .
			else .posts += [$want] end)
	end;

# A name is not split over two calls.
def size: (.deletes | length) + (.patches | length) + (.posts | length);
def into_calls: reduce (.[] | select(size > 0)) as $name ([];
	if length > 0 and (.[-1] | size) + ($name | size) <= $limit
	then .[:-1] + [.[-1] | .deletes += $name.deletes | .patches += $name.patches | .posts += $name.posts]
	else . + [$name | {deletes: (.deletes // []), patches: (.patches // []), posts: (.posts // [])}] end);

map(.name |= ascii_downcase | .proxied = (.proxied // false)) | by_name as $there | ($zone.records | by_name) as $wanted |
map(select(.type == "TXT" and (.content | contains("heritage=external-dns")))) as $texts |
[($zone.records[].name), (.[] | select(owned) | .name)] | unique | map(plan_name(.; $wanted[.] // []; $there[.] // []; $texts)) |
{
	lines: [.[] | (.deletes // [] | .[] | "- " + show + past), (.patches // [] | .[] | "~ \(.from | show) -> \(.to | value)\(.from | past)"),
		(.posts // [] | .[] | "+ " + show) | tame],
	left: [.[] | .left // [] | .[] | tame],
	calls: (into_calls | map({
		deletes: (.deletes | map({id})),
		patches: (.patches | map(.to + {id: .from.id} + (if (.from | owned) then {} else {comment: $owner} end))),
		posts: (.posts | map(. + {comment: $owner}))
	}))
} | (.lines | map(.[:1])) as $signs | .counts = if $signs == [] then "nothing to do" else [["+", "new"], ["~", "changed"], ["-", "removed"]] |
	map(.[0] as $sign | "\($signs | map(select(. == $sign)) | length) \(.[1])") | join(", ") end
'

plan_zone() { # NAME
	local stranger
	# With a wrong id, new names would be made below a zone that is somebody else's.
	stranger=$(jq -rs --arg zone "$1" '[.[].name | ascii_downcase | select(. != $zone and (endswith("." + $zone) | not))][0] // ""' \
		"$work/$1.records")
	[[ -z $stranger ]] || die 3 "$(<"$work/$1.id") is not the id of zone '$1': that zone has '$(words <<<"$stranger")'"
	jq -s --slurpfile wanted "$wanted" --arg name "$1" --argjson limit "$batch_limit" --argjson take_over "$take_over" \
		"$plan_program" "$work/$1.records" >"$work/$1.plan" ||
		die 3 "the records of zone '$1' cannot be compared: the API's answer has another form than documented"
}

# The API makes names below the zone whatever is asked for: what it says it made must be what was asked for.
check_made() { # NAME
	local other
	other=$(jq -r --slurpfile body "$work/body" '($body[0].posts // [] | map(.name)) as $asked |
		[.result.posts // [] | .[].name | ascii_downcase | select(. as $name | $asked | index([$name]) | not)][0] // ""' \
		"$work/answer" 2>/dev/null | words)
	[[ -z $other ]] || die 3 "Cloudflare made '$other' instead of a name that was asked for: is the zone id of '$1' right?"
}

# ---- the run

# zone_id NAME: from the environment, from the site file, or looked up.
zone_id() {
	local id
	if [[ $given_id ]]; then
		id=$given_id
	else
		id=$(jq -r --arg name "$1" '.zones[] | select(.name == $name) | .id // ""' "$wanted")
	fi
	if [[ -z $id ]]; then
		api GET "/zones?name=$1&per_page=50"
		id=$(jq -r --arg name "$1" '[.result[] | select(.name == $name) | .id] | join(" ")' "$work/answer")
		[[ $id ]] || die 3 "the token sees no zone '$1': it needs Zone > Zone > Read and Zone > DNS > Edit for it;" \
			"if these names lie in another zone, list that one under 'dns: zones:' in the site file"
		[[ $id != *' '* ]] || die 3 "there are several zones '$1': give the id of the right one under 'dns: zones:' in the site file"
	fi
	[[ $id =~ ^[A-Za-z0-9_-]+$ ]] || die 3 "'$id' is no zone id"
	printf '%s\n' "$id" >"$work/$1.id"
}

# Reads a zone and finds out what to do in it.
look_at() { # NAME
	zone_id "$1"
	read_records "$(<"$work/$1.id")" "$work/$1.records"
	plan_zone "$1"
	jq -r --arg zone "$1" '"\($zone): \(.counts)", .lines[]' "$work/$1.plan"
	jq -r '.left[]' "$work/$1.plan" >"$work/$1.left"
	cat -- "$work/$1.left" >&2
	[[ ! -s $work/$1.left ]] || left=yes
	[[ $(jq '.calls | length' "$work/$1.plan") -eq 0 ]] || differs=yes
}

change() { # NAME
	local calls call=0
	calls=$(jq '.calls | length' "$work/$1.plan")
	[[ $calls -gt 0 ]] || return 0
	[[ $calls -eq 1 ]] || say "$1: more than $batch_limit changes, in $calls calls"
	for ((call = 0; call < calls; call++)); do
		jq -c --argjson call "$call" '.calls[$call] | with_entries(select(.value | length > 0))' "$work/$1.plan" >"$work/body"
		api POST "/zones/$(<"$work/$1.id")/dns_records/batch" "$work/body"
		check_made "$1"
		changed="$changed $1"
	done
	say "$1: done"
}

check='' take_over=false only=() differs='' left='' changed='' writing='' doing=''
while [[ $# -gt 0 ]]; do
	case $1 in
	--check) check=yes ;;
	--take-over) take_over=true ;;
	--zone)
		[[ ${2-} ]] || { usage >&2; exit 2; }
		only+=("${2,,}")
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done

for program in curl jq; do
	command -v "$program" >/dev/null || die 2 "$program is missing: apt install $program"
done
folder=$(CDPATH='' cd -- "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 2
wanted=$folder/cloudflare.json
jq -e '.owner and .zones' "$wanted" >/dev/null 2>&1 || die 2 "cannot read $wanted: copy it together with this script"
mapfile -t zones < <(jq -r '.zones[].name' "$wanted")
for name in ${only[@]+"${only[@]}"}; do
	[[ " ${zones[*]} " == *" $name "* ]] || die 2 "there is no zone '$name' in cloudflare.json (there are: ${zones[*]})"
done
[[ ${#only[@]} -eq 0 ]] || mapfile -t zones < <(printf '%s\n' "${only[@]}" | sort -u)
given_id=${CLOUDFLARE_ZONE_ID-}
[[ -z $given_id || ${#zones[@]} -eq 1 ]] ||
	die 2 "CLOUDFLARE_ZONE_ID is the id of one zone, and there are ${#zones[@]}: add --zone NAME, or unset it"
take_token
work=$(mktemp -d) || exit 2
trap 'rm -rf -- "$work"' EXIT
trap 'exit 130' INT TERM

for zone in ${zones[@]+"${zones[@]}"}; do
	look_at "$zone"
done
if [[ -z $check ]]; then
	for zone in ${zones[@]+"${zones[@]}"}; do
		change "$zone"
	done
fi
[[ -z $left ]] || exit 4
[[ -z $check || -z $differs ]] || exit 1
