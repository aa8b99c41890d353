#!/bin/bash
# The plugin's concurrency under ThreadSanitizer, and its memory under
# AddressSanitizer with leaks: the packet path, and everybody at once.
# limit: 600 s
set -u
cd "$(dirname "$0")/../.." || exit 1

tests=(unit/test_recorder_ring plugin/test_concurrency plugin/test_media
	plugin/test_media_record)
failed=0

# run NAME DIRECTORY SANITIZERS
run() {
	local name=$1 dir=build/$2 san=$3 t

	if ! nice make -s B="$dir" HARDEN=-fPIC OPT='-O1 -g' SAN="$san" \
		"${tests[@]/#/$dir/tests/}" >&2; then
		echo "not ok $name builds"
		failed=1
		return
	fi
	for t in "${tests[@]}"; do
		if TSAN_OPTIONS=halt_on_error=1 "$dir/tests/$t" >&2; then
			echo "ok $name $t"
		else
			echo "not ok $name $t"
			failed=1
		fi
	done
}

run thread tsan -fsanitize=thread
run address asan '-fsanitize=address,undefined -fno-sanitize-recover=all'
exit $failed
