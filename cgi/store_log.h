/* store_log.h - the access log and the outbox. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include <jansson.h>
#include <stdint.h>

struct ctx;

/* One action with personal data (DOMAIN section 10). */
struct access {
	const char *action;      /* LOGIN LOGOUT LIST VIEW CREATE DRAFT
				  * HANDOVER PLAY DENY SEARCH ATTACH EXPORT, a step of
				  * an appeal (SAVE CLOSE …), of jobs REMOVE
				  * IMPORT, of a directory ERROR_REPORT
				  * FIXED REJECTED, of otklik-admin ACCOUNT_ADD
				  * PASSWORD_RESET */
	const char *object_type; /* appeal, recording, call, route … */
	const char *object_id;
	const char *params; /* JSON or NULL */
	const char *result; /* NULL: OK */
	const char *reason; /* «Основание доступа» or NULL */
	uint32_t user;      /* 0: who the request's session says */
	uint64_t person;    /* insured person concerned; 0: none */
};

/* Who, when and from where come from ctx. In a transaction it is part of it.
 * A reader gets nothing when its row could not be written. */
int store_access(struct ctx *ctx, const struct access *entry);

/*
 * Of a page that keeps itself fresh: written unless the same person had the
 * same row less than ten minutes ago. His page says that nobody has asked, and
 * is not to be believed for longer.
 */
int store_access_fresh(struct ctx *ctx, const struct access *entry);

/*
 * A refusal because of whose the object is: its row, and the end of the
 * transaction it was asked for in.
 *
 * @return err, or what kept the row from being written
 */
int store_denied(struct ctx *ctx, int err, const char *object_type,
		 const char *object_id);

/* Takes payload. Part of the caller's transaction; the plugin is told of it by
 * store_end, or by store_wake once it is committed. */
int store_outbox(struct ctx *ctx, const char *kind, json_t *payload);

/* Tells the plugin that there is something to read. Never fails: the plugin
 * also looks by itself. */
void store_wake(const struct ctx *ctx);

/* The end of a transaction: committed and told if err is 0, else taken back.
 * @return err, or what the commit said */
int store_end(struct ctx *ctx, int err);

#endif
