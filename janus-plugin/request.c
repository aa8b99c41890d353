#include <errno.h>
#include <string.h>

#include "janus-plugin/request.h"
#include "janus-plugin/util.h"

const char CC_BAD_REQUEST[] = "BAD_REQUEST";
const char CC_NOT_HELLO[] = "NOT_HELLO";
const char CC_TOKEN[] = "TOKEN";
const char CC_FORBIDDEN[] = "FORBIDDEN";
const char CC_STATE[] = "STATE";
const char CC_GEN[] = "GEN";
const char CC_TAKEN[] = "TAKEN";
const char CC_NO_EXTENSION[] = "NO_EXTENSION";
const char CC_SELF[] = "SELF";
const char CC_BUSY[] = "BUSY";
const char CC_LIVE_ELSEWHERE[] = "LIVE_ELSEWHERE";
const char CC_NO_MEDIA[] = "NO_MEDIA";
const char CC_IN_CALL[] = "IN_CALL";
const char CC_M22[] = "M22";
const char CC_M23[] = "M23";
const char CC_ACCUSED[] = "ACCUSED";
const char CC_UNKNOWN_NUMBER[] = "UNKNOWN_NUMBER";
const char CC_DIAL_FORBIDDEN[] = "DIAL_FORBIDDEN";
const char CC_DIAL_LIMIT[] = "DIAL_LIMIT";
const char CC_ALERT_OVER[] = "ALERT_OVER";
const char CC_QUEUE_CLOSED[] = "QUEUE_CLOSED";
const char CC_NO_DIGITS[] = "NO_DIGITS";

static const struct {
	const char *code, *text;
} texts[] = {
	{ CC_BAD_REQUEST, "Страница устарела. Обновите её" },
	{ CC_NOT_HELLO, "Связь ещё устанавливается. Повторите" },
	{ CC_TOKEN, "Вход устарел. Войдите ещё раз" },
	{ CC_FORBIDDEN, "Для вашей роли это действие не разрешено" },
	{ CC_STATE, "Сейчас это действие невозможно" },
	{ CC_GEN, "Вызов уже завершён" },
	{ CC_TAKEN, "Вызов уже принял другой оператор" },
	{ CC_NO_EXTENSION, "Внутренний номер не найден" },
	{ CC_SELF, "Нельзя перевести на себя" },
	{ CC_BUSY, "Сотрудник сейчас занят или недоступен" },
	{ CC_LIVE_ELSEWHERE, "Телефон открыт в другом окне" },
	{ CC_NO_MEDIA, "Нет свободных линий. Сообщите администратору" },
	{ CC_IN_CALL, "Завершите разговор перед выходом" },
	{ CC_UNKNOWN_NUMBER, "Номер не существует" },
	{ CC_DIAL_FORBIDDEN, "Набор этого номера запрещён" },
	{ CC_DIAL_LIMIT, "Превышен предел исходящих вызовов" },
	{ "BUSY_NUMBER", "Номер занят" },
	{ "NO_ANSWER", "Не отвечает" },
	{ "REJECTED", "Вызов отклонён" },
	{ "UNREACHABLE", "Номер недоступен" },
	{ "M03", "Микрофон не найден. Подключите гарнитуру и нажмите «Начало "
		 "работы» ещё раз. Без микрофона программный телефон не "
		 "работает" },
	{ "M17", "Служба не отвечает. Попросите абонента положить трубку и "
		 "набрать 112" },
	{ CC_M22, "Передать обращение в другую СМО?" },
	{ CC_M23, "Гражданин застрахован в другой СМО" },
	{ CC_ACCUSED,
	  "Жалоба на эту СМО: её сотрудникам обращение не передаётся" },
	{ CC_ALERT_OVER, "Тревогу уже принял другой сотрудник" },
	{ CC_QUEUE_CLOSED, "Очередь закрыта или заполнена" },
	{ CC_NO_DIGITS, "Линия абонента не принимает цифры" },
	{ "M20", "Старший смены не отвечает. Действуйте сами: 112" },
	{ "TRANSFER_REFUSED", "Сотрудник отклонил вызов, он вернулся к вам" },
	{ "TRANSFER_LOST",
	  "Связь с сотрудником потеряна, вызов вернулся к вам" },
	{ "M18", "Назовите диспетчеру регион и адрес абонента" },
	{ "TRANSFER_BACK", "Сотрудник не ответил, вызов вернулся к вам" },
};

