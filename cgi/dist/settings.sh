# shellcheck shell=bash
# The settings of DESIGN's contract, read from the environment, checked and
# exported. Sourced from the root of the checkout by otklik-run and by `make
# call`. Every wrong one is named with its value and what is allowed.

settings_wrong=0

wrong() { # NAME ALLOWED
	echo "environment: $1=${!1}: must be $2" >&2
	settings_wrong=1
}

is_number() { # TEXT LEAST MOST
	[[ $1 =~ ^(0|[1-9][0-9]{0,8})$ ]] && (($1 >= $2 && $1 <= $3))
}

is_ipv4() {
	local part parts
	[[ $1 =~ ^[0-9]{1,3}(\.[0-9]{1,3}){3}$ ]] || return 1
	IFS=. read -ra parts <<<"$1"
	for part in "${parts[@]}"; do
		is_number "$part" 0 255 || return 1
	done
}

local_addresses() {
	ip -o -4 addr show up | awk '{split($4, a, "/"); print a[1]}'
}

is_local() {
	[ "${1%%.*}" = 127 ] || local_addresses | grep -qxF "$1"
}

check_number() { # NAME LEAST MOST
	is_number "${!1}" "$2" "$3" || wrong "$1" "a number, $2-$3"
}

check_switch() {
	[[ ${!1} =~ ^[01]$ ]] || wrong "$1" "0 or 1"
}

check_address() {
	if ! is_ipv4 "${!1}"; then
		wrong "$1" "an IPv4 address"
	elif ! is_local "${!1}"; then
		wrong "$1" "an address of this machine: $(local_addresses | xargs)"
	fi
}

