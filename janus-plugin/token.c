#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "janus-plugin/token.h"
#include "janus-plugin/util.h"

/* A token lives a minute; so many in one are more than the region's
 * operators reloading their pages all the time. */
#define REMEMBERED 4096

struct used {
	char signature[48];
};

static struct used used[REMEMBERED];
static unsigned next;

/* The signature, unless it was seen before. */
static bool first_time(const char *signature)
{
	for (size_t i = 0; i < REMEMBERED; i++)
		if (!strcmp(used[i].signature, signature))
			return false;
	cc_copy(used[next].signature, sizeof(used[next].signature), signature);
	next = (next + 1) % REMEMBERED;
	return true;
}

bool cc_token_of_before(const char *text, int64_t now_ms, int64_t up_ms)
{
	int64_t made_s = strtoll(text, NULL, 10) - CC_TOKEN_LIFE_S;

	/* its second may have begun before us */
	return now_ms - made_s * 1000 >= up_ms;
}

static int64_t epoch_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

/* <expiry>,<realm>,user=<id>[,web=<16 hex>][,nonce=<hex>]:<signature>. The
 * nonce keeps two tokens of one second apart. */
int cc_token_use(janus_callbacks *gateway, janus_plugin *plugin, int64_t up_ms,
		 const char *text, uint32_t *user, char web[17])
{
	const char *field = strstr(text, ",user=");
	const char *colon = strrchr(text, ':');
	char want[24], *end;
	unsigned long id;

	if (!field || !colon || colon < field || strlen(colon + 1) < 20 ||
	    strlen(colon + 1) >= sizeof(used[0].signature))
		return EACCES;
	id = strtoul(field + 6, &end, 10);
	if ((end != colon && *end != ',') || !id || id > UINT32_MAX)
		return EACCES;
	snprintf(want, sizeof(want), "user=%lu", id);
	if (!gateway->auth_signature_contains(plugin, text, want) ||
	    cc_token_of_before(text, epoch_ms(), up_ms) ||
	    !first_time(colon + 1))
		return EACCES;
	*user = (uint32_t)id;
	field = strstr(text, ",web=");
	web[0] = '\0';
	if (field && strspn(field + 5, "0123456789abcdef") == 16)
		cc_copy(web, 17, field + 5);
	return 0;
}