enum { /* arguments of a request */
       A_CALL = 1 << 0,
       A_GEN = 1 << 1,
       A_TOKEN = 1 << 2,
       A_PAGE = 1 << 3,
       A_N = 1 << 4,
       A_TAKEOVER = 1 << 5, /* optional */
       A_MODE = 1 << 6,
       A_APPEAL = 1 << 7, /* optional */
       A_ALERT = 1 << 8,
       A_REASON = 1 << 9,
       A_USER = 1 << 10,
       A_QUEUE = 1 << 11,
       A_ON = 1 << 12,
       A_END = 1 << 13,
       A_TRUNK = 1 << 14,   /* optional */
       A_CONFIRM = 1 << 15, /* optional */
};

static const struct spec {
	const char *name;
	unsigned args;
	const char *text;   /* key of the text argument, NULL = none */
	const char *values; /* "|A|B|" allowed, or NULL: charset */
	const char *charset;
} specs[REQ_COUNT] = {
	[REQ_HELLO] = { "hello", A_TOKEN | A_PAGE | A_TAKEOVER, 0, 0, 0 },
	[REQ_SYNC] = { "sync", 0, 0, 0, 0 },
	[REQ_PONG] = { "pong", A_N, 0, 0, 0 },
	[REQ_START] = { "start", A_TAKEOVER, 0, 0, 0 },
	[REQ_LEG] = { "leg", 0, 0, 0, 0 },
	[REQ_FINISH] = { "finish", 0, 0, 0, 0 },
	[REQ_BREAK] = { "break", 0, "reason",
			"|LUNCH|SHORT|TRAINING|TECHNICAL|", 0 },
	[REQ_RESUME] = { "resume", 0, 0, 0, 0 },
	[REQ_ANSWER] = { "answer", A_CALL | A_GEN, 0, 0, 0 },
	[REQ_REJECT] = { "reject", A_CALL | A_GEN, 0, 0, 0 },
	[REQ_HANGUP] = { "hangup", A_CALL, 0, 0, 0 },
	[REQ_HOLD] = { "hold", A_CALL, 0, 0, 0 },
	[REQ_UNHOLD] = { "unhold", A_CALL, 0, 0, 0 },
	[REQ_MUTE] = { "mute", 0, 0, 0, 0 },
	[REQ_UNMUTE] = { "unmute", 0, 0, 0, 0 },
	[REQ_DTMF] = { "dtmf", 0, "digits", 0, "0123456789*#ABCD" },
	[REQ_DIAL] = { "dial", A_APPEAL | A_TRUNK, "number", 0,
		       "+0123456789*# -()." },
	[REQ_TRANSFER] = { "transfer", A_CALL | A_MODE | A_CONFIRM, "to", 0,
			   "+0123456789queue:" },
	[REQ_COMPLETE] = { "complete", A_CALL, 0, 0, 0 },
	[REQ_BACK] = { "back", A_CALL, 0, 0, 0 },
	[REQ_EMERGENCY] = { "emergency", A_CALL, "service", "|112|103|", 0 },
	[REQ_LEAVE] = { "leave", A_CALL, 0, 0, 0 },
	[REQ_READY] = { "ready", 0, 0, 0, 0 },
	[REQ_EXTEND] = { "extend", 0, 0, 0, 0 },
	[REQ_NONTARGET] = { "nontarget", A_CALL, "kind",
			    "|SILENCE|MISTAKE|SPAM|CHILD|", 0 },
	[REQ_MIC] = { "mic", 0, "state", "|lost|back|", 0 },
	[REQ_TAKE] = { "take", A_CALL | A_GEN, 0, 0, 0 },
	[REQ_BYE] = { "bye", 0, 0, 0, 0 },
	[REQ_ACCEPT] = { "accept", A_ALERT, 0, 0, 0 },
	[REQ_RAISE] = { "raise", 0, "flag", "|THREAT|OPERATOR_UNWELL|", 0 },
	[REQ_WATCH] = { "watch", A_ON, 0, 0, 0 },
	[REQ_RELEASE] = { "release", A_CALL | A_END | A_REASON, 0, 0, 0 },
	[REQ_REST] = { "rest", A_USER | A_REASON, 0, 0, 0 },
	[REQ_MOVE] = { "move", A_CALL | A_QUEUE | A_REASON, 0, 0, 0 },
	/* queue 0: back to his own */
	[REQ_ASSIGN] = { "assign", A_USER | A_QUEUE | A_REASON, 0, 0, 0 },
};

