#include "cgi/person_row.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cgi/form.h"
#include "cgi/param.h"
#include "cgi/util.h"

const char *const person_fields[PERSON_FIELDS] = {
	[PERSON_ENP] = "enp",
	[PERSON_SURNAME] = "surname",
	[PERSON_GIVEN] = "given_name",
	[PERSON_BIRTH] = "birth_date",
	[PERSON_SEX] = "sex",
	[PERSON_PATRONYMIC] = "patronymic",
	[PERSON_SNILS] = "snils",
	[PERSON_PHONE] = "phone",
	[PERSON_ADDRESS] = "address",
	[PERSON_INSURER] = "insurer",
	[PERSON_MO] = "mo",
	[PERSON_POLICY] = "policy_kind",
	[PERSON_NO_CALLS] = "no_calls",
};

enum person_field person_field_of(const char *name)
{
	enum person_field f = 0;

	while (f < PERSON_FIELDS && strcmp(person_fields[f], name) != 0)
		f++;
	return f;
}

struct reader {
	const char *const *text;
	struct date today;
	struct person_row *out;
	person_note_fn *note;
	void *arg;
	bool bad;
};

static const char *text_of(const struct reader *r, enum person_field f)
{
	return r->text[f] ? r->text[f] : "";
}

static void wrong(struct reader *r, enum person_field f, const char *why)
{
	r->bad = true;
	r->note(r->arg, f, false, why);
}

/* ---- one field each ------------------------------------------------------ */

static int read_enp(struct reader *r, const char *text)
{
	if (enp_parse(text, NULL))
		return EINVAL;
	memcpy(r->out->enp, text, sizeof(r->out->enp));
	return 0;
}

static int one_name(const char *text, char out[NAME_KEY_SIZE],
		    char key[NAME_KEY_SIZE])
{
	if (!name_valid(text) || name_key(text, key, NAME_KEY_SIZE))
		return EINVAL;
	return copy_text(out, NAME_KEY_SIZE, text) ? 0 : EINVAL;
}

static int read_surname(struct reader *r, const char *text)
{
	return one_name(text, r->out->surname, r->out->k_sn);
}

static int read_given(struct reader *r, const char *text)
{
	return one_name(text, r->out->given_name, r->out->k_gn);
}

static int read_patronymic(struct reader *r, const char *text)
{
	return one_name(text, r->out->patronymic, r->out->k_pn);
}

static int read_birth(struct reader *r, const char *text)
{
	struct form one; /* too big to be cleared for one field */
	struct date born;

	one.count = 1;
	one.fields[0] = (struct form_field){ "d", text, strlen(text) };
	if (param_date(&one, "d", r->out->birth) ||
	    date_parse(r->out->birth, &born) || born.year < 1900 ||
	    date_to_days(born) > date_to_days(r->today))
		return EINVAL;
	return 0;
}

static int read_sex(struct reader *r, const char *text)
{
	static const char *const men[] = { "М", "M", "1" };
	static const char *const women[] = { "Ж", "F", "2" };

	for (unsigned i = 0; i < LEN(men); i++) {
		r->out->male = !strcmp(text, men[i]);
		if (r->out->male || !strcmp(text, women[i]))
			return 0;
	}
	return EINVAL;
}

static int read_snils(struct reader *r, const char *text)
{
	return snils_parse(text, r->out->snils);
}

static int read_phone(struct reader *r, const char *text)
{
	return phone_normalize(text, r->out->phone);
}

static int read_address(struct reader *r, const char *text)
{
	size_t chars = 0;

	if (!form_utf8(text, strlen(text)))
		return EINVAL;
	for (const char *p = text; *p; p++)
		chars += (*p & 0xc0) != 0x80;
	return chars <= 300 &&
		       copy_text(r->out->address, sizeof(r->out->address), text)
		   ? 0
		   : EINVAL;
}

static int one_code(const char *text, char *out, size_t size)
{
	return strspn(text, "0123456789") == strlen(text) &&
		       copy_text(out, size, text)
		   ? 0
		   : EINVAL;
}

static int read_insurer(struct reader *r, const char *text)
{
	return one_code(text, r->out->insurer, sizeof(r->out->insurer));
}

static int read_mo(struct reader *r, const char *text)
{
	return one_code(text, r->out->mo, sizeof(r->out->mo));
}

static int read_policy(struct reader *r, const char *text)
{
	if (strlen(text) != 1 || *text < '1' || *text > '5')
		return EINVAL;
	r->out->policy_kind = (unsigned)(*text - '0');
	return 0;
}

static int read_no_calls(struct reader *r, const char *text)
{
	if (strcmp(text, "0") != 0 && strcmp(text, "1") != 0)
		return EINVAL;
	r->out->no_calls = *text == '1';
	return 0;
}

static const struct {
	int (*read)(struct reader *r, const char *text);
	const char *why;
} checks[PERSON_FIELDS] = {
	[PERSON_ENP] = { read_enp, "ЕНП: 16 цифр с верной контрольной цифрой" },
	[PERSON_SURNAME] = { read_surname, "Фамилия: 1–40 букв" },
	[PERSON_GIVEN] = { read_given, "Имя: 1–40 букв" },
	[PERSON_BIRTH] = { read_birth, "Дата рождения: ГГГГ-ММ-ДД или"
				       " ДД.ММ.ГГГГ, не в будущем" },
	[PERSON_SEX] = { read_sex, "Пол: М или Ж" },
	[PERSON_PATRONYMIC] = { read_patronymic, "Отчество: до 40 букв" },
	[PERSON_SNILS] = { read_snils,
			   "СНИЛС: 11 цифр с верным контрольным числом" },
	[PERSON_PHONE] = { read_phone, "Телефон: 10 или 11 цифр" },
	[PERSON_ADDRESS] = { read_address, "Адрес: до 300 знаков" },
	[PERSON_INSURER] = { read_insurer, "Код СМО: цифры" },
	[PERSON_MO] = { read_mo, "Код МО: цифры" },
	[PERSON_POLICY] = { read_policy, "Вид полиса: 1–5" },
	[PERSON_NO_CALLS] = { read_no_calls, "«Не звонить»: 0 или 1" },
};

/* The data may have been corrected after the number was given out. */
static void compare(struct reader *r)
{
	struct enp e;
	char born[11];

	if (enp_parse(r->out->enp, &e))
		return;
	snprintf(born, sizeof(born), "%04u-%02u-%02u", (unsigned)e.year % 10000,
		 (unsigned)e.month % 100, (unsigned)e.day % 100);
	if (strcmp(born, r->out->birth) != 0)
		r->note(r->arg, PERSON_BIRTH, true,
			"Дата рождения не та, что в ЕНП");
	if (e.male != r->out->male)
		r->note(r->arg, PERSON_SEX, true, "Пол не тот, что в ЕНП");
}

int person_row_read(const char *const text[PERSON_FIELDS], struct date today,
		    struct person_row *out, person_note_fn *note, void *arg)
{
	struct reader r = { text, today, out, note, arg, false };

	memset(out, 0, sizeof(*out));
	out->policy_kind = 4;
	for (enum person_field f = 0; f < PERSON_FIELDS; f++) {
		const char *t = text_of(&r, f);

		if (!*t && f < PERSON_REQUIRED)
			wrong(&r, f, "Обязательное поле не заполнено");
		else if (*t && checks[f].read(&r, t))
			wrong(&r, f, checks[f].why);
	}
	if (!r.bad)
		compare(&r);
	return r.bad ? EINVAL : 0;
}
