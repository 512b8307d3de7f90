#!/bin/bash
# Reads every QR code back with zbarimg (PNG, SVG, and on screens of dark and light terminals) and compares it with the client's file.
. "$(dirname "$0")/../lib.sh"
make_temp

# The text of a file without comments, empty lines and blanks: what a code must carry, byte for byte.
essence() {
	sed -e 's/#.*//' -e 's/[[:blank:]]//g' -e '/^$/d' "$1"
}

# check_code NAME PICTURE CONF [OPTION]: OPTION is for zbarimg.
check_code() {
	if ! zbarimg --raw -q -Sdisable -Sqrcode.enable ${4:+"$4"} "$2" > "$TEMP/read" 2>"$TEMP/said"; then
		fail "$1" "zbarimg reads nothing" "$(cat "$TEMP/said")"
		return
	fi
	# zbarimg ends each code with a newline of its own.
	{ essence "$3"; echo; } > "$TEMP/wanted"
	if ! cmp -s "$TEMP/read" "$TEMP/wanted"; then
		fail "$1" "the code carries something else than the file" "$(sed 's/[A-Za-z0-9+\/]\{43\}=/KEY/g' "$TEMP/read")"
	else
		pass "$1"
	fi
}

# check_screen NAME CONF THEME [OPTION]…: the picture of the terminal's text on a screen of that theme. Without colours a light theme shows
# the code inverted, which cameras of today's phones read.
check_screen() {
	local name=$1 conf=$2 theme=$3 inverted=()
	shift 3
	[ "$theme" = dark ] || { [ "${1-}" = --colours ] || inverted=(-Stest-inverted); set -- "$@" --light; }
	if ! "$PYTHON" "$ROOT/tests/consumers/terminal_picture.py" "$@" "$TEMP/terminal" "$TEMP/terminal.pgm" >"$TEMP/said" 2>&1; then
		fail "$name, $theme" "$(cat "$TEMP/said")"
	else
		check_code "$name, $theme" "$TEMP/terminal.pgm" "$conf" "${inverted[@]}"
	fi
}

label=$1 tree=$2 site=$3 keys=$4
for conf in "$tree"/clients/*.conf; do
	[ -e "$conf" ] || continue
	client=$(basename "$conf" .conf)
	name="consumers/qr $label: $client"
	if ! grep -q '^PrivateKey' "$conf"; then
		if [ -e "${conf%.conf}.png" ] || [ -e "${conf%.conf}.svg" ]; then
			fail "$name" "has a picture although its private key is unknown"
		elif "$HLGEN" qr --keys "$keys" --site "$site" "$client" >/dev/null 2>&1 </dev/null; then
			fail "$name" "hlgen qr shows a code although the private key is unknown"
		else
			pass "$name (no code without a private key)"
		fi
		continue
	fi
	if ! have zbarimg; then
		skip "$name" "needs zbar-tools"
		continue
	fi
	check_code "$name.png" "${conf%.conf}.png" "$conf"
	if have rsvg-convert; then
		if rsvg-convert --zoom 4 --background-color white -o "$TEMP/svg.png" "${conf%.conf}.svg" 2>"$TEMP/said"; then
			check_code "$name.svg" "$TEMP/svg.png" "$conf"
		else
			fail "$name.svg" "$(cat "$TEMP/said")"
		fi
	else
		skip "$name.svg" "needs librsvg2-bin"
	fi
	"$HLGEN" qr --keys "$keys" --site "$site" "$client" > "$TEMP/terminal" 2>"$TEMP/said" </dev/null
	status=$?
	if [ $status -ne 0 ]; then
		fail "$name on a pipe" "exit $status" "$(cat "$TEMP/said")"
	else
		check_screen "$name on a pipe" "$conf" dark
		check_screen "$name on a pipe" "$conf" light
	fi
	if have script; then
		# With a terminal: colours say which module is dark.
		command=$(printf '%q ' "$HLGEN" qr --keys "$keys" --site "$site" "$client")
		TERM=xterm-256color script -qec "stty cols 200; $command 2>/dev/null" /dev/null </dev/null > "$TEMP/terminal" 2>&1
		check_screen "$name on a terminal" "$conf" dark --colours
		check_screen "$name on a terminal" "$conf" light --colours
	else
		skip "$name on a terminal" "needs script(1)"
	fi
done
