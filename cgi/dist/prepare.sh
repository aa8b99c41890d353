# shellcheck shell=bash
# Prepares $OTKLIK_STATE: directories, secrets, certificate, database files,
# prompts, configuration. Everything is made once and kept; the configuration
# is made again at every start. Sourced by otklik-run.

: "${root:?}"
db_owner=$(id -un)      # of MariaDB's files and process
static_cache=no-cache   # a checkout changes under the browser
db_pool=${OTKLIK_DB_POOL:-128M}

# Socket addresses hold 107 bytes and configuration files dislike odd
# characters in paths: then everything is reached through a short link.
shorten() {
	local link
	mkdir -p "$OTKLIK_STATE"
	OTKLIK_STATE=$(realpath "$OTKLIK_STATE")
	if [ ${#OTKLIK_STATE} -le 80 ] &&
		[[ $OTKLIK_STATE$root =~ ^[A-Za-z0-9._/+@:,=-]*$ ]]; then
		return
	fi
	link=$(cat "$OTKLIK_STATE/short" 2>/dev/null || true)
	if ! [ -O "${link:-/nowhere}" ] ||
		[ "$(realpath "$link/var" 2>/dev/null)" != "$OTKLIK_STATE" ] ||
		[ "$(realpath "$link/src" 2>/dev/null)" != "$root" ]; then
		link=$(mktemp -d /tmp/otklik-XXXXXX)
		ln -s "$OTKLIK_STATE" "$link/var"
		ln -s "$root" "$link/src"
		echo "$link" >"$OTKLIK_STATE/short"
	fi
	echo "long or unusual path: reached through $link"
	OTKLIK_STATE=$link/var
	root=$link/src
}

make_directories() {
	local d
	mkdir -p "$OTKLIK_STATE/secrets"
	chmod 0700 "$OTKLIK_STATE/secrets"
	for d in etc etc/janus etc/janus/plugins etc/janus/transports \
		etc/janus/none run run/tmp log rec spool prompts tls sips files files/prompts sv; do
		mkdir -p "$OTKLIK_STATE/$d"
	done
	find "$OTKLIK_STATE/run/" -maxdepth 1 -type s -delete
}

# The programs' passwords for the database are made by otklik-migrate.
make_secrets() {
	local name file
	for name in janus_token_secret csrf_secret session_secret db_migrate; do
		file=$OTKLIK_STATE/secrets/$name
		[ -s "$file" ] || {
			(umask 077 && openssl rand -hex 24 >"$file.new")
			mv "$file.new" "$file"
		}
	done
}

# A certificate without the file `names` beside it is somebody's own and kept.
self_signed() { # DIRECTORY NAMES USAGE
	local dir=$1 names=$2
	if [ -s "$dir/cert.pem" ] && [ -s "$dir/key.pem" ]; then
		[ -e "$dir/names" ] || return 0
		if [ "$(<"$dir/names")" = "$names" ] && openssl x509 -noout \
			-checkend 604800 -in "$dir/cert.pem" >/dev/null; then
			return 0
		fi
	fi
	echo "making a certificate for $names"
	(
		umask 077
		openssl req -x509 -newkey ec -pkeyopt \
			ec_paramgen_curve:prime256v1 -nodes -days 825 \
			-subj "/CN=localhost/O=Otklik" \
			-addext "subjectAltName=$names" \
			-addext "basicConstraints=critical,CA:FALSE" \
			-addext "extendedKeyUsage=$3" \
			-keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
	)
	echo "$names" >"$dir/names"
}

# For browsers, and for operators of lines over TLS. Of the latter nobody is
# trusted but ourselves until ca.pem says whom.
make_certificates() {
	local names host sips=$OTKLIK_STATE/sips
	host=$(hostname | tr -cd 'A-Za-z0-9.-')
	[ "$host" != localhost ] || host=
	names="DNS:localhost,IP:127.0.0.1,IP:::1${host:+,DNS:$host}"
	case $OTKLIK_BIND in
	127.0.0.1) ;;
	0.0.0.0) names+=$(local_addresses | grep -v '^127\.' |
		sed 's/^/,IP:/' | tr -d '\n') ;;
	*) names+=",IP:$OTKLIK_BIND" ;;
	esac
	self_signed "$OTKLIK_STATE/tls" "$names" serverAuth

	self_signed "$sips" "IP:$OTKLIK_SIP_ADDR${host:+,DNS:$host}" \
		serverAuth,clientAuth
	if [ -e "$sips/names" ] && [ ! -e "$sips/ca.pem" ]; then
		cp "$sips/cert.pem" "$sips/ca.pem"
	fi
}

