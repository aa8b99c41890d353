/*
 * otklik-verify: is a recording whole and unchanged? Needs nothing but the
 * files: no database, no network.
 *
 *   otklik-verify PATH...
 *       PATH is ID.wav, or a directory that is searched for them
 *
 * One line a recording: ok, open (fits as far as it goes, but was never
 * closed) or BROKEN; then its id, call, seconds, and the head of its chain,
 * to be compared with the one that the database or a manifest has. The exit
 * status is 1 when anything is broken or unreadable.
 */
#include <errno.h>
#include <ftw.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cgi/wav_chain.h"

static unsigned checked, broken;

static void check(const char *path)
{
	static const char *const words[] = { "ok", "open", "BROKEN" };
	struct wav_check c;
	char head[65];
	int err = wav_check(&c, path);

	checked++;
	if (err) {
		broken++;
		printf("BROKEN %s: %s\n", path, strerror(err));
		return;
	}
	broken += c.verdict == WAV_BROKEN;
	sodium_bin2hex(head, sizeof(head), c.head, sizeof(c.head));
	printf("%s %s call %s %u s head %s", words[c.verdict],
	       *c.id ? c.id : path, *c.call ? c.call : "?", c.frames, head);
	if (c.verdict == WAV_BROKEN)
		printf(": after second %u: %s", c.frames, c.why);
	else if (c.why)
		printf(": %s", c.why);
	putchar('\n');
}

static int visit(const char *path, const struct stat *st, int type,
		 struct FTW *where)
{
	size_t len = strlen(path);

	(void)st;
	(void)where;
	if (type == FTW_F && len > 4 && !strcmp(path + len - 4, ".wav"))
		check(path);
	return 0;
}

int main(int argc, char **argv)
{
	struct stat st;

	if (argc < 2 || argv[1][0] == '-') {
		fputs("usage: otklik-verify PATH...\n", stderr);
		return 2;
	}
	if (sodium_init() < 0)
		return 2;
	for (int i = 1; i < argc; i++)
		if (!stat(argv[i], &st) && S_ISDIR(st.st_mode))
			nftw(argv[i], visit, 16, FTW_PHYS);
		else
			check(argv[i]);
	printf("%u checked, %u broken\n", checked, broken);
	return broken ? 1 : 0;
}
