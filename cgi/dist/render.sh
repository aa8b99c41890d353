# shellcheck shell=bash
# Fills the @NAME@ places of a configuration template from the shell variables
# CONF_NAME. Sourced by otklik-run and otklik-install.

render() { # TEMPLATE OUT
	local name text value
	text=$(<"$1")
	for name in $(grep -oE '@[A-Z_]+@' "$1" | tr -d @ | sort -u); do
		value=CONF_$name
		[ -n "${!value+set}" ] || {
			echo "$1: @$name@: nothing is known to put there" >&2
			return 1
		}
		# quoted: & and \ stand for themselves
		text=${text//"@$name@"/"${!value}"}
	done
	# Not for others: Janus' file holds the token secret.
	(umask 077 && printf '%s\n' "$text" >"$2.new")
	mv "$2.new" "$2"
}
