#include "cgi/sound.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FFMPEG "/usr/bin/ffmpeg"
#define CPU_S  60
#define WALL_S 120
#define MEMORY ((rlim_t)1 << 30)
/* ten minutes and a little, so that a longer one is known as such */
#define MAX_SECONDS "602"
#define MAX_BYTES   ((rlim_t)(16000 * 620))
#define LEAST_MS    100
#define LEAST_PEAK  100 /* of 32767: what is quieter is not heard */

const char *sound_kind(const unsigned char *head, size_t len)
{
	if (len < 12)
		return NULL;
	if (!memcmp(head, "RIFF", 4) && !memcmp(head + 8, "WAVE", 4))
		return "wav";
	if (!memcmp(head, "OggS", 4))
		return "ogg";
	/* a tag before it, or a frame of layer III */
	if (!memcmp(head, "ID3", 3) ||
	    (head[0] == 0xff && (head[1] & 0xe6) == 0xe2))
		return "mp3";
	return NULL;
}

static int limit(int what, rlim_t most)
{
	const struct rlimit r = { most, most };

	return setrlimit(what, &r);
}

/* In the child; returns only when it could not be started. */
static void run(const char *kind, const char *from, const char *to)
{
	/* clang-format off */
	const char *const argv[] = { "ffmpeg", "-nostdin", "-v", "error",
		"-protocol_whitelist", "file", "-f", kind, "-i", from,
		"-map", "0:a:0", "-t", MAX_SECONDS,
		/* what a telephone line lets through, and all alike loud */
		"-af", "aresample=8000,highpass=f=200,lowpass=f=3600,"
		       "dynaudnorm=p=0.5",
		"-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le",
		"-map_metadata", "-1", "-fflags", "+bitexact",
		"-flags:a", "+bitexact", "-y", "-f", "wav", to, NULL };
	/* clang-format on */
	char *const env[] = { (char *)"PATH=/usr/bin:/bin", NULL };
	const int nothing = open("/dev/null", O_RDWR);

	if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 ||
	    limit(RLIMIT_CPU, CPU_S) || limit(RLIMIT_FSIZE, MAX_BYTES) ||
	    limit(RLIMIT_AS, MEMORY) || limit(RLIMIT_CORE, 0) || nice(10) == -1)
		_exit(126);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	alarm(WALL_S);
	execve(FFMPEG, (char *const *)argv, env);
	_exit(127);
}

/* Samples of a WAV that is ours. @return 0, or EBADMSG */
static int measure(FILE *f, unsigned *ms, const char **why)
{
	unsigned char head[4096];
	size_t n = fread(head, 1, sizeof(head), f), at = 12;
	uint64_t samples = 0;
	int16_t sample, peak = 0;

	while (at + 8 <= n && memcmp(head + at, "data", 4) != 0)
		at += 8 + (head[at + 4] | (size_t)head[at + 5] << 8);
	if (at + 8 > n || fseek(f, (long)at + 8, SEEK_SET))
		return EBADMSG;
	while (fread(&sample, sizeof(sample), 1, f) == 1) {
		const int loud = abs(sample);

		peak =
		    (int16_t)(loud > peak ? loud > 32767 ? 32767 : loud : peak);
		samples++;
	}
	*ms = (unsigned)(samples / 8);
	if (*ms < LEAST_MS || peak < LEAST_PEAK)
		*why = "SILENT";
	else if (*ms > SOUND_MAX_MS)
		*why = "LONG";
	else
		return 0;
	return EBADMSG;
}

static int kind_of(const char *path, const char **kind)
{
	unsigned char head[12];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return errno;
	n = fread(head, 1, sizeof(head), f);
	fclose(f);
	*kind = sound_kind(head, n);
	return *kind ? 0 : EBADMSG;
}

/* What its end says: 0, EBADMSG (why) or an errno of ours */
static int ended(int status, const char **why)
{
	if (WIFSIGNALED(status)) {
		*why =
		    WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU
			? "TIME"
			: "ERROR";
		return EBADMSG;
	}
	if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
		return ENOEXEC;
	return WEXITSTATUS(status) ? EBADMSG : 0;
}

int sound_convert(const char *from, const char *to, unsigned *ms,
		  const char **why)
{
	char part[512];
	const char *kind = NULL;
	int status, err;
	pid_t child;
	FILE *f;

	*why = "TYPE";
	err = kind_of(from, &kind);
	if (err)
		return err;
	if (snprintf(part, sizeof(part), "%s.part", to) >= (int)sizeof(part))
		return ENAMETOOLONG;
	child = fork();
	if (!child)
		run(kind, from, part);
	if (child < 0)
		return errno;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	*why = "ERROR";
	err = ended(status, why);
	f = err ? NULL : fopen(part, "re");
	if (!err)
		err = f ? measure(f, ms, why) : errno;
	if (f)
		fclose(f);
	if (!err && (chmod(part, 0640) || rename(part, to)))
		err = errno;
	if (err)
		unlink(part);
	return err;
}