check_range() { # NAME
	local first=${!1%-*} last=${!1#*-}
	if ! [[ ${!1} =~ ^[0-9]+-[0-9]+$ ]] ||
		! is_number "$first" 1024 65535 ||
		! is_number "$last" 1024 65535 || ((last < first + 99)); then
		wrong "$1" "FIRST-LAST within 1024-65535, at least 100 ports"
	fi
}

in_range() { # PORT FIRST-LAST
	((${1} >= ${2%-*} && ${1} <= ${2#*-}))
}

# Which address browsers reach: that of the default route, else any that is
# not loopback. Empty on a machine with loopback only.
outer_address() {
	local a
	a=$(ip -o -4 route get 198.51.100.1 2>/dev/null |
		sed -n 's/.* src \([0-9.]*\).*/\1/p')
	if [ -z "$a" ] || [ "${a%%.*}" = 127 ]; then
		a=$(local_addresses | grep -v '^127\.' | head -n 1 || true)
	fi
	echo "$a"
}

check_ports_apart() {
	local name range other
	((OTKLIK_SIPS_PORT != OTKLIK_SIP_PORT)) ||
		wrong OTKLIK_SIPS_PORT "apart from OTKLIK_SIP_PORT"
	for name in OTKLIK_HTTPS_PORT OTKLIK_SIP_PORT OTKLIK_SIPS_PORT; do
		for range in OTKLIK_RTP_PORTS OTKLIK_ICE_PORTS; do
			! in_range "${!name}" "${!range}" ||
				wrong "$name" "outside $range=${!range}"
		done
	done
	other=$OTKLIK_ICE_PORTS
	if in_range "${OTKLIK_RTP_PORTS%-*}" "$other" ||
		in_range "${other%-*}" "$OTKLIK_RTP_PORTS"; then
		wrong OTKLIK_RTP_PORTS "apart from OTKLIK_ICE_PORTS=$other"
	fi
}

settings() {
	: "${OTKLIK_STATE:=./var}"
	: "${OTKLIK_BIND:=127.0.0.1}" "${OTKLIK_HTTPS_PORT:=8443}"
	: "${OTKLIK_SIP_ADDR:=127.0.0.1}" "${OTKLIK_SIP_PORT:=5060}"
	: "${OTKLIK_RTP_PORTS:=20000-24999}"
	: "${OTKLIK_ICE_PORTS:=25000-29999}"
	: "${OTKLIK_ICE_PUBLIC:=}"
	: "${OTKLIK_TRUNK_PEER:=127.0.0.1:5080}"
	: "${OTKLIK_SIM:=1}" "${OTKLIK_DEMO:=1}" "${OTKLIK_WORKERS:=4}"
	: "${OTKLIK_PING_MS:=700}"

	[[ ${OTKLIK_DB_POOL-} =~ ^([1-9][0-9]{0,5}[MG])?$ ]] ||
		wrong OTKLIK_DB_POOL "like 512M or 3G"
	check_number OTKLIK_HTTPS_PORT 1 65535
	check_number OTKLIK_SIP_PORT 1 65534
	: "${OTKLIK_SIPS_PORT:=$((${OTKLIK_SIP_PORT//[^0-9]/} + 1))}"
	check_number OTKLIK_SIPS_PORT 1 65535
	check_number OTKLIK_WORKERS 1 64
	check_number OTKLIK_PING_MS 300 5000
	check_switch OTKLIK_SIM
	check_switch OTKLIK_DEMO
	check_range OTKLIK_RTP_PORTS
	check_range OTKLIK_ICE_PORTS
	[ "$OTKLIK_BIND" = 0.0.0.0 ] || check_address OTKLIK_BIND
	check_address OTKLIK_SIP_ADDR
	[ -z "${OTKLIK_ICE_ADDR-}" ] || check_address OTKLIK_ICE_ADDR
	[ -z "$OTKLIK_ICE_PUBLIC" ] || is_ipv4 "$OTKLIK_ICE_PUBLIC" ||
		wrong OTKLIK_ICE_PUBLIC "an IPv4 address or empty"
	if ! [[ $OTKLIK_TRUNK_PEER == *:* ]] ||
		! is_ipv4 "${OTKLIK_TRUNK_PEER%:*}" ||
		! is_number "${OTKLIK_TRUNK_PEER##*:}" 1 65535; then
		wrong OTKLIK_TRUNK_PEER "ADDRESS:PORT with an IPv4 address"
	elif [ "$OTKLIK_SIM" = 1 ] && ! is_local "${OTKLIK_TRUNK_PEER%:*}"; then
		wrong OTKLIK_TRUNK_PEER \
			"an address of this machine while OTKLIK_SIM=1"
	fi
	# The demo's second line, of another operator; none without both.
	if [ "$OTKLIK_SIM$OTKLIK_DEMO" != 11 ]; then
		OTKLIK_SIM_LINE=
	elif [ $settings_wrong = 0 ]; then
		: "${OTKLIK_SIM_LINE:=${OTKLIK_TRUNK_PEER%:*}:$((${OTKLIK_TRUNK_PEER##*:} + 2))}"
		if ! is_local "${OTKLIK_SIM_LINE%:*}" ||
			! is_number "${OTKLIK_SIM_LINE##*:}" 1 65534; then
			wrong OTKLIK_SIM_LINE "ADDRESS:PORT of this machine, 1-65534"
		fi
	fi
	[ $settings_wrong = 1 ] || check_ports_apart
	[ $settings_wrong = 0 ] || exit 2

	case $OTKLIK_STATE in
	/*) ;;
	*) OTKLIK_STATE=$PWD/${OTKLIK_STATE#./} ;;
	esac
	export OTKLIK_STATE OTKLIK_BIND OTKLIK_HTTPS_PORT OTKLIK_SIP_ADDR \
		OTKLIK_SIP_PORT OTKLIK_SIPS_PORT OTKLIK_RTP_PORTS \
		OTKLIK_ICE_PORTS OTKLIK_ICE_ADDR OTKLIK_ICE_PUBLIC \
		OTKLIK_TRUNK_PEER OTKLIK_SIM OTKLIK_SIM_LINE OTKLIK_DEMO \
		OTKLIK_WORKERS OTKLIK_PING_MS
}
