#!/bin/bash
# Runs a command in network and process namespaces of its own: no port ever
# collides, nothing leaves the machine, and nothing it started outlives it.
#
#   tests/lab/ns.sh COMMAND [ARGUMENT...]
#
# Inside: lo, and a veth pair with 10.77.0.1 (Janus gathers no loopback
# candidate) and a default route (Firefox gathers nothing without one).

set -eu

if [ $# -eq 0 ]; then
	echo "usage: $0 COMMAND [ARGUMENT...]" >&2
	exit 2
fi

if [ "${OTKLIK_LAB_NS-}" != inside ]; then
	as=()
	[ "$(id -u)" = 0 ] || as=(--user --map-root-user)
	export OTKLIK_LAB_NS=inside
	exec unshare "${as[@]}" --net --pid --fork --mount-proc --kill-child \
		-- "$0" "$@"
fi

PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
ip link add lab0 type veth peer name lab1
ip addr add 10.77.0.1/24 dev lab0
ip link set lab0 up
ip link set lab1 up
ip route add default via 10.77.0.2 dev lab0
export OTKLIK_ICE_ADDR=10.77.0.1
TMPDIR=$(mktemp -d /tmp/lab.XXXXXX)
export TMPDIR

# This shell is process 1 here and reaps what loses its parent, so the command
# is a child. Standard input is kept: a background job would lose it.
exec 3<&0
OTKLIK_LAB_NS=ready "$@" <&3 3<&- &
main=$!
trap 'kill -TERM "$main" 2>/dev/null' TERM
trap 'kill -INT "$main" 2>/dev/null' INT
status=0
wait "$main" || status=$?
# A signal that interrupted the wait is not the end of the command.
while kill -0 "$main" 2>/dev/null; do
	status=0
	wait "$main" || status=$?
done
rm -rf "$TMPDIR"
exit "$status"
