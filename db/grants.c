/*
 * grants.c - the accounts (DESIGN D18) and what each may do: `web` answers
 * pages, `office` the pages of administration, `media` is the plugin, `jobs`
 * the slow work, `admin` otklik-admin.
 *
 * Evidence and logs can be written and read, never changed: no account a
 * program runs under has UPDATE or DELETE there. Applied at every run, after
 * taking everything back, so the table below is the whole truth.
 */
#include "db/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db/db.h"

#define LEN(a) (sizeof(a) / sizeof((a)[0]))

static const char *const programs[] = { "web", "media", "jobs", "admin",
					"office" };
#define OFFICE 4 /* its place among them */

/* Not the password hash, nor what only concerns signing in. */
#define USER_COLUMNS                                    \
	"(id, login, surname, given_name, patronymic, " \
	"organization_id, extension, blocked)"

/* What signing in needs of an account. */
#define LOGIN_COLUMNS                                       \
	"(id, login, password_hash, surname, given_name, "  \
	"patronymic, organization_id, extension, blocked, " \
	"failed_logins, one_time)"

static const struct grant {
	const char *table;
	const char *web, *media, *jobs, *admin; /* NULL: nothing */
} grants[] = {
	/* people and rights */
	{ "organization", "SELECT", "SELECT", "SELECT", "SELECT, INSERT" },
	{ "organization_error", "INSERT", NULL, NULL, NULL },
	{ "user_account",
	  "SELECT " LOGIN_COLUMNS ", UPDATE (failed_logins, blocked)",
	  "SELECT " USER_COLUMNS, "SELECT " USER_COLUMNS,
	  "SELECT " USER_COLUMNS ", INSERT,"
	  " SELECT (version), UPDATE (password_hash, failed_logins, blocked,"
	  " one_time, version)" },
	{ "user_role", "SELECT", "SELECT", "SELECT", "SELECT, INSERT" },
	{ "user_theme", "SELECT", NULL, NULL, NULL },
	{ "web_session", "SELECT, INSERT, UPDATE (seen_at, ended_at)", NULL,
	  "SELECT (token_hash, user_id, seen_at, created_at, ended_at), "
	  "DELETE",
	  "SELECT (user_id, ended_at), UPDATE (ended_at)" },
	/* what an administrator arranges */
	{ "queue", "SELECT", "SELECT", "SELECT", NULL },
	{ "queue_member", "SELECT", "SELECT", "SELECT", NULL },
	{ "skill", NULL, "SELECT", "SELECT", NULL },
	{ "user_skill", NULL, "SELECT", "SELECT", NULL },
	{ "caller_organization", NULL, "SELECT", "SELECT", NULL },
	{ "inbound_route", NULL, "SELECT", "SELECT", NULL },
	{ "business_hours", NULL, "SELECT", "SELECT", NULL },
	{ "business_interval", NULL, "SELECT", "SELECT", NULL },
	{ "holiday", "SELECT, INSERT, UPDATE, DELETE", "SELECT", "SELECT",
	  NULL },
	{ "trunk", NULL, "SELECT", NULL, NULL },
	{ "trunk_secret", NULL, "SELECT", NULL, NULL },
	{ "dial_rule", NULL, "SELECT", NULL, NULL },
	{ "setting", "SELECT", "SELECT", "SELECT", "SELECT" },
	{ "prompt_file", NULL, NULL, "SELECT, UPDATE (state, why, length_ms)",
	  NULL },
	{ "prompt_use", NULL, "SELECT", NULL, NULL },
	{ "theme", "SELECT", "SELECT", "SELECT", NULL },
	{ "theme_report_line", NULL, NULL, "SELECT", NULL },
	{ "scenario", "SELECT", NULL, "SELECT", NULL },
	{ "search_synonym", "SELECT", NULL, NULL, NULL },
	{ "result_name", "SELECT", NULL, NULL, NULL },
	/* calls: the projection may change, the evidence may not */
	{ "call_record", "SELECT", "SELECT, INSERT, UPDATE", "SELECT", NULL },
	{ "call_event", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "call_leg", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "recording", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "recording_end", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "attendance", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "attendance_end", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "agent_event", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "shift_alert", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "shift_alert_step", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "supervisor_action", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "node_status", "SELECT", "SELECT, INSERT, UPDATE", "SELECT", NULL },
	/* appeals */
	{ "insured_person", "SELECT", NULL, "SELECT, INSERT, UPDATE, DELETE",
	  NULL },
	{ "register_import", "SELECT", NULL, "SELECT, INSERT", NULL },
	{ "register_state", "SELECT", NULL, "SELECT, UPDATE", NULL },
	{ "appeal", "SELECT, INSERT, UPDATE", NULL,
	  "SELECT, INSERT, UPDATE, DELETE", NULL },
	{ "appeal_stem", "SELECT", NULL, "SELECT, INSERT, DELETE", NULL },
	{ "appeal_text", NULL, NULL, "SELECT, INSERT, UPDATE", NULL },
	{ "text_todo", NULL, NULL, "SELECT, UPDATE, DELETE", NULL },
	{ "job_failure", "SELECT", NULL, "SELECT, INSERT, UPDATE, DELETE",
	  NULL },
	{ "journal_sum", "SELECT", NULL, "SELECT, INSERT, DELETE", NULL },
	{ "journal_saved", "SELECT, INSERT, UPDATE, DELETE", NULL, NULL, NULL },
	{ "appeal_serial", "SELECT, INSERT, UPDATE", NULL,
	  "SELECT, INSERT, UPDATE", NULL },
	{ "appeal_call", "SELECT, INSERT", "SELECT", "SELECT, INSERT", NULL },
	{ "appeal_history", "SELECT, INSERT", NULL, "SELECT, INSERT", NULL },
	{ "forwarding", "SELECT, INSERT", NULL, "SELECT, INSERT", NULL },
	{ "appeal_change", "SELECT, INSERT", NULL, "SELECT, INSERT", NULL },
	{ "appeal_answer", "SELECT, INSERT", NULL, "SELECT", NULL },
	{ "appeal_identity", "SELECT, INSERT", NULL, "SELECT", NULL },
	/* those of an old draft go with it, no others: attachment_kept */
	{ "attachment", "SELECT, INSERT, UPDATE (removed_by, removed_at)", NULL,
	  "SELECT (id, appeal_id, path), DELETE", NULL },
	{ "card_open", "SELECT, INSERT, UPDATE, DELETE", NULL, NULL, NULL },
	{ "person_wish", "SELECT, INSERT, UPDATE", NULL, NULL, NULL },
	{ "appeal_edit", "SELECT, INSERT, UPDATE, DELETE", NULL,
	  "SELECT, DELETE", NULL },
	{ "appeal_link", "SELECT, INSERT, UPDATE, DELETE", NULL, NULL, NULL },
	{ "notice", "SELECT, INSERT, UPDATE (read_at)", NULL,
	  "SELECT, INSERT, UPDATE, DELETE", NULL },
	{ "substitution", "SELECT, INSERT, DELETE", NULL, "SELECT", NULL },
	{ "call_back", "SELECT", "SELECT", "SELECT, INSERT", NULL },
	{ "call_attempt", NULL, NULL, "SELECT, INSERT", NULL },
	{ "call_place", "SELECT", "SELECT, INSERT", "SELECT", NULL },
	{ "call_place_end", "SELECT, INSERT", "SELECT, INSERT", "SELECT",
	  NULL },
	{ "deal", NULL, NULL, "SELECT, INSERT", NULL },
	{ "loose_message",
	  "SELECT, UPDATE (state, user_id, decided_at, appeal_id)", NULL,
	  "SELECT, INSERT", NULL },
	/* logs, seals and the wire between the halves */
	{ "access_log", "SELECT, INSERT", "SELECT, INSERT", "SELECT, INSERT",
	  "INSERT" },
	{ "outbox", "INSERT", "SELECT, DELETE", "INSERT", "INSERT" },
	{ "seal", "SELECT", NULL, "SELECT, INSERT", NULL },
	{ "seal_head", "SELECT", NULL, "SELECT, INSERT", NULL },
	{ "seal_key", "SELECT", NULL, "SELECT, INSERT", NULL },
	{ "migration", "SELECT", "SELECT", "SELECT", NULL },
};

