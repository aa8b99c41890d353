#!/bin/bash
# `make install` into a machine of its own (overlays over /etc and /usr/local,
# a namespace of its own): the units are well-formed, and their commands, each
# as the user its unit names, come up behind nginx. systemd itself does not
# run here; the commands are taken from the unit files.
# limit: 120 s

set -euo pipefail
cd "$(dirname "$0")/../.."

if [ "$(id -u)" != 0 ]; then
	echo "ok - make install # SKIP users can be made by root only"
	exit 0
fi
if [ "${1-}" != inside ]; then
	exec unshare --mount --propagation private tests/lab/ns.sh "$0" inside
fi

unset TMPDIR # the lab's is root's alone
units=/usr/local/lib/systemd/system
state=/var/lib/otklik
tmp=$(mktemp -d)
mount -t tmpfs tmpfs "$tmp"
trap 'umount -l "$tmp"; rmdir "$tmp"' EXIT
for d in etc usr/local; do
	mkdir -p "$tmp/up/$d" "$tmp/scratch/$d"
	mount -t overlay overlay \
		-o "lowerdir=/$d,upperdir=$tmp/up/$d,workdir=$tmp/scratch/$d" "/$d"
done
mkdir -p "$state"
mount -t tmpfs -o mode=755 tmpfs "$state"

check() { # NAME COMMAND...
	local name=$1
	shift
	if "$@" >"$tmp/out" 2>&1; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/# /' "$tmp/out" | tail -n 40
		exit 1
	fi
}

value() { # UNIT KEY
	sed -n "s/^$2=//p" "$units/$1.service"
}

# A unit's command as its user; Restart and the like are systemd's.
unit() { # NAME
	local user
	user=$(value "$1" User)
	(
		set -a
		. /etc/otklik/otklik.env
		set +a
		export OTKLIK_STATE=$state OTKLIK_WORKERS=2
		umask 007
		cd "$(value "$1" WorkingDirectory || true)"
		args=()
		[ "$1" != otklik-nginx ] || args=(--inh-caps +net_bind_service \
			--ambient-caps +net_bind_service)
		eval "exec setpriv --reuid '${user:-root}' --regid otklik \
			--init-groups ${args[*]} $(value "$1" ExecStart)"
	)
}

start() { # NAME
	unit "otklik-$1" >"$tmp/$1.log" 2>&1 &
}

until_true() {
	local i
	for ((i = 0; i < 400; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	tail -n 8 "$tmp"/*.log
	return 1
}

answers() {
	[ "$(curl -sk -o /dev/null -w '%{http_code}' \
		"https://127.0.0.1$1")" = "$2" ]
}

seals() {
	[ "$(mariadb -S $state/run/db.sock -NBe \
		'SELECT COUNT(*) FROM otklik.seal_key')" = 1 ]
}

reads_nothing_of_others() {
	! setpriv --reuid otklik-web --regid otklik --init-groups \
		cat $state/secrets/db_media $state/db/ibdata1 2>/dev/null |
		grep -q . &&
		! setpriv --reuid otklik-www --regid otklik --init-groups \
			cat $state/secrets/session_secret 2>/dev/null | grep -q .
}

make -s install >"$tmp/install.log"
systemd-sysusers /usr/local/lib/sysusers.d/otklik.conf >"$tmp/users.log" 2>&1
check "the units are well-formed" systemd-analyze verify \
	--man=no $units/otklik.target $units/otklik-*.service
says_off() {
	unit otklik-storage | grep 'encryption at rest is off' &&
		[ "$(/usr/local/bin/otklik-storage status)" = off ] &&
		grep -q '^Requires=.*otklik-storage' \
			$units/otklik-prepare.service &&
		grep -q '^After=.*otklik-storage' $units/otklik-prepare.service
}

check "no encryption is asked for: that is said, before all else" says_off
check "files, secrets and certificate" unit otklik-prepare
start mariadb
check "the database starts as its own user" \
	until_true mariadb -S $state/run/db.sock -e 'DO 1' 2>/dev/null
check "accounts and schema" unit otklik-migrate
knows_nobody() {
	! env -u OTKLIK_STATE /usr/local/bin/otklik-admin password nobody \
		<<<'Other-2026!' >"$tmp/admin" 2>&1 &&
		grep 'nobody: нет такой записи' "$tmp/admin"
}

check "otklik-admin finds the database by itself" knows_nobody
start janus
check "Janus is closed" /usr/local/lib/otklik/build/janus-plugin/otklik-check-janus \
	$state/run/janus.sock 20
start pages
start bulk
start jobs
start nginx
check "healthy behind nginx on port 443" until_true answers /healthz 200
check "the log-in page" until_true answers /login 200
check "no WebSocket without a session" until_true answers /janus 401
check "static files" until_true answers /static/css/app.css 200
check "the jobs seal what is written" until_true seals
check "one user cannot read what is another's" reads_nothing_of_others
