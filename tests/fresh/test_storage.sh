#!/bin/bash
# The encrypted volume of `make install`, on a file instead of a disk: keys,
# what is refused, and the change of the key. Opening needs the kernel's
# device mapper; where there is none, that case says so.
# limit: 120 s

set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
PATH=$PATH:/usr/sbin:/sbin

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export OTKLIK_STATE=$dir/state OTKLIK_CRYPT_DEVICE='' OTKLIK_CRYPT_KEY=''
mkdir "$OTKLIK_STATE"
failed=0

storage() {
	cgi/dist/otklik-storage "$@" >"$dir/out" 2>&1
}

check() { # NAME COMMAND...
	local name=$1
	shift
	: >"$dir/out"
	if "$@"; then
		echo "ok - $name"
	else
		echo "not ok - $name"
		sed 's/^/# /' "$dir/out"
		failed=1
	fi
}

# STATUS TEXT COMMAND...: ends with that status and says that
refuses() {
	local want=$1 text=$2 status=0
	shift 2
	storage "$@" || status=$?
	[ $status = "$want" ] && grep -q -- "$text" "$dir/out"
}

makes_a_key() {
	storage key "$dir/key1" && storage key "$dir/key2" &&
		[ "$(stat -c '%a %s' "$dir/key1")" = '400 64' ] &&
		! cmp -s "$dir/key1" "$dir/key2"
}

refuses_bad_keys() {
	head -c 64 /dev/urandom >"$dir/open"
	chmod 644 "$dir/open"
	(umask 077 && head -c 31 /dev/urandom >"$dir/short")
	refuses 2 'others may read it' format "$dir/disk" "$dir/open" &&
		refuses 2 'shorter than 32' format "$dir/disk" "$dir/short" &&
		refuses 2 'no key there' format "$dir/disk" "$dir/none" &&
		[ -z "$(blkid -p -o value -s TYPE "$dir/disk")" ]
}

refuses_what_is_in_use() {
	truncate -s 8M "$dir/used"
	mkfs.ext4 -q "$dir/used" && cp "$dir/used" "$dir/before" &&
		refuses 2 'there is something on it' format "$dir/used" \
			"$dir/key1" &&
		refuses 2 'neither a block device' format "$dir/nowhere" \
			"$dir/key1" &&
		cmp "$dir/used" "$dir/before"
}

formats_once() {
	storage format "$dir/disk" "$dir/key1" &&
		cryptsetup isLuks --type luks2 "$dir/disk" &&
		refuses 2 'LUKS volume already' format "$dir/disk" "$dir/key1"
}

opens() { # KEY
	cryptsetup open --test-passphrase --key-file "$1" "$dir/disk" \
		2>/dev/null
}

volume_key() { # KEY
	cryptsetup -q luksDump --dump-volume-key --key-file "$1" "$dir/disk" |
		sed -n '/^MK dump/,$p'
}

rotates() {
	local before
	before=$(volume_key "$dir/key1")
	[ -n "$before" ] && storage rotate "$dir/key1" "$dir/key2" &&
		opens "$dir/key2" && ! opens "$dir/key1" &&
		[ "$(volume_key "$dir/key2")" = "$before" ]
}

# Killed between its two steps, it goes on where it was.
rotates_on() {
	storage key "$dir/key3" &&
		cryptsetup -q luksAddKey --pbkdf pbkdf2 \
			--pbkdf-force-iterations 1000 --key-file "$dir/key2" "$dir/disk" \
			"$dir/key3" &&
		storage rotate "$dir/key2" "$dir/key3" && opens "$dir/key3" &&
		! opens "$dir/key2"
}

keeps_the_key() {
	refuses 1 'does not open' rotate "$dir/key1" "$dir/key2" &&
		refuses 2 'is the old key' rotate "$dir/key3" "$dir/key3" &&
		opens "$dir/key3" && ! opens "$dir/key2"
}

refuses_to_open() {
	refuses 2 'OTKLIK_CRYPT_KEY is empty' open &&
		OTKLIK_CRYPT_KEY=$dir/none refuses 2 'no key there' open &&
		OTKLIK_CRYPT_KEY=$dir/key1 refuses 1 'does not open it' open &&
		OTKLIK_CRYPT_DEVICE=$dir/nowhere refuses 2 'neither a block' open
}

opens_and_closes() {
	OTKLIK_CRYPT_KEY=$dir/key3 storage open && storage status &&
		grep -qx on "$dir/out" && echo kept >"$OTKLIK_STATE/file" &&
		storage close && [ ! -e "$OTKLIK_STATE/file" ] &&
		OTKLIK_CRYPT_KEY=$dir/key3 storage open &&
		grep -qx kept "$OTKLIK_STATE/file" && storage close
}

# The mapping is played by a script: what is done to it is written down.
plays_the_mapping() { # KEY
	local real name
	real=$(command -v cryptsetup)
	mkdir -p "$dir/bin"
	cat >"$dir/bin/cryptsetup" <<-END
		#!/bin/bash
		[[ \$1 == open && " \$* " != *" --test-passphrase "* ]] ||
			exec $real "\$@"
	END
	for name in mkfs.ext4 mount; do
		printf '#!/bin/sh\necho %s >>%s/done\n' $name "$dir" \
			>"$dir/bin/$name"
	done
	# an error while it is read, as of a broken disk
	printf '#!/bin/sh\nexit 8\n' >"$dir/bin/blkid"
	chmod 755 "$dir"/bin/*
	: >"$dir/done"
	PATH=$dir/bin:$PATH OTKLIK_CRYPT_KEY=$1 storage open
}

makes_one_file_system() {
	plays_the_mapping "$dir/key3" &&
		[ "$(cat "$dir/done")" = $'mkfs.ext4\nmount' ] &&
		plays_the_mapping "$dir/key3" &&
		[ "$(cat "$dir/done")" = mount ]
}

truncate -s 64M "$dir/disk"
check "a key is 64 bytes for its owner alone" makes_a_key
check "a key is never overwritten" refuses 2 'already' key "$dir/key1"
check "keys that protect nothing are refused" refuses_bad_keys
check "what is in use is not formatted" refuses_what_is_in_use
check "a volume is formatted once" formats_once
check "without a device encryption is off, and that is no failure" \
	refuses 0 'encryption at rest is off' open
check "without a device there is nothing to rotate" \
	refuses 2 'OTKLIK_CRYPT_DEVICE is empty' rotate "$dir/key1" "$dir/key2"
OTKLIK_CRYPT_DEVICE=$dir/disk
check "rotation wraps the same volume key anew" rotates
check "a rotation that was cut off goes on" rotates_on
check "a rotation that cannot be keeps the key" keeps_the_key
check "a wrong or missing key does not open, and it is said why" \
	refuses_to_open
check "a file system is made once, whatever can be read later" \
	makes_one_file_system
check "off is said to be off" refuses 0 '^off$' status
check "unknown words are refused" refuses 2 'usage' rotate "$dir/key1"
name="opened, written, closed, opened again"
if [ "$(id -u)" = 0 ] && grep -qw device-mapper /proc/devices; then
	check "$name" opens_and_closes
else
	echo "ok - $name # SKIP it needs root and the kernel's device mapper"
fi
exit $failed