/* The pages of administration have a connection of their own (ROUTE_OFFICE):
 * a hole in any other page makes nobody an administrator. No citizen's data
 * are here: of appeals and persons only which organizations they name. */
static const struct {
	const char *table, *rights;
} office[] = {
	{ "organization", "SELECT, INSERT, UPDATE, DELETE" },
	{ "organization_error",
	  "SELECT, UPDATE (state, decided_by, decided_at)" },
	{ "theme", "SELECT, INSERT, UPDATE" },
	{ "search_synonym", "SELECT, INSERT, UPDATE, DELETE" },
	{ "scenario", "SELECT, INSERT, UPDATE" },
	{ "notice", "SELECT, INSERT, UPDATE (read_at)" },
	{ "result_name", "SELECT, UPDATE" },
	{ "user_account",
	  "SELECT " USER_COLUMNS ", SELECT (version), INSERT, UPDATE (surname,"
	  " given_name, patronymic, organization_id, extension, blocked,"
	  " failed_logins, password_hash, one_time, version)" },
	{ "user_role", "SELECT, INSERT, DELETE" },
	{ "user_theme", "SELECT, INSERT, DELETE" },
	{ "web_session", "SELECT (user_id, ended_at), UPDATE (ended_at)" },
	{ "queue", "SELECT, INSERT, UPDATE, DELETE" },
	{ "queue_member", "SELECT, INSERT, UPDATE, DELETE" },
	{ "skill", "SELECT, INSERT, UPDATE, DELETE" },
	{ "user_skill", "SELECT, INSERT, UPDATE, DELETE" },
	{ "inbound_route", "SELECT, INSERT, UPDATE, DELETE" },
	{ "business_hours", "SELECT, INSERT, UPDATE, DELETE" },
	{ "business_interval", "SELECT, INSERT, DELETE" },
	{ "trunk", "SELECT, INSERT, UPDATE, DELETE" },
	/* written and never shown */
	{ "trunk_secret", "SELECT (trunk_id), INSERT, DELETE" },
	{ "dial_rule", "SELECT, INSERT, UPDATE, DELETE" },
	{ "setting", "SELECT, UPDATE (value, version)" },
	{ "prompt_file", "SELECT, INSERT" },
	{ "prompt_use", "SELECT, INSERT, DELETE" },
	{ "node_status", "SELECT" },
	{ "call_record", "SELECT (trunk_id, direction, started_at,"
			 " answered_at, end_reason)" },
	{ "appeal", "SELECT (shelf, organization_id, mo_id, insurer_id,"
		    " about_insurer_id, applicant_insurer_id, author_org,"
		    " assignee_org)" },
	{ "insured_person", "SELECT (mo_id, insurer_id)" },
	{ "loose_message", "SELECT (organization_id)" },
	{ "caller_organization", "SELECT (organization_id)" },
	{ "access_log", "SELECT, INSERT" },
	{ "outbox", "INSERT" },
};

