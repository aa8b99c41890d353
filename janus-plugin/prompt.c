/* prompt.c - WAV files of the prompts directory into A-law. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "janus-plugin/g711.h"
#include "janus-plugin/prompt.h"
#include "janus-plugin/util.h"

enum { MAX_FILE = 10 * 60 * 8000 * 2 + 65536 };

static const char *const names[CC_PROMPT_COUNT] = {
	[CC_PROMPT_GREETING] = "greeting",
	[CC_PROMPT_MUSIC] = "music",
	[CC_PROMPT_RING] = "ring",
	[CC_PROMPT_RINGBACK] = "ringback",
	[CC_PROMPT_BUSY] = "busy",
	[CC_PROMPT_RECONNECT] = "reconnect",
	[CC_PROMPT_CLOSED] = "closed",
	[CC_PROMPT_SORRY] = "sorry",
	[CC_PROMPT_POSITION] = "position",
	[CC_PROMPT_SOON] = "soon",
	[CC_PROMPT_BEEP] = "beep",
	[CC_PROMPT_MESSAGE] = "message",
	[CC_PROMPT_MESSAGE_BUSY] = "message-busy",
	[CC_PROMPT_MESSAGE_TAKEN] = "message-taken",
	[CC_PROMPT_MESSAGE_EMPTY] = "message-empty",
	[CC_PROMPT_LEAVE] = "leave",
	[CC_PROMPT_NUMBER_ASK] = "number-ask",
	[CC_PROMPT_NUMBER_HEARD] = "number-heard",
	[CC_PROMPT_NUMBER_RIGHT] = "number-right",
	[CC_PROMPT_NUMBER_BAD] = "number-bad",
	[CC_PROMPT_NUMBER_KEPT] = "number-kept",
	[CC_PROMPT_ZERO] = "number-0",
	[CC_PROMPT_WAIT] = "wait",
};

void cc_prompt_name(enum cc_prompt p, char *name, size_t size)
{
	if (p >= CC_PROMPT_NUMBER_1 && p <= CC_PROMPT_NUMBER_20)
		snprintf(name, size, "number-%d",
			 (int)(p - CC_PROMPT_NUMBER_1) + 1);
	else
		cc_copy(name, size, p < CC_PROMPT_COUNT ? names[p] : "");
}

static unsigned le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

/* The chunk named id, wherever it stands. A length over the end of the file
 * (0xFFFFFFFF of a streamed WAV) means "to the end". */
static const uint8_t *chunk(const uint8_t *buf, size_t len, const char *id,
			    size_t *n)
{
	size_t at = 12;

	while (at + 8 <= len) {
		size_t size = le32(buf + at + 4);

		if (size > len - at - 8)
			size = len - at - 8;
		if (memcmp(buf + at, id, 4) == 0) {
			*n = size;
			return buf + at + 8;
		}
		at += 8 + size + (size & 1);
	}
	return NULL;
}

int cc_prompt_wav(uint8_t **alaw, size_t *n, const uint8_t *buf, size_t len)
{
	const uint8_t *fmt, *data;
	size_t fmt_len, data_len, samples;
	uint8_t *out;

	if (len < 12 || memcmp(buf, "RIFF", 4) || memcmp(buf + 8, "WAVE", 4))
		return EBADMSG;

	fmt = chunk(buf, len, "fmt ", &fmt_len);
	data = chunk(buf, len, "data", &data_len);
	if (!fmt || !data || fmt_len < 16)
		return EBADMSG;
	if (le16(fmt) != 1 || le16(fmt + 2) != 1 || le32(fmt + 4) != 8000 ||
	    le16(fmt + 14) != 16)
		return EBADMSG;

	samples = data_len / 2;
	if (!samples)
		return EBADMSG;
	out = malloc(samples);
	if (!out)
		return ENOMEM;
	for (size_t i = 0; i < samples; i++)
		out[i] = cc_alaw_encode((int16_t)le16(data + 2 * i));

	*alaw = out;
	*n = samples;
	return 0;
}

static int read_all(const char *path, uint8_t **buf, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *b = NULL;
	long size = 0;
	int err = 0;

	if (!f)
		return errno;
	if (fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET))
		err = errno;
	else if (size > MAX_FILE || size == 0)
		err = EBADMSG;
	if (err)
		goto out;

	b = malloc((size_t)size);
	if (!b)
		err = ENOMEM;
	else if (fread(b, 1, (size_t)size, f) != (size_t)size)
		err = EIO;
out:
	fclose(f);
	if (err)
		free(b);
	else {
		*buf = b;
		*len = (size_t)size;
	}
	return err;
}

/* @return as cc_prompt_wav, or the errno of reading */
static int load(uint8_t **alaw, size_t *n, const char *path)
{
	uint8_t *buf = NULL;
	size_t len = 0;
	int err = read_all(path, &buf, &len);

	if (!err)
		err = cc_prompt_wav(alaw, n, buf, len);
	free(buf);
	return err;
}

int cc_prompts_add(struct cc_prompts *ps, const char *path, enum cc_prompt *out)
{
	unsigned p = CC_PROMPT_OWN;
	char *name;
	int err;

	while (p < CC_PROMPT_END && ps->of[p].n && strcmp(ps->of[p].path, path))
		p++;
	if (p == CC_PROMPT_END)
		return ENOSPC;
	*out = (enum cc_prompt)p;
	if (ps->of[p].n)
		return 0;
	name = strdup(path);
	if (!name)
		return ENOMEM;
	err = load(&ps->of[p].alaw, &ps->of[p].n, path);
	if (err)
		free(name);
	else
		ps->of[p].path = name;
	return err;
}

int cc_prompts_load(struct cc_prompts *ps, const char *dir, char *err,
		    size_t errlen)
{
	struct cc_prompts got = { 0 };
	int e = 0;

	for (int p = CC_PROMPT_NONE + 1; p < CC_PROMPT_COUNT && !e; p++) {
		char name[16], path[PATH_MAX];

		cc_prompt_name((enum cc_prompt)p, name, sizeof(name));
		if (snprintf(path, sizeof(path), "%s/%s.wav", dir, name) >=
		    (int)sizeof(path))
			e = ENAMETOOLONG;
		if (!e)
			e = load(&got.of[p].alaw, &got.of[p].n, path);
		if (e)
			snprintf(err, errlen, "%s: %s", path,
				 e == EBADMSG
				     ? "not an 8 kHz mono 16-bit WAV file"
				     : strerror(e));
	}

	if (e)
		cc_prompts_free(&got);
	else
		*ps = got;
	return e;
}

void cc_prompts_free(struct cc_prompts *ps)
{
	for (int p = 0; p < CC_PROMPT_END; p++) {
		free(ps->of[p].alaw);
		free(ps->of[p].path);
	}
	*ps = (struct cc_prompts){ 0 };
}
