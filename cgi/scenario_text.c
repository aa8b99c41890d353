#include "cgi/scenario_text.h"

#include <string.h>

#include "cgi/util.h"

static const char unknown[] = "…";

int scenario_parts(const char *text,
		   const char *(*value)(void *arg, const char *name,
					size_t len),
		   int (*each)(void *arg, enum scenario_part kind,
			       const char *part, size_t len),
		   void *arg)
{
	const char *from = text, *at = text;
	int err = 0;

	while (!err && *at) {
		const char *end = *at == '['   ? strchr(at, ']')
				  : *at == '{' ? strchr(at, '}')
					       : NULL;

		if (!end || end == at + 1) {
			at++;
			continue;
		}
		if (at > from)
			err = each(arg, PART_SAY, from, (size_t)(at - from));
		if (!err && *at == '[') {
			err =
			    each(arg, PART_DO, at + 1, (size_t)(end - at - 1));
		} else if (!err) {
			const char *v =
			    value(arg, at + 1, (size_t)(end - at - 1));

			err = v && *v ? each(arg, PART_VALUE, v, strlen(v))
				      : each(arg, PART_UNKNOWN, unknown,
					     sizeof(unknown) - 1);
		}
		from = at = end + 1;
	}
	if (!err && at > from)
		err = each(arg, PART_SAY, from, (size_t)(at - from));
	return err;
}

bool scenario_value_known(const char *name, size_t len)
{
	/* DOMAIN 4.2 */
	static const char *const names[] = {
		"имя_оператора",
		"имя_обратившегося",
		"имя_отчество_ЗЛ",
		"номер_обращения",
		"статус",
		"исполнитель",
		"срок",
		"название_МО",
		"название_СМО",
		"дата_госпитализации",
		"тема",
		"пересказ_вопроса",
		"цель_обращения",
		"вопрос_1",
		"телефон_МО",
		"адрес_МО",
		"часы_работы",
	};

	for (size_t i = 0; i < LEN(names); i++)
		if (strlen(names[i]) == len && !memcmp(names[i], name, len))
			return true;
	return false;
}

bool scenario_text_valid(const char *text)
{
	for (const char *at = text; *(at += strcspn(at, "[]{}")); at++) {
		const char *end = *at == '['   ? strpbrk(at + 1, "[]")
				  : *at == '{' ? strchr(at, '}')
					       : NULL;
		const size_t len = end ? (size_t)(end - at - 1) : 0;

		if (!len || *end == '[' ||
		    (*at == '{' && !scenario_value_known(at + 1, len)))
			return false;
		at = end;
	}
	return true;
}

const char *scenario_flag(const char *code)
{
	/* DOMAIN 4.2 */
	static const char *const flags[][2] = {
		{ "SC-036", "EMERGENCY" },    { "SC-102", "THREAT" },
		{ "SC-103", "EMERGENCY" },    { "SC-105", "SILENT" },
		{ "SC-110", "TECH_FAILURE" }, { "SC-111", "OPERATOR_UNWELL" },
		{ "SC-115", "EMERGENCY" },    { "SC-116", "SPAM" },
		{ "SC-118", "EMERGENCY" },    { "SC-119", "THREAT" },
	};

	for (size_t i = 0; i < LEN(flags); i++)
		if (!strcmp(code, flags[i][0]))
			return flags[i][1];
	return NULL;
}
