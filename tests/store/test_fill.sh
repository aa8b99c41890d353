#!/bin/bash
# `make registry`: a state that is not running gets its database started,
# filled and stopped; again, it holds the same persons and the new ones.
# `make appeals`: the same, beside those of the demo.
# limit: 300 s

set -euo pipefail
cd "$(dirname "$0")/../.."

OTKLIK_STATE=$(mktemp -d /tmp/otklik-fill.XXXXXX)
export OTKLIK_STATE OTKLIK_DB_POOL=64M
trap 'rm -rf "$OTKLIK_STATE"' EXIT

result() { # STATUS NAME
	[ "$1" = 0 ] && echo "ok - $2" || echo "not ok - $2"
}

filled() { # TARGET N RESULT; says so, and leaves nothing running
	make --no-print-directory "$1" N="$2" >"$OTKLIK_STATE.log" 2>&1 &&
		grep -qx "$3" "$OTKLIK_STATE.log" &&
		! pgrep -f "defaults-file=$OTKLIK_STATE/etc/my.cnf" >/dev/null
}

status=0
filled registry 20050 '20050 persons' || status=$?
result $status "a state that is not running is filled, and nothing runs on"
status=0
filled registry 20100 '20100 persons' || status=$?
result $status "again: the new ones are added"
status=0
filled appeals 300 '1800 appeals' && filled appeals 400 '1900 appeals' ||
	status=$?
result $status "appeals come beside those of the demo, again: the new ones"
status=0
! make --no-print-directory registry N=many >"$OTKLIK_STATE.log" 2>&1 &&
	grep -q '^usage: make registry' "$OTKLIK_STATE.log" || status=1
result $status "what is no number is refused"
rm -f "$OTKLIK_STATE.log"
