#include "cgi/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgi/util.h"

const char *const setting_zones[] = {
	"Europe/Kaliningrad", "Europe/Moscow",    "Europe/Simferopol",
	"Europe/Kirov",       "Europe/Volgograd", "Europe/Astrakhan",
	"Europe/Saratov",     "Europe/Ulyanovsk", "Europe/Samara",
	"Asia/Yekaterinburg", "Asia/Omsk",        "Asia/Novosibirsk",
	"Asia/Barnaul",       "Asia/Tomsk",       "Asia/Novokuznetsk",
	"Asia/Krasnoyarsk",   "Asia/Irkutsk",     "Asia/Chita",
	"Asia/Yakutsk",       "Asia/Khandyga",    "Asia/Vladivostok",
	"Asia/Ust-Nera",      "Asia/Magadan",     "Asia/Sakhalin",
	"Asia/Srednekolymsk", "Asia/Kamchatka",   "Asia/Anadyr",
};
const size_t setting_zone_count = LEN(setting_zones);

enum setting_kind setting_kind_of(const char *word)
{
	static const char *const words[] = {
		[SETTING_NUMBER] = "NUMBER", [SETTING_FLAG] = "FLAG",
		[SETTING_PHONE] = "PHONE",   [SETTING_ZONE] = "ZONE",
		[SETTING_CODE] = "CODE",     [SETTING_TEXT] = "TEXT",
	};

	for (size_t i = 0; i < LEN(words); i++)
		if (!strcmp(words[i], word))
			return (enum setting_kind)i;
	return SETTING_TEXT;
}

static void trim(char *value)
{
	size_t from = strspn(value, " \t\r\n"), len = strlen(value + from);

	memmove(value, value + from, len + 1);
	while (len && strchr(" \t\r\n", value[len - 1]))
		value[--len] = '\0';
}

static bool digits(const char *value)
{
	return *value && strspn(value, "0123456789") == strlen(value);
}

static bool number(const struct setting_rule *rule, char *value)
{
	size_t zeros = strspn(value, "0");
	unsigned long n;

	if (!digits(value) || strlen(value) > 10)
		return false;
	if (!value[zeros])
		zeros--;
	memmove(value, value + zeros, strlen(value + zeros) + 1);
	n = strtoul(value, NULL, 10);
	return n >= rule->least && n <= rule->most;
}

/* As wide as the greatest: "05" of 99. */
static bool code(const struct setting_rule *rule, char *value)
{
	if (!number(rule, value))
		return false;
	snprintf(value, SETTING_VALUE, "%0*lu",
		 snprintf(NULL, 0, "%u", rule->most), strtoul(value, NULL, 10));
	return true;
}

static bool zone(const char *value)
{
	size_t i = 0;

	while (i < setting_zone_count && strcmp(setting_zones[i], value) != 0)
		i++;
	return i < setting_zone_count;
}

/* UTF-8 was checked when the form was read. */
static bool text(const struct setting_rule *rule, const char *value)
{
	size_t n = 0;

	for (const char *p = value; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return false;
		n += ((unsigned char)*p & 0xc0) != 0x80;
	}
	return n >= rule->least && n <= rule->most;
}

bool setting_fix(const struct setting_rule *rule, char *value)
{
	trim(value);
	if (!*value)
		return rule->optional ||
		       (rule->kind == SETTING_TEXT && !rule->least);
	switch (rule->kind) {
	case SETTING_NUMBER:
		return number(rule, value);
	case SETTING_CODE:
		return code(rule, value);
	case SETTING_FLAG:
		return !strcmp(value, "0") || !strcmp(value, "1");
	case SETTING_PHONE:
		return digits(value) && strlen(value) >= rule->least &&
		       strlen(value) <= rule->most;
	case SETTING_ZONE:
		return zone(value);
	case SETTING_TEXT:
		break;
	}
	return text(rule, value);
}
