# fish completion for hlgen, made by 'hlgen completions fish'

# The words before the cursor that are no options and no values of options
function __hlgen_operands
	set -l value 0
	for word in (commandline -opc)[2..-1]
		if test $value = 1
			set value 0
		else if contains -- $word -o --out -k --keys -s --site -t --templates --diagnostics --confirm --example --tunnel --address --dns
			set value 1
		else if not string match -q -- '-*' $word
			echo $word
		end
	end
end

# Whether COUNT operands of COMMAND stand before the cursor
function __hlgen_at
	set -l words (__hlgen_operands)
	test (count $words) -eq (math $argv[2] + 1); and test $words[1] = $argv[1]
end

function __hlgen_in
	set -l words (__hlgen_operands)
	test (count $words) -gt 0; and test $words[1] = $argv[1]
end

function __hlgen_names
	set -l words (commandline -opc)
	set -l site site.yaml
	for i in (seq (count $words))
		if string match -q -- '--site=*' $words[$i]
			set site (string replace -- --site= '' $words[$i])
		else if contains -- $words[$i] -s --site; and test $i -lt (count $words)
			set site $words[(math $i + 1)]
		end
	end
	$words[1] completions $argv[1] --site=$site 2> /dev/null
end

complete -c hlgen -f
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a build -d 'Compile a site file into the files of all its machines.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a check -d 'Report every mistake in a site file; write nothing.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a diff -d 'Show what a build would change, with secrets masked.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a keys -d 'List the key store, import a key, make a new one, or remove one.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a qr -d 'Show a client\'s QR code in the terminal.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a show -d 'Print what hlgen knows, as JSON, without secrets.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a init -d 'Write a commented site file to start from.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a client -d 'Add a client to the site file, with the next free address.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a prefix -d 'Change the delegated IPv6 prefix in the site file, and build.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a explain -d 'Explain a diagnostic; without CODE, list all.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a schema -d 'Print the grammar of the site file.'
complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a completions -d 'Print completion rules for a shell.'
complete -c hlgen -n '__hlgen_in build' -l out -s o -x -a '(__fish_complete_directories)' -d 'where the tree is written (default: out beside SITE)'
complete -c hlgen -n '__hlgen_in build' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in build' -l templates -s t -x -a '(__fish_complete_directories)' -d 'templates that replace or extend the built-in ones'
complete -c hlgen -n '__hlgen_in build' -l redact -d 'write names instead of secrets; needs only the .pub files'
complete -c hlgen -n '__hlgen_in build' -l force -d 'overwrite files that were edited by hand'
complete -c hlgen -n '__hlgen_in build' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in build' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in build' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at build 0' -F
complete -c hlgen -n '__hlgen_in check' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in check' -l templates -s t -x -a '(__fish_complete_directories)' -d 'templates that replace or extend the built-in ones'
complete -c hlgen -n '__hlgen_in check' -l redact -d 'write names instead of secrets; needs only the .pub files'
complete -c hlgen -n '__hlgen_in check' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in check' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in check' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at check 0' -F
complete -c hlgen -n '__hlgen_in diff' -l out -s o -x -a '(__fish_complete_directories)' -d 'where the tree is written (default: out beside SITE)'
complete -c hlgen -n '__hlgen_in diff' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in diff' -l templates -s t -x -a '(__fish_complete_directories)' -d 'templates that replace or extend the built-in ones'
complete -c hlgen -n '__hlgen_in diff' -l redact -d 'write names instead of secrets; needs only the .pub files'
complete -c hlgen -n '__hlgen_in diff' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in diff' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in diff' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at diff 0' -F
complete -c hlgen -n '__hlgen_in keys' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in keys' -l site -s s -r -F -d 'the site file (default: site.yaml)'
complete -c hlgen -n '__hlgen_in keys' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in keys' -l preshared -d 'the key is a preshared key'
complete -c hlgen -n '__hlgen_in keys' -l replace -d 'replace a key that is there'
complete -c hlgen -n '__hlgen_in keys' -l confirm -x -d 'revoke: the name once more, to say that it is meant'
complete -c hlgen -n '__hlgen_in keys' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at keys 0' -a 'list import rotate revoke'
complete -c hlgen -n '__hlgen_at keys 1' -a '(__hlgen_names peers)'
complete -c hlgen -n '__hlgen_in qr' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in qr' -l site -s s -r -F -d 'the site file (default: site.yaml)'
complete -c hlgen -n '__hlgen_in qr' -l templates -s t -x -a '(__fish_complete_directories)' -d 'templates that replace or extend the built-in ones'
complete -c hlgen -n '__hlgen_in qr' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in qr' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in qr' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at qr 0' -a '(__hlgen_names clients)'
complete -c hlgen -n '__hlgen_in show' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in show' -l redact -d 'write names instead of secrets; needs only the .pub files'
complete -c hlgen -n '__hlgen_in show' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in show' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in show' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at show 0' -a 'site plan view'
complete -c hlgen -n '__hlgen_at show 1' -F
complete -c hlgen -n '__hlgen_in init' -l example -x -a 'minimal relay homelab full' -d 'what to start from (default: minimal)'
complete -c hlgen -n '__hlgen_in init' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_in client' -l site -s s -r -F -d 'the site file (default: site.yaml)'
complete -c hlgen -n '__hlgen_in client' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in client' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in client' -l tunnel -x -a 'split full both' -d 'what the client sends through the tunnel'
complete -c hlgen -n '__hlgen_in client' -l address -x -d 'its tunnel address (default: the next free one)'
complete -c hlgen -n '__hlgen_in client' -l dns -x -d 'its DNS servers while the tunnel is up'
complete -c hlgen -n '__hlgen_in client' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at client 0' -a 'add'
complete -c hlgen -n '__hlgen_in prefix' -l out -s o -x -a '(__fish_complete_directories)' -d 'where the tree is written (default: out beside SITE)'
complete -c hlgen -n '__hlgen_in prefix' -l keys -s k -x -a '(__fish_complete_directories)' -d 'the key store (default: keys beside SITE)'
complete -c hlgen -n '__hlgen_in prefix' -l site -s s -r -F -d 'the site file (default: site.yaml)'
complete -c hlgen -n '__hlgen_in prefix' -l templates -s t -x -a '(__fish_complete_directories)' -d 'templates that replace or extend the built-in ones'
complete -c hlgen -n '__hlgen_in prefix' -l redact -d 'write names instead of secrets; needs only the .pub files'
complete -c hlgen -n '__hlgen_in prefix' -l force -d 'overwrite files that were edited by hand'
complete -c hlgen -n '__hlgen_in prefix' -l strict -d 'treat warnings as errors'
complete -c hlgen -n '__hlgen_in prefix' -l diagnostics -x -a 'text json' -d 'how messages are printed'
complete -c hlgen -n '__hlgen_in prefix' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_in explain' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at explain 0' -a '(__hlgen_names codes)'
complete -c hlgen -n '__hlgen_in schema' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at schema 0' -a 'json mdoc'
complete -c hlgen -n '__hlgen_in completions' -l site -s s -r -F -d 'the site file (default: site.yaml)'
complete -c hlgen -n '__hlgen_in completions' -l help -s h -d 'show this help'
complete -c hlgen -n '__hlgen_at completions 0' -a 'bash zsh fish'