# The superuser of the private server is whoever runs it, by its socket.
make_database() {
	local db=$OTKLIK_STATE/db log=$OTKLIK_STATE/log/install-db
	[ ! -d "$db/mysql" ] || return 0
	echo "making the database"
	rm -rf "$db.new"
	mkdir "$db.new"
	chown "$db_owner" "$db.new"
	mariadb-install-db --no-defaults --datadir="$db.new" \
		--auth-root-authentication-method=socket \
		--auth-root-socket-user="$(id -un)" --skip-test-db \
		--skip-name-resolve --force --user="$db_owner" >"$log" 2>&1 || {
		echo "mariadb-install-db failed:" >&2
		tail -n 20 "$log" >&2
		exit 1
	}
	mv "$db.new" "$db"
}

make_prompts() {
	cp -n "$root"/build/prompts/*.wav "$OTKLIK_STATE/prompts/"
}

make_configuration() {
	local etc=$OTKLIK_STATE/etc f
	# used by name in render
	# shellcheck disable=SC2034
	{
		CONF_STATE=$OTKLIK_STATE
		CONF_ROOT=$root
		CONF_BIND=$OTKLIK_BIND
		CONF_HTTPS_PORT=$OTKLIK_HTTPS_PORT
		CONF_STATIC_CACHE=$static_cache
		CONF_USER_LINE=
		CONF_DB_USER_LINE=
		if [ "$(id -u)" = 0 ]; then
			CONF_USER_LINE='user root;'
			CONF_DB_USER_LINE="user = $db_owner"
		fi
		CONF_DB_POOL=$db_pool
		CONF_NODE=$(hostname | tr -cd 'A-Za-z0-9-' | cut -c 1-31)
		CONF_NODE=${CONF_NODE:-node1}
		CONF_JANUS_TOKEN_SECRET=$(<"$OTKLIK_STATE/secrets/janus_token_secret")
		CONF_ICE_ADDR=$OTKLIK_ICE_ADDR
		CONF_ICE_PORTS=$OTKLIK_ICE_PORTS
		CONF_ICE_PUBLIC_LINE=
		[ -z "$OTKLIK_ICE_PUBLIC" ] || CONF_ICE_PUBLIC_LINE="nat_1_1_mapping\
 = \"$OTKLIK_ICE_PUBLIC\""
		CONF_SIP_ADDR=$OTKLIK_SIP_ADDR
		CONF_SIP_PORT=$OTKLIK_SIP_PORT
		CONF_SIPS_PORT=$OTKLIK_SIPS_PORT
		CONF_TRUNK_PEER=$OTKLIK_TRUNK_PEER
		CONF_RTP_PORTS=$OTKLIK_RTP_PORTS CONF_PING_MS=$OTKLIK_PING_MS
	}
	render nginx.conf "$etc/nginx.conf"
	render db/dist/my.cnf.in "$etc/my.cnf"
	for f in janus.jcfg janus.transport.websockets.jcfg \
		janus.plugin.otklik.jcfg; do
		render "janus-plugin/dist/$f.in" "$etc/janus/$f"
	done
	ln -sfn "$root/build/janus-plugin/libotklik.so" \
		"$etc/janus/plugins/libotklik.so"
	ln -sfn "$(dirname "$(dpkg -L janus | grep -m 1 \
		/libjanus_websockets.so)")/libjanus_websockets.so" \
		"$etc/janus/transports/libjanus_websockets.so"
}

sql() {
	mariadb --no-defaults --batch --skip-column-names \
		--socket="$OTKLIK_STATE/run/db.sock" --user="$(id -un)" "$@"
}

database_answers() {
	sql -e 'DO 1'
}

# The account otklik-migrate works with; it makes the others.
make_accounts() {
	local secret
	secret=$(<"$OTKLIK_STATE/secrets/db_migrate")
	sql <<-END
		CREATE DATABASE IF NOT EXISTS otklik
			CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
		CREATE USER IF NOT EXISTS 'migrate'@'localhost';
		ALTER USER 'migrate'@'localhost' IDENTIFIED BY '$secret';
		GRANT ALL ON otklik.* TO 'migrate'@'localhost' WITH GRANT OPTION;
		GRANT CREATE USER ON *.* TO 'migrate'@'localhost';
	END
}

# Short calls of the demo that have no recording yet get one.
demo_recordings() {
	build/janus-plugin/otklik-demo-recordings "$OTKLIK_STATE/prompts" \
		build/dialogues
}