/* Copies a string argument of 1 to size - 1 bytes. */
static int text_arg(char *dst, size_t size, const json_t *body, const char *key)
{
	const json_t *v = json_object_get(body, key);
	size_t n = v ? json_string_length(v) : 0;

	if (!json_is_string(v) || !n || n >= size ||
	    strlen(json_string_value(v)) != n)
		return EINVAL;
	memcpy(dst, json_string_value(v), n + 1);
	return 0;
}

static int number_arg(uint64_t *out, uint64_t max, const json_t *body,
		      const char *key)
{
	const json_t *v = json_object_get(body, key);

	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    (uint64_t)json_integer_value(v) > max)
		return EINVAL;
	*out = (uint64_t)json_integer_value(v);
	return 0;
}

static int uuid_arg(char out[37], const json_t *body, const char *key)
{
	if (text_arg(out, 37, body, key) || strlen(out) != 36 ||
	    strspn(out, "0123456789abcdefABCDEF-") != 36)
		return EINVAL;
	return 0;
}

static int named_value(const struct spec *spec, const char *text)
{
	char want[40] = "|";

	if (!spec->values)
		return strspn(text, spec->charset) == strlen(text) ? 0 : EINVAL;
	if (strchr(text, '|'))
		return EINVAL;
	strcat(want, text); /* at most 32 */
	strcat(want, "|");
	return strstr(spec->values, want) ? 0 : EINVAL;
}

static int mode_arg(bool *consult, const json_t *body)
{
	char mode[16];

	if (text_arg(mode, sizeof(mode), body, "mode"))
		return EINVAL;
	*consult = !strcmp(mode, "consult");
	return *consult || !strcmp(mode, "blind") ? 0 : EINVAL;
}

/* 1 to 200 characters, one of them no space, none of them a control. */
static int reason_arg(char *dst, size_t size, const json_t *body,
		      const char *key)
{
	unsigned letters = 0, solid = 0;

	if (text_arg(dst, size, body, key))
		return EINVAL;
	for (const char *s = dst; *s; s++) {
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			return EINVAL;
		letters += ((unsigned char)*s & 0xc0) != 0x80;
		solid += *s != ' ';
	}
	return letters <= 200 && solid ? 0 : EINVAL;
}

static int bool_arg(bool *out, const json_t *body, const char *key)
{
	const json_t *v = json_object_get(body, key);

	if (!json_is_boolean(v))
		return EINVAL;
	*out = json_is_true(v);
	return 0;
}

