#include <stdio.h>
#include <stdlib.h>

#include "janus-plugin/store.h"
#include "tests/fake/outer.h"

struct fake_outer fake_outer;
unsigned fake_store_users = 4;

static cc_sip_h *handler;
static void *handler_arg;
static struct cc_store_conf told;
static _Atomic(uint64_t) next_dialog = 1;

static void tell(enum cc_sip_kind kind, uint64_t dialog, const char *sdp)
{
	const struct cc_sip_event ev = { .kind = kind,
					 .dialog = dialog,
					 .status = 200,
					 .from = "+79000000001",
					 .to = "+78652000000",
					 .call_id = "test",
					 .identity = "",
					 .reason = "",
					 .sdp = sdp };

	handler(&ev, handler_arg);
}

int cc_sip_open(struct cc_sip **sipp, const struct cc_sip_conf *conf,
		cc_sip_h *h, void *arg)
{
	(void)conf;
	handler = h;
	handler_arg = arg;
	*sipp = (struct cc_sip *)&fake_outer;
	return 0;
}

void cc_sip_close(struct cc_sip **sipp)
{
	*sipp = NULL;
}

void cc_sip_ring(struct cc_sip *sip, uint64_t dialog)
{
	(void)sip;
	(void)dialog;
}

void cc_sip_answer(struct cc_sip *sip, uint64_t dialog, const char *sdp)
{
	(void)sip;
	(void)sdp;
	atomic_fetch_add(&fake_outer.answers, 1);
	tell(CC_SIP_ANSWERED, dialog, NULL);
}

void cc_sip_reject(struct cc_sip *sip, uint64_t dialog, int status)
{
	(void)sip;
	(void)status;
	tell(CC_SIP_ENDED, dialog, NULL);
}

void cc_sip_check(struct cc_sip *sip, uint32_t trunk)
{
	(void)sip;
	(void)trunk;
}

int cc_sip_trunks(struct cc_sip *sip, const struct cc_trunk_conf *list,
		  size_t n)
{
	(void)sip;
	(void)list;
	(void)n;
	return 0;
}

int cc_sip_invite(struct cc_sip *sip, uint32_t trunk,
		  const struct cc_sip_way *ways, size_t n, const char *sdp,
		  uint64_t *dialog)
{
	(void)sip;
	(void)trunk;
	(void)ways;
	(void)n;
	*dialog = next_dialog++;
	tell(CC_SIP_ANSWERED, *dialog, sdp); /* it hears itself */
	return 0;
}

void cc_sip_hangup(struct cc_sip *sip, uint64_t dialog)
{
	(void)sip;
	atomic_fetch_add(&fake_outer.hangups, 1);
	tell(CC_SIP_ENDED, dialog, NULL);
}

void cc_sip_stats(struct cc_sip *sip, struct cc_sip_stats *out)
{
	(void)sip;
	*out = (struct cc_sip_stats){ .trunk_up = 1 };
}

uint64_t fake_sip_call(uint16_t port)
{
	uint64_t dialog = next_dialog++;
	char sdp[256];

	snprintf(sdp, sizeof(sdp),
		 "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
		 "c=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %u RTP/AVP 8\r\n",
		 port);
	tell(CC_SIP_INVITE, dialog, sdp);
	return dialog;
}

void fake_sip_bye(uint64_t dialog)
{
	tell(CC_SIP_ENDED, dialog, NULL);
}

static json_t *directory(void)
{
	json_t *users = json_array(), *members = json_array();

	for (unsigned i = 1; i <= fake_store_users; i++) {
		char ext[8];

		snprintf(ext, sizeof(ext), "%u", 1000 + i);
		json_array_append_new(members, json_integer((json_int_t)i));
		json_array_append_new(
		    users,
		    json_pack("{s:i, s:s, s:s, s:i, s:s, s:[s]}", "id", (int)i,
			      "name", ext, "extension", ext, "org_id", 1,
			      "org_kind", "FUND", "roles", "OPERATOR_L1"));
	}
	return json_pack("{s:o, s:[{s:i, s:s, s:i, s:o}], s:[{s:n, s:i}]}",
			 "users", users, "queues", "id", 1, "name", "hot",
			 "wrapup_s", 0, "members", members, "routes", "number",
			 "queue_id", 1);
}

int cc_store_open(struct cc_store **sp, const struct cc_store_conf *conf)
{
	json_t *dir = directory();

	told = *conf;
	conf->directory(dir, conf->arg);
	json_decref(dir);
	*sp = (struct cc_store *)&fake_outer;
	return 0;
}

void fake_store_prompts(json_t *prompts)
{
	json_t *dir = directory();

	json_object_set_new(dir, "prompts", prompts);
	told.directory(dir, told.arg);
	json_decref(dir);
}

void cc_store_close(struct cc_store **sp)
{
	*sp = NULL;
}

void cc_store_post(struct cc_store *s, json_t *row)
{
	char *text = json_dumps(row, JSON_COMPACT);

	(void)s;
	if (!text)
		abort();
	free(text);
	json_decref(row);
	atomic_fetch_add(&fake_outer.rows, 1);
}
