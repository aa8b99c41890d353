/*
 * The whole plugin in one process: many threads at once do what Janus' loops,
 * its transports, the trunk and the pages do. Its worth is under the thread
 * and address sanitizers (test_sanitized.sh); here it must merely live, and
 * audio must flow. limit: 240 s
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "janus-plugin/prompt.h"
#include "tests/fake/janus.h"
#include "tests/fake/outer.h"

#define PAGES 4

janus_plugin *create(void);

static janus_plugin *plugin;
static atomic_bool stop;
static atomic_long heard; /* RTP packets the citizens got */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void pause_ms(int ms)
{
	const struct timespec t = { .tv_sec = 0, .tv_nsec = ms * 1000000L };

	nanosleep(&t, NULL);
}

static void write_prompt(const char *dir, enum cc_prompt p)
{
	static const unsigned char head[44] =
	    "RIFF\x24\x0c\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x40\x1f\0\0"
	    "\x80\x3e\0\0\2\0\x10\0data\0\x0c\0\0";
	static const unsigned char sound[0xc00];
	char name[16], path[340];
	FILE *f;

	cc_prompt_name(p, name, sizeof(name));
	snprintf(path, sizeof(path), "%s/%s.wav", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fwrite(head, 1, sizeof(head), f);
	fwrite(sound, 1, sizeof(sound), f);
	fclose(f);
}

static json_t *ask(janus_plugin_session *s, json_t *body, json_t *jsep)
{
	janus_plugin_result *r;
	json_t *answer;

	r = plugin->handle_message(s, g_strdup("t"), body, jsep);
	answer = json_incref(r->content);
	janus_plugin_result_destroy(r);
	return answer;
}

static void say(janus_plugin_session *s, const char *request)
{
	json_decref(ask(s, json_pack("{s:s}", "request", request), NULL));
}

static void sign_in(janus_plugin_session *s, int user, unsigned n)
{
	static const char answer[] = "v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\n"
				     "t=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 8"
				     "\r\nc=IN IP4 0.0.0.0\r\n"
				     "a=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n";
	char token[80];

	/* made after the plugin began */
	snprintf(token, sizeof(token), "%lld,janus.plugin.otklik,user=%d:%027u",
		 (long long)time(NULL) + 120, user, n);
	json_decref(
	    ask(s,
		json_pack("{s:s, s:s, s:s}", "request", "hello", "token", token,
			  "page", "00000000-0000-7000-8000-000000000000"),
		NULL));
	json_decref(
	    ask(s, json_pack("{s:s, s:b}", "request", "start", "takeover", 1),
		NULL));
	json_decref(
	    ask(s, json_pack("{s:s}", "request", "leg"),
		json_pack("{s:s, s:s}", "type", "answer", "sdp", answer)));
	plugin->setup_media(s);
}

/* A browser's loop thread: 20 ms packets. */
struct speaker {
	janus_plugin_session *session;
	atomic_bool stop;
};

static void *speak(void *arg)
{
	struct speaker *sp = arg;
	unsigned char buf[172] = { 0x80, 8 };
	uint16_t seq = 0;
	uint32_t ts = 0;

	memset(buf + 12, 0x55, 160);
	while (!atomic_load(&sp->stop)) {
		janus_plugin_rtp p = { .mindex = 0,
				       .buffer = (char *)buf,
				       .length = sizeof(buf) };

		buf[2] = (unsigned char)(seq >> 8);
		buf[3] = (unsigned char)seq++;
		ts += 160;
		for (int i = 0; i < 4; i++)
			buf[4 + i] = (unsigned char)(ts >> (24 - 8 * i));
		plugin->incoming_rtp(sp->session, &p);
		pause_ms(2); /* ten times as fast as people */
	}
	return NULL;
}

/* One person: pages come and go, every button is pressed. */
static void *person(void *arg)
{
	static const char *const buttons[] = { "hold",  "unhold", "mute",
					       "back",  "unmute", "complete",
					       "leave", "hangup" };
	int user = (int)(intptr_t)arg;
	unsigned n = (unsigned)user * 1000000, error = 0;

	while (!atomic_load(&stop)) {
		janus_plugin_session *s = fake_janus_session();
		struct speaker sp = { .session = s };
		pthread_t loop;
		int err = 0;

		plugin->create_session(s, &err);
		assert_int_equal(err, 0);
		sign_in(s, user, n++);
		pthread_create(&loop, NULL, speak, &sp);
		for (int i = 0; i < 40 && !atomic_load(&stop); i++) {
			say(s, "sync");
			say(s, "ready");
			say(s, buttons[(n + (unsigned)i) % 8]);
			pause_ms(5);
		}
		plugin->hangup_media(s);
		if (n % 3)
			say(s, "bye");
		/* Janus stops a handle's loop before it destroys it */
		atomic_store(&sp.stop, true);
		pthread_join(loop, NULL);
		plugin->destroy_session(s, &err);
		error += err != 0;
		fake_janus_drop(s);
	}
	return (void *)(intptr_t)error;
}

/* Citizens call, listen, hang up. */
static void *trunk(void *arg)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)arg;
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	getsockname(fd, (struct sockaddr *)&a, &len);
	while (!atomic_load(&stop)) {
		uint64_t dialog = fake_sip_call(ntohs(a.sin_port));
		double end = seconds() + 0.7;
		char buf[512];

		while (seconds() < end && !atomic_load(&stop)) {
			if (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 12)
				atomic_fetch_add(&heard, 1);
			else
				pause_ms(2);
		}
		fake_sip_bye(dialog);
	}
	close(fd);
	return NULL;
}