/* What only a supervisor says. */
static int shift_args(struct cc_request *r, unsigned want, const json_t *body,
		      const char **key)
{
	const struct {
		unsigned arg;
		const char *key;
		uint32_t *n;
	} numbers[] = { { A_USER, "user", &r->user },
			{ A_QUEUE, "queue", &r->queue } };
	uint64_t n;

	for (size_t i = 0; i < CC_LEN(numbers); i++) {
		*key = numbers[i].key;
		if (!(want & numbers[i].arg))
			continue;
		if (number_arg(&n, UINT32_MAX, body, *key))
			return EINVAL;
		*numbers[i].n = (uint32_t)n;
	}
	*key = "on";
	if ((want & A_ON) && bool_arg(&r->on, body, *key))
		return EINVAL;
	*key = "end";
	if ((want & A_END) && bool_arg(&r->end, body, *key))
		return EINVAL;
	*key = "alert";
	if ((want & A_ALERT) && uuid_arg(r->alert, body, *key))
		return EINVAL;
	*key = "reason";
	if ((want & A_REASON) &&
	    reason_arg(r->reason, sizeof(r->reason), body, *key))
		return EINVAL;
	return 0;
}

static int args(struct cc_request *r, const struct spec *spec,
		const json_t *body, const char **key)
{
	const json_t *v;
	uint64_t n;

	*key = "call";
	if ((spec->args & A_CALL) && uuid_arg(r->call, body, *key))
		return EINVAL;
	*key = "gen";
	if (spec->args & A_GEN) {
		if (number_arg(&n, UINT32_MAX, body, *key))
			return EINVAL;
		r->gen = (uint32_t)n;
	}
	*key = "token";
	if ((spec->args & A_TOKEN) &&
	    text_arg(r->token, sizeof(r->token), body, *key))
		return EINVAL;
	*key = "page";
	if ((spec->args & A_PAGE) && uuid_arg(r->page, body, *key))
		return EINVAL;
	if (shift_args(r, spec->args, body, key))
		return EINVAL;
	*key = "n";
	if ((spec->args & A_N) && number_arg(&r->n, INT64_MAX, body, *key))
		return EINVAL;
	*key = "appeal";
	if ((spec->args & A_APPEAL) && json_object_get(body, *key) &&
	    number_arg(&r->appeal, INT64_MAX, body, *key))
		return EINVAL;
	*key = "trunk";
	if ((spec->args & A_TRUNK) && json_object_get(body, *key)) {
		if (number_arg(&n, INT32_MAX, body, *key))
			return EINVAL;
		r->trunk = (uint32_t)n;
	}
	*key = "takeover";
	v = json_object_get(body, *key);
	if ((spec->args & A_TAKEOVER) && v && !json_is_boolean(v))
		return EINVAL;
	r->takeover = json_is_true(v);
	*key = "confirm";
	v = json_object_get(body, *key);
	if ((spec->args & A_CONFIRM) && v && !json_is_boolean(v))
		return EINVAL;
	r->confirm = json_is_true(v);
	*key = "mode";
	if ((spec->args & A_MODE) && mode_arg(&r->consult, body))
		return EINVAL;
	*key = spec->text;
	if (spec->text && (text_arg(r->text, sizeof(r->text), body, *key) ||
			   named_value(spec, r->text)))
		return EINVAL;
	return 0;
}

int cc_request_parse(struct cc_request *out, const json_t *body,
		     const char **key)
{
	struct cc_request r = { .kind = REQ_COUNT };
	char name[16];

	*key = "request";
	if (!json_is_object(body) || text_arg(name, sizeof(name), body, *key))
		return EINVAL;
	for (size_t i = 0; i < REQ_COUNT; i++)
		if (!strcmp(specs[i].name, name))
			r.kind = (enum cc_request_kind)i;
	if (r.kind == REQ_COUNT || args(&r, &specs[r.kind], body, key))
		return EINVAL;
	*out = r;
	return 0;
}

const char *cc_request_text(const char *code)
{
	for (size_t i = 0; i < CC_LEN(texts); i++)
		if (!strcmp(texts[i].code, code))
			return texts[i].text;
	return code;
}