/* 32 hexadecimal digits, kept in the secrets directory. */
static int secret(const char *state, const char *user, char out[64])
{
	unsigned char raw[16];
	char path[512];
	size_t len = 0;
	char *text = NULL;
	int fd, err;

	snprintf(path, sizeof(path), "%s/secrets/db_%s", state, user);
	err = read_file(path, &text, &len);
	if (!err) {
		len = strcspn(text, "\r\n");
		/* it goes into SQL text: no quoting, so no surprises */
		if (len < 16 || len > 63 ||
		    strspn(text, "0123456789abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != len)
			err = EBADMSG;
		else
			snprintf(out, 64, "%.*s", (int)len, text);
		free(text);
		return err;
	}
	if (err != ENOENT)
		return err;

	randombytes_buf(raw, sizeof(raw));
	sodium_bin2hex(out, 64, raw, sizeof(raw));
	snprintf(path, sizeof(path), "%s/secrets", state);
	if (mkdir(path, 0700) && errno != EEXIST)
		return errno;
	snprintf(path, sizeof(path), "%s/secrets/db_%s", state, user);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	if (dprintf(fd, "%s\n", out) < 0 || fsync(fd))
		err = errno;
	else
		err = 0;
	close(fd);
	return err;
}

static int statement(struct db *db, const char *sql)
{
	unsigned which;

	return db_script(db, sql, &which);
}

static int set_account(struct db *db, const char *state, const char *user)
{
	char sql[512], password[64];
	int err = secret(state, user, password);

	if (err) {
		snprintf(sql, sizeof(sql), "secrets/db_%s", user);
		return complain(NULL, sql, err);
	}
	snprintf(sql, sizeof(sql),
		 "CREATE USER IF NOT EXISTS '%s'@'localhost' IDENTIFIED BY"
		 " '%s'; ALTER USER '%s'@'localhost' IDENTIFIED BY '%s'",
		 user, password, user, password);
	err = statement(db, sql);
	explicit_bzero(sql, sizeof(sql));
	explicit_bzero(password, sizeof(password));
	return err ? complain(db, user, err) : 0;
}

/* On a fresh data directory root has no password: make `migrate`, then shut
 * root out, since whoever reaches the socket would be root otherwise. */
int accounts_bootstrap(const char *state)
{
	char sock[512];
	struct db *db = NULL;
	int err;

	snprintf(sock, sizeof(sock), "%s/run/db.sock", state);
	err = db_open(&db, &(struct db_conf){ .socket = sock,
					      .user = "root",
					      .password = "",
					      .script = true });
	if (err)
		return complain(NULL, sock, err);

	err = statement(db, "CREATE DATABASE IF NOT EXISTS otklik"
			    " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
	if (!err)
		err = set_account(db, state, "migrate");
	if (!err)
		err =
		    statement(db, "GRANT ALL PRIVILEGES ON otklik.* TO"
				  " 'migrate'@'localhost' WITH GRANT OPTION;"
				  "GRANT CREATE USER ON *.* TO"
				  " 'migrate'@'localhost';"
				  "DELETE FROM mysql.global_priv WHERE"
				  " User = '' OR (User = 'root' AND"
				  " Host <> 'localhost');"
				  "FLUSH PRIVILEGES;"
				  "ALTER USER 'root'@'localhost' ACCOUNT LOCK");
	if (err)
		complain(db, "first accounts", err);
	db_close(&db);
	return err;
}

static int grant(struct db *db, const char *table, const char *rights,
		 const char *program)
{
	char sql[400];
	int err;

	snprintf(sql, sizeof(sql),
		 "GRANT %s ON otklik.`%s` TO '%s'@'localhost'", rights, table,
		 program);
	err = statement(db, sql);
	return err ? complain(db, table, err) : 0;
}

static int grant_all(struct db *db, size_t program)
{
	int err = 0;

	for (size_t i = 0; !err && i < LEN(grants); i++) {
		const struct grant *g = &grants[i];
		const char *rights[] = { g->web, g->media, g->jobs, g->admin,
					 NULL };

		if (rights[program])
			err = grant(db, g->table, rights[program],
				    programs[program]);
	}
	for (size_t i = 0; !err && program == OFFICE && i < LEN(office); i++)
		err = grant(db, office[i].table, office[i].rights,
			    programs[program]);
	return err;
}

int accounts_grant(struct db *db, const char *state)
{
	char sql[200];
	int err = 0;

	for (size_t p = 0; !err && p < LEN(programs); p++) {
		err = set_account(db, state, programs[p]);
		snprintf(sql, sizeof(sql),
			 "REVOKE ALL PRIVILEGES, GRANT OPTION FROM"
			 " '%s'@'localhost'",
			 programs[p]);
		if (!err)
			err = statement(db, sql);
		if (!err)
			err = grant_all(db, p);
	}
	return err;
}
