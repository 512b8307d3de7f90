# bash completion for hlgen, made by 'hlgen completions bash'

_hlgen_offer() {
	local line
	while IFS= read -r line; do
		COMPREPLY+=("$line")
	done
}

# What may stand under the cursor: KIND WORDS
_hlgen_kind() {
	case $1 in
	words) _hlgen_offer < <(compgen -W "$2" -- "$cur") ;;
	clients | peers | codes)
		_hlgen_offer < <(compgen -W "$("${COMP_WORDS[0]}" completions "$1" ${site:+"--site=$site"} 2> /dev/null)" -- "$cur")
		;;
	folder)
		compopt -o filenames 2> /dev/null
		_hlgen_offer < <(compgen -d -- "$cur")
		;;
	site)
		compopt -o filenames 2> /dev/null
		_hlgen_offer < <(compgen -f -- "$cur")
		;;
	esac
}

# The value of OPTION
_hlgen_value() {
	case $1 in
	-o | --out) [ -n "${2:-}" ] || _hlgen_kind folder ;;
	-k | --keys) [ -n "${2:-}" ] || _hlgen_kind folder ;;
	-s | --site) [ -n "${2:-}" ] || _hlgen_kind site ;;
	-t | --templates) [ -n "${2:-}" ] || _hlgen_kind folder ;;
	--diagnostics) [ -n "${2:-}" ] || _hlgen_kind words 'text json' ;;
	--confirm) [ -n "${2:-}" ] || _hlgen_kind none ;;
	--example) [ -n "${2:-}" ] || _hlgen_kind words 'minimal relay homelab full' ;;
	--tunnel) [ -n "${2:-}" ] || _hlgen_kind words 'split full both' ;;
	--address) [ -n "${2:-}" ] || _hlgen_kind none ;;
	--dns) [ -n "${2:-}" ] || _hlgen_kind none ;;
	*) return 1 ;;
	esac
}

_hlgen() {
	local cur=${COMP_WORDS[COMP_CWORD]} options='' words='' first='' second='' site='' option='' word i count=0
	local all='build check diff keys qr show init client prefix explain schema completions'
	COMPREPLY=()
	case ${COMP_WORDS[1]} in
	build) options='--out --keys --templates --redact --force --strict --diagnostics --help' first=site second=none ;;
	check) options='--keys --templates --redact --strict --diagnostics --help' first=site second=none ;;
	diff) options='--out --keys --templates --redact --strict --diagnostics --help' first=site second=none ;;
	keys) options='--keys --site --diagnostics --preshared --replace --confirm --help' first=words second=peers words='list import rotate revoke' ;;
	qr) options='--keys --site --templates --strict --diagnostics --help' first=clients second=none ;;
	show) options='--keys --redact --strict --diagnostics --help' first=words second=site words='site plan view' ;;
	init) options='--example --help' first=none second=none ;;
	client) options='--site --strict --diagnostics --tunnel --address --dns --help' first=words second=none words='add' ;;
	prefix) options='--out --keys --site --templates --redact --force --strict --diagnostics --help' first=none second=none ;;
	explain) options='--help' first=codes second=none ;;
	schema) options='--help' first=words second=none words='json mdoc' ;;
	completions) options='--site --help' first=words second=none words='bash zsh fish' ;;
	esac
	if [ "$COMP_CWORD" -eq 1 ]; then
		_hlgen_kind words "$all"
		return
	fi
	for ((i = 2; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [ "$word" = = ]; then
			continue
		elif [ -n "$option" ]; then
			case $option in
			-s | --site) site=$word ;;
			esac
			option=''
		elif _hlgen_value "$word" ask; then
			option=$word
		elif [ "${word#-}" = "$word" ]; then
			count=$((count + 1))
		fi
	done
	[ "$cur" != = ] || cur=''
	if [ -n "$option" ]; then
		_hlgen_value "$option"
	elif [ "${cur#-}" != "$cur" ]; then
		_hlgen_kind words "$options"
	elif [ "$count" -eq 0 ]; then
		_hlgen_kind "$first" "$words"
	elif [ "$count" -eq 1 ]; then
		_hlgen_kind "$second"
	fi
}

complete -F _hlgen hlgen