static void everybody_at_once(void **state)
{
	pthread_t people[PAGES], trunks[3];
	void *errors;

	(void)state;
	for (intptr_t i = 0; i < PAGES; i++)
		pthread_create(&people[i], NULL, person, (void *)(i + 1));
	for (int i = 0; i < 3; i++)
		pthread_create(&trunks[i], NULL, trunk, NULL);
	for (int i = 0; i < 100; i++)
		pause_ms(100);
	atomic_store(&stop, true);
	for (int i = 0; i < PAGES; i++) {
		pthread_join(people[i], &errors);
		assert_null(errors);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(trunks[i], NULL);
	assert_true(atomic_load(&heard) > 100);
	assert_true(atomic_load(&fake_janus.relayed) > 10);
	assert_true(atomic_load(&fake_janus.offers) >= PAGES);
	assert_true(atomic_load(&fake_outer.answers) >= 3);
}

static void *read_prompts(void *arg)
{
	(void)arg;
	fake_store_prompts(json_pack("[{s:s, s:i}, {s:s, s:i}]", "use",
				     "greeting", "file", 1, "use", "sorry",
				     "file", 2));
	return NULL;
}

/* A disk that does not answer: the fund's own prompts are read for long. */
static void calls_are_answered_while_prompts_are_read(void **state)
{
	const long before = atomic_load(&fake_outer.answers);
	const double end = seconds() + 20;
	char path[2][300];
	uint64_t dialog;
	pthread_t store;
	bool answered;

	for (int i = 0; i < 2; i++) {
		snprintf(path[i], sizeof(path[i]), "%s/own/%d.wav",
			 (char *)*state, i + 1);
		assert_int_equal(mkfifo(path[i], 0600), 0);
	}
	pthread_create(&store, NULL, read_prompts, NULL);
	close(open(path[0], O_WRONLY)); /* it is at the first */
	dialog = fake_sip_call(9);
	while (atomic_load(&fake_outer.answers) == before && seconds() < end)
		pause_ms(5);
	answered = atomic_load(&fake_outer.answers) > before;
	close(open(path[1], O_WRONLY));
	pthread_join(store, NULL);
	fake_sip_bye(dialog);
	assert_true(answered);
}

static void make_dir(const char *base, const char *name, const char *key)
{
	char path[320];

	snprintf(path, sizeof(path), "%s/%s", base, name);
	assert_int_equal(mkdir(path, 0700), 0);
	fake_janus_set(key, path);
}

static int setup(void **state)
{
	char dir[] = "/tmp/otklik-test-XXXXXX", path[300];
	FILE *f;

	assert_non_null(mkdtemp(dir));
	make_dir(dir, "rec", "rec_dir");
	make_dir(dir, "spool", "spool_dir");
	make_dir(dir, "prompts", "prompts_dir");
	make_dir(dir, "own", "own_prompts_dir");
	snprintf(path, sizeof(path), "%s/prompts", dir);
	for (int p = CC_PROMPT_NONE + 1; p < CC_PROMPT_COUNT; p++)
		write_prompt(path, (enum cc_prompt)p);
	snprintf(path, sizeof(path), "%s/password", dir);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs("none\n", f);
	fclose(f);
	fake_janus_set("db_password_file", path);
	fake_janus_set("node", "test");
	fake_janus_set("db_socket", "none");
	fake_janus_set("db_user", "media");
	fake_janus_set("db_name", "otklik");
	fake_janus_set("engine_socket", "none");
	fake_janus_set("sip_addr", "127.0.0.1");
	fake_janus_set("sip_port", "5060");
	fake_janus_set("sips_port", "5061");
	fake_janus_set("sips_dir", "none");
	fake_janus_set("trunk_peer", "127.0.0.1:5080");
	fake_janus_set("rtp_ports", "21000-21999");
	fake_janus_set("emergency", "112,103");
	fake_janus_set("ping_ms", "700");
	fake_store_users = PAGES;
	*state = strdup(dir);

	plugin = create();
	return plugin->init(fake_janus_callbacks(), "none");
}

static int teardown(void **state)
{
	char cmd[64];

	plugin->destroy();
	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", (char *)*state);
	free(*state);
	return system(cmd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_are_answered_while_prompts_are_read),
		cmocka_unit_test(everybody_at_once),
	};

	return cmocka_run_group_tests_name("concurrency", tests, setup,
					   teardown);
}
