#include "cgi/throttle.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

/* Two keys of one slot share it: a rare stranger waits a little longer. */
#define SLOTS 8192

/* ten wrong tries block the account: the burst lets a person get there;
 * an office may sit behind one address */
static const struct throttle_rule by_login = { 12, 5000 };
static const struct throttle_rule by_address = { 60, 1000 };

struct throttle {
	int fd;
	int64_t *slots;
	unsigned char key[crypto_shorthash_KEYBYTES];
};

int64_t throttle_try(int64_t *empty_at, const struct throttle_rule *rule,
		     int64_t now_ms)
{
	int64_t from = *empty_at > now_ms ? *empty_at : now_ms;
	int64_t wait = from - now_ms - (rule->burst - 1) * rule->interval_ms;

	if (wait > 0)
		return wait;
	*empty_at = from + rule->interval_ms;
	return 0;
}

void throttle_refund(int64_t *empty_at, const struct throttle_rule *rule)
{
	*empty_at -= rule->interval_ms;
}

int throttle_open(struct throttle **tp, const char *path,
		  const unsigned char key[16])
{
	struct throttle *t = calloc(1, sizeof(*t));
	int err = 0;

	if (!t)
		return ENOMEM;
	memcpy(t->key, key, sizeof(t->key));
	t->slots = MAP_FAILED;
	t->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660);
	if (t->fd < 0 || ftruncate(t->fd, SLOTS * sizeof(int64_t))) {
		err = errno;
		goto out;
	}
	t->slots = mmap(NULL, SLOTS * sizeof(int64_t), PROT_READ | PROT_WRITE,
			MAP_SHARED, t->fd, 0);
	if (t->slots == MAP_FAILED)
		err = errno;
out:
	if (err)
		throttle_close(&t);
	else
		*tp = t;
	return err;
}

void throttle_close(struct throttle **tp)
{
	struct throttle *t = *tp;

	if (!t)
		return;
	if (t->slots != MAP_FAILED)
		munmap(t->slots, SLOTS * sizeof(int64_t));
	if (t->fd >= 0)
		close(t->fd);
	free(t);
	*tp = NULL;
}

static int64_t *slot(struct throttle *t, char kind, const char *text)
{
	unsigned char hash[crypto_shorthash_BYTES];
	char name[256];
	size_t len = strnlen(text, sizeof(name) - 1);
	uint64_t n;

	name[0] = kind;
	memcpy(name + 1, text, len);
	crypto_shorthash(hash, (unsigned char *)name, len + 1, t->key);
	memcpy(&n, hash, sizeof(n));
	return &t->slots[n % SLOTS];
}

unsigned throttle_login(struct throttle *t, const char *login,
			const char *address, int64_t now_ms)
{
	int64_t *account = slot(t, 'u', login);
	int64_t *place = slot(t, 'a', address);
	int64_t was, wait;

	while (flock(t->fd, LOCK_EX) && errno == EINTR)
		;
	was = *place;
	wait = throttle_try(place, &by_address, now_ms);
	if (!wait) {
		wait = throttle_try(account, &by_login, now_ms);
		if (wait)
			*place = was;
	}
	flock(t->fd, LOCK_UN);
	return (unsigned)((wait + 999) / 1000);
}

void throttle_passed(struct throttle *t, const char *login, const char *address)
{
	while (flock(t->fd, LOCK_EX) && errno == EINTR)
		;
	throttle_refund(slot(t, 'u', login), &by_login);
	throttle_refund(slot(t, 'a', address), &by_address);
	flock(t->fd, LOCK_UN);
}
