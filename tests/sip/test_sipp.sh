#!/bin/bash
# Calls from and to sipp, which counts every message that should not be there.

# functions are called through "check"
# shellcheck disable=SC2317

set -u
cd "$(dirname "$0")/../.." || exit 1
[ "${OTKLIK_LAB_NS-}" = ready ] || exec tests/lab/ns.sh "$PWD/tests/sip/test_sipp.sh"

echo_bin=${SIP_BUILD:-build}/tests/sip/sip_echo
log=$TMPDIR/echo.log
failed=0

mkfifo "$TMPDIR/orders"
"$echo_bin" -t 100 <"$TMPDIR/orders" >"$log" &
echo_pid=$!
exec 7>"$TMPDIR/orders"

# Waits for a line of sip_echo, also for one that came already.
expect() {
	timeout 20 tail -n +1 -F --pid=$echo_pid "$log" 2>/dev/null |
		grep -qm1 -E "$1"
}

# sipp SCENARIO OPTIONS...: what went wrong is shown
run_sipp() {
	local scenario=$1
	shift
	sipp 127.0.0.1:5060 -sf "tests/sip/$scenario" -i 127.0.0.1 -nostdin \
		-s 78652000000 -timeout 40s -timeout_error -trace_err \
		-error_file "$TMPDIR/sipp.err" "$@" >"$TMPDIR/sipp.out" 2>&1 &&
		return 0
	tail -n 40 "$TMPDIR/sipp.out" "$TMPDIR/sipp.err" | sed 's/^/# /'
	return 1
}

# No dialog is left, neither a call nor the end of one.
idle() {
	local before
	before=$(grep -c '^IDLE' "$log")
	echo idle >&7
	timeout 20 tail -n +1 -F --pid=$echo_pid "$log" 2>/dev/null |
		grep -m$((before + 1)) '^IDLE' >/dev/null
}

check() {
	local name=$1
	shift
	if "$@" && idle; then
		echo "ok $name"
	else
		echo "not ok $name"
		failed=1
	fi
}

set_to() {
	printf '%s\n' "$@" >&7
}

one_call() {
	set_to 'ring 0' 'answer 50' 'after -1'
	run_sipp caller.xml -p 5080 -m 1 -t "$1" && expect '^ENDED 1 200'
}

late_offer() {
	set_to 'ring -1' 'answer 0' 'after 50'
	run_sipp late.xml -p 5080 -m 1 -t "$1"
}

# 250 calls, 50 a second, each with a hold; nothing may be lost or repeated
# needlessly, and every call ends exactly once.
load() {
	local before ended
	set_to 'ring 0' 'answer 20' 'after -1'
	before=$(grep -c '^ENDED' "$log")
	run_sipp caller.xml -p 5080 -r 50 -m 250 -l 500 -t "$1" || return 1
	idle || return 1
	ended=$(grep -c '^ENDED' "$log")
	[ $((ended - before)) -eq 250 ] || {
		echo "# $((ended - before)) calls ended"
		return 1
	}
	[ "$(grep '^ENDED' "$log" | cut -d' ' -f2 | sort | uniq -d | wc -l)" = 0 ]
}

outgoing() {
	local i pid
	set_to 'after 100' 'cancel -1'
	run_sipp callee.xml -p 5080 -m 20 -aa &
	pid=$!
	expect '^TRUNK 0 200' || return 1
	for ((i = 0; i < 20; i++)); do
		echo "call 7999000000$i +78652000000" >&7
	done
	wait "$pid"
}

expect '^OPEN 0' || exit 1
check 'one call, held and taken back, over UDP' one_call u1
check 'one call over TCP' one_call t1
check 'late offer over UDP' late_offer u1
check 'late offer over TCP' late_offer t1
check '50 calls a second for 5 s over UDP' load u1
check '50 calls a second for 5 s over TCP' load t1
check '20 outgoing calls' outgoing

echo quit >&7
wait $echo_pid || {
	echo "not ok sip_echo ended with $?"
	failed=1
}
exit $failed
