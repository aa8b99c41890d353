# shellcheck shell=bash
# Supervision: a private runsvdir over $OTKLIK_STATE/sv. Every process below
# it is told by the kernel to end when its parent does, so a kill -9 of any of
# them leaves nothing running. Sourced by otklik-run.

services=()
network=() # the simulated one's
: "${root:?}"

service() { # NAME COMMAND...
	local dir=$OTKLIK_STATE/sv/$1 log=$OTKLIK_STATE/log/$1 name=$1
	shift
	services+=("$name")
	mkdir -p "$dir/log" "$log"
	touch "$dir/down" # started in order by `up`
	: >"$dir/starts"
	# A session of its own, so `finish` can end what it leaves behind.
	cat >"$dir/run" <<-END
		#!/bin/sh
		exec 2>&1
		echo '--- start'
		cd '$root' || exit 1
		echo >>'$dir/starts'
		echo \$\$ >'$dir/group'
		exec setsid setpriv --pdeathsig TERM $*
	END
	cat >"$dir/finish" <<-END
		#!/bin/sh
		kill -s KILL -- "-\$(cat '$dir/group')" 2>/dev/null
		exit 0
	END
	cat >"$dir/log/run" <<-END
		#!/bin/sh
		exec setpriv --pdeathsig TERM svlogd -tt '$log'
	END
	printf 's2000000\nn5\n' >"$log/config"
	chmod +x "$dir/run" "$dir/finish" "$dir/log/run"
}

define_services() {
	local sv=$OTKLIK_STATE/sv run=$OTKLIK_STATE/run etc=$OTKLIK_STATE/etc
	local old name
	service mariadb mariadbd "--defaults-file=$etc/my.cnf"
	# -P holds even if janus.jcfg cannot be read.
	service janus janus -F "$etc/janus" -P "$etc/janus/plugins"
	service pages env OTKLIK_POOL=pages spawn-fcgi -n -s "$run/pages.sock" \
		-M 0660 -- /usr/bin/multiwatch -f "$OTKLIK_WORKERS" -- \
		build/cgi/otklik-pages
	service bulk env OTKLIK_POOL=bulk spawn-fcgi -n -s "$run/bulk.sock" \
		-M 0660 -- /usr/bin/multiwatch -f 1 -- build/cgi/otklik-pages
	service jobs build/cgi/otklik-jobs
	service nginx nginx -e stderr -p "$OTKLIK_STATE" -c "$etc/nginx.conf"
	[ "$OTKLIK_SIM" = 0 ] || network+=(pstn)
	[ -z "$OTKLIK_SIM_LINE" ] || network+=(registrar pstn2)
	for name in "${network[@]}"; do
		service "$name" tests/fake/pstn "${name/pstn/serve}"
	done

	for old in "$sv"/*; do
		name=${old##*/}
		[[ " ${services[*]} " == *" $name "* ]] || rm -rf "$old"
	done
}

# What a killed supervisor's children still hold: they are on their way out.
await_old() {
	local lock
	for lock in "$OTKLIK_STATE"/sv/*/supervise/lock \
		"$OTKLIK_STATE"/sv/*/log/supervise/lock; do
		[ ! -e "$lock" ] || flock -w 60 "$lock" true || {
			echo "$lock is held by another process" >&2
			exit 1
		}
	done
}

start_supervisor() {
	local name names i vars=(HOME="${HOME:-/}" LANG=C.UTF-8)
	vars+=(PATH="$root/cgi/dist/sv:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
	names=$(compgen -e OTKLIK_)
	for name in $names; do
		vars+=("$name=${!name}")
	done

	rm -rf "$OTKLIK_STATE"/sv/*/supervise "$OTKLIK_STATE"/sv/*/log/supervise
	env -i "${vars[@]}" setsid setpriv --pdeathsig HUP \
		runsvdir -P "$OTKLIK_STATE/sv" </dev/null 9>&- &
	supervisor=$!
	for name in "${services[@]}"; do
		for ((i = 0; i < 500; i++)); do
			! sv status "$OTKLIK_STATE/sv/$name" >/dev/null || break
			pause
		done
	done
}

pause() {
	# without a process: a read that nobody answers
	read -r -t 0.02 <> <(:) || true
}

up() { # NAME...
	local name
	for name; do
		sv up "$OTKLIK_STATE/sv/$name" >/dev/null
	done
}

down() { # SECONDS NAME...
	local seconds=$1 dirs=() name
	shift
	for name; do
		[ ! -d "$OTKLIK_STATE/sv/$name/supervise" ] ||
			dirs+=("$OTKLIK_STATE/sv/$name")
	done
	[ ${#dirs[@]} -eq 0 ] ||
		sv -w "$seconds" force-stop "${dirs[@]}" >/dev/null 2>&1 || true
}

starts() {
	wc -l <"$OTKLIK_STATE/sv/$1/starts"
}

# Waits for a check to succeed; a service that keeps ending is not waited for.
await() { # SECONDS SERVICE WHAT COMMAND...
	local end=$((SECONDS + $1)) name=$2 what=$3
	shift 3
	until "$@" 2>/dev/null; do
		if ((SECONDS >= end)) || (($(starts "$name") > 2)); then
			fail "$name" "$what"
		fi
		pause
	done
}

fail() { # SERVICE WHAT
	local log=$OTKLIK_STATE/log/$1/current
	echo "not ready: $2" >&2
	echo "from $log:" >&2
	# What stands out of this start, else how it ended.
	cut -d' ' -f2- "$log" | awk '/^--- start/ {n = 0} {line[n++] = $0}
		END {for (i = 0; i < n; i++) print line[i]}' |
		awk '/ERR|FATAL|WARN|rror|emerg/ {if (bad++ < 15) print}
		{last[NR % 10] = $0}
		END {if (!bad) for (i = NR - 9; i <= NR; i++) print last[i % 10]}' >&2
	exit 1
}

stop_all() {
	local name lock
	trap '' INT TERM HUP
	[ -n "${supervisor-}" ] || return 0
	# Who talks to the outside first, who keeps the data last.
	down 5 "${network[@]}" nginx
	down 15 janus
	down 10 pages bulk jobs
	down 60 mariadb
	kill -HUP "$supervisor" 2>/dev/null || true
	wait "$supervisor" 2>/dev/null || true
	for lock in "$OTKLIK_STATE"/sv/*/supervise/lock \
		"$OTKLIK_STATE"/sv/*/log/supervise/lock; do
		flock -w 10 "$lock" true || true
	done
	supervisor=
}
