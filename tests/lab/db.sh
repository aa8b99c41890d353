#!/bin/bash
# A private throwaway MariaDB, nothing listening on TCP.
#   db.sh start DIR     DIR becomes a state directory: run/db.sock, db/, secrets/
#   db.sh stop DIR      stops that server and no other
#   db.sh with CMD ...  runs CMD with OTKLIK_STATE set to a new one, then
#                       removes it
# For benches LAB_DB_POOL, LAB_DB_LOG and LAB_DB_FLUSH replace the sizes of the
# pool and the log and innodb_flush_log_at_trx_commit; LAB_DB_MORE: options.
set -euo pipefail

fail()
{
	echo "db.sh: $*" >&2
	# the server's own words, not the installer's advice below them
	[ ! -s "${log:-}" ] || grep -iE 'error|fatal|abort|full' "$log" >&2 ||
		tail -n 20 "$log" >&2
	exit 1
}

install_db()
{
	local dir=$1
	local -a user=() more=()

	[ "$(id -u)" != 0 ] || user=(--user=root)
	mariadb-install-db --no-defaults "${user[@]}" \
		--auth-root-authentication-method=normal \
		--datadir="$dir/db" --skip-test-db --skip-name-resolve \
		--innodb-log-file-size="${LAB_DB_LOG:-8M}" >"$log" 2>&1 ||
		fail "mariadb-install-db failed"
}

start()
{
	local dir log pid
	local -a user=()

	mkdir -p "$1/run" "$1/log" "$1/tmp"
	mkdir -p "$1/secrets"
	chmod 700 "$1/secrets"
	dir=$(cd "$1" && pwd)
	log=$dir/log/mariadb.log
	[ ${#dir} -le 88 ] || fail "$dir is too long for a socket path"
	[ ! -S "$dir/run/db.sock" ] || stop "$dir"
	[ -d "$dir/db/mysql" ] || install_db "$dir"

	[ "$(id -u)" != 0 ] || user=(--user=root)
	read -ra more <<<"${LAB_DB_MORE:-}"
	: >"$log"
	mariadbd --no-defaults "${user[@]}" --datadir="$dir/db" \
		--socket="$dir/run/db.sock" --pid-file="$dir/run/db.pid" \
		--log-error="$log" --tmpdir="$dir/tmp" \
		--skip-networking --skip-name-resolve --skip-log-bin \
		--character-set-server=utf8mb4 \
		--collation-server=utf8mb4_bin --performance-schema=OFF \
		--innodb-buffer-pool-size="${LAB_DB_POOL:-32M}" \
		--innodb-log-file-size="${LAB_DB_LOG:-8M}" \
		--innodb-flush-log-at-trx-commit="${LAB_DB_FLUSH:-0}" \
		--innodb-doublewrite=0 --key-buffer-size=64K \
		--aria-pagecache-buffer-size=128K --query-cache-size=0 \
		--table-open-cache=200 --max-connections=40 \
		--secure-file-priv="$dir/tmp" "${more[@]}" \
		</dev/null >>"$log" 2>&1 &
	pid=$!
	for _ in $(seq 200); do
		! grep -q 'ready for connections' "$log" || return 0
		kill -0 "$pid" 2>/dev/null || fail "mariadbd ended"
		sleep 0.05
	done
	kill "$pid"
	fail "mariadbd was not ready in 10 s"
}

stop()
{
	local pid

	pid=$(cat "$1/run/db.pid" 2>/dev/null) || { rm -f "$1/run/db.sock"; return 0; }
	kill "$pid" 2>/dev/null || true
	for _ in $(seq 200); do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	! kill -0 "$pid" 2>/dev/null || kill -9 "$pid"
	rm -f "$1/run/db.sock" "$1/run/db.pid"
}

with()
{
	local dir status=0

	dir=$(mktemp -d /tmp/otklik-db.XXXXXX)
	trap 'stop "$dir"; rm -rf "$dir"' EXIT
	start "$dir"
	OTKLIK_STATE=$dir "$@" || status=$?
	exit "$status"
}

case "${1:-}" in
start | stop)
	[ $# = 2 ] || fail "usage: db.sh start|stop DIR"
	"$1" "$2"
	;;
with)
	shift
	[ $# -ge 1 ] || fail "usage: db.sh with CMD ..."
	with "$@"
	;;
*) fail "usage: db.sh start|stop DIR | with CMD ..." ;;
esac
