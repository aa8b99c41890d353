#include "cgi/appeal_field.h"

#include <stdio.h>
#include <string.h>

#define AT(member) \
	offsetof(struct appeal, member), sizeof(((struct appeal *)0)->member)

static const char *const reply_channels[] = { "PHONE",  "POST",   "EMAIL",
					      "PORTAL", "PERSON", NULL };
static const char *const applies[] = { "SELF", "OTHER", NULL };
static const char *const sources[] = { "DIRECT",   "FOMS",  "FEDERAL",
				       "REGIONAL", "OTHER", "MINZDRAV",
				       NULL };

/* columns are to be read downwards */
/* clang-format off */
const struct appeal_field appeal_fields[APPEAL_FIELDS] = {
	{ "type", "type", "Card.Type", FIELD_CHOICE, 0, AT(type), .null = true, .list = appeal_types, .names = "Types" },
	{ "theme", "theme_code", "Card.Theme", FIELD_THEME, 12, AT(theme), .null = true },
	{ "description", "description", "Card.Description", FIELD_TEXT, 4000, AT(description), .personal = true },
	{ "form", "form", "Card.Form", FIELD_ONE, 0, AT(form), .list = appeal_forms, .names = "Forms" },
	{ "channel", "channel", "Card.Channel", FIELD_ONE, 0, AT(channel), .list = appeal_channels, .names = "Channels" },
	{ "scenario", "scenario_id", "Scenario.Used", FIELD_SCENARIO, 0, AT(scenario_id), .null = true },
	{ "mo", "mo_id", "Card.Mo", FIELD_MO, 0, AT(mo_id), .null = true },
	{ "about_insurer", "about_insurer_id", "Card.AboutInsurer", FIELD_INSURER, 0, AT(about_insurer_id), .null = true },
	{ "appealed_on", "appealed_on", "Card.AppealedOn", FIELD_DATE, 0, AT(appealed_on), .null = true },
	{ "due", "due_date", "Field.Due", FIELD_TERM, 0, AT(due), .null = true },
	{ "received_on", "received_on", "Card.ReceivedOn", FIELD_DATE, 0, AT(received_on), .null = true },
	{ "incoming_number", "incoming_number", "Card.IncomingNumber", FIELD_TEXT, 40, AT(incoming_number), .personal = true },
	{ "source", "source", "Card.Source", FIELD_CHOICE, 0, AT(source), .list = sources, .names = "Sources" },
	{ "source_name", "source_name", "Card.SourceName", FIELD_TEXT, 160, AT(source_name), .personal = true },
	{ "oral_answer", "oral_answer", "Card.OralAnswer", FIELD_FLAG, 0, AT(oral_answer), .null = false },
	{ "surname", "surname", "Card.Surname", FIELD_NAME, 40, AT(surname), .personal = true },
	{ "given_name", "given_name", "Card.GivenName", FIELD_NAME, 40, AT(given_name), .personal = true },
	{ "patronymic", "patronymic", "Card.Patronymic", FIELD_NAME, 40, AT(patronymic), .personal = true },
	{ "birth_date", "birth_date", "Registry.Birth", FIELD_DATE, 0, AT(birth), .null = true, .personal = true },
	{ "enp", "enp", "Registry.Enp", FIELD_ENP, 20, AT(enp), .personal = true },
	{ "insurer", "insurer_id", "Card.Insurer", FIELD_INSURER, 0, AT(insurer_id), .null = true },
	{ "person", "person_id", "Card.InRegister", FIELD_PERSON, 0, AT(person_id), .null = true, .personal = true },
	{ "phone", "phone", "Card.Phone", FIELD_PHONE, 20, AT(phone), .personal = true },
	{ "email", "email", "Card.Email", FIELD_EMAIL, 120, AT(email), .personal = true },
	{ "address", "address", "Card.Address", FIELD_TEXT, 300, AT(address), .personal = true },
	{ "representative", "representative", "Card.Representative", FIELD_TEXT, 120, AT(representative), .personal = true },
	{ "representative_phone", "representative_phone", "Card.RepresentativePhone", FIELD_PHONE, 20, AT(representative_phone), .personal = true },
	{ "reply_channel", "reply_channel", "Card.ReplyChannel", FIELD_CHOICE, 0, AT(reply_channel), .list = reply_channels, .names = "AnswerChannels" },
	{ "call_time", "call_time", "Card.CallTime", FIELD_TEXT, 80, AT(call_time), .personal = true },
	{ "language", "language", "Card.Language", FIELD_TEXT, 40, AT(language), .personal = true },
	{ "do_not_call", "do_not_call", "Card.DoNotCall", FIELD_FLAG, 0, AT(do_not_call), .null = false },
	{ "applies", "applies", "Card.Applies", FIELD_ONE, 0, AT(applies), .list = applies, .names = "Applies" },
	{ "concerned_surname", "concerned_surname", "Card.ConcernedSurname", FIELD_NAME, 40, AT(concerned_surname), .personal = true },
	{ "concerned_given_name", "concerned_given_name", "Card.ConcernedGivenName", FIELD_NAME, 40, AT(concerned_given_name), .personal = true },
	{ "concerned_patronymic", "concerned_patronymic", "Card.ConcernedPatronymic", FIELD_NAME, 40, AT(concerned_patronymic), .personal = true },
	{ "concerned_birth_date", "concerned_birth_date", "Card.ConcernedBirth", FIELD_DATE, 0, AT(concerned_birth), .null = true, .personal = true },
	{ "concerned_enp", "concerned_enp", "Card.ConcernedEnp", FIELD_ENP, 20, AT(concerned_enp), .personal = true },
	{ "concerned_insurer", "applicant_insurer_id", "Card.ConcernedInsurer", FIELD_INSURER, 0, AT(applicant_insurer_id), .null = true },
	{ "concerned_person", "applicant_person_id", "Card.InRegister", FIELD_PERSON, 0, AT(applicant_person_id), .null = true, .personal = true },
	{ "relation", "relation", "Card.Relation", FIELD_TEXT, 80, AT(relation), .personal = true },
	{ "authority", "authority", "Card.Authority", FIELD_FLAG, 0, AT(authority), .null = false },
};
/* clang-format on */

char *appeal_text(struct appeal *a, const struct appeal_field *f)
{
	return (char *)a + f->at;
}

bool appeal_number_field(const struct appeal_field *f)
{
	return f->kind == FIELD_MO || f->kind == FIELD_INSURER ||
	       f->kind == FIELD_SCENARIO || f->kind == FIELD_PERSON ||
	       f->kind == FIELD_FLAG;
}

static uint64_t number(const struct appeal *a, const struct appeal_field *f)
{
	const char *at = (const char *)a + f->at;
	uint64_t big;
	uint32_t small;
	bool flag;

	if (f->kind == FIELD_PERSON) {
		memcpy(&big, at, sizeof(big));
		return big;
	}
	if (f->kind == FIELD_FLAG) {
		memcpy(&flag, at, sizeof(flag));
		return flag;
	}
	memcpy(&small, at, sizeof(small));
	return small;
}

const char *appeal_value(const struct appeal *a, const struct appeal_field *f,
			 char out[24])
{
	uint64_t v;

	if (!appeal_number_field(f))
		return (const char *)a + f->at;
	v = number(a, f);
	out[0] = '\0';
	if (v)
		snprintf(out, 24, "%llu", (unsigned long long)v);
	return out;
}

void appeal_set_number(struct appeal *a, const struct appeal_field *f,
		       uint64_t value)
{
	uint32_t small = (uint32_t)value;
	bool flag = value != 0;

	if (f->kind == FIELD_PERSON)
		memcpy(appeal_text(a, f), &value, sizeof(value));
	else if (f->kind == FIELD_FLAG)
		memcpy(appeal_text(a, f), &flag, sizeof(flag));
	else
		memcpy(appeal_text(a, f), &small, sizeof(small));
}

bool appeal_for_other(const struct appeal *a)
{
	return !strcmp(a->applies, "OTHER");
}

void appeal_form_order(struct appeal *a)
{
	uint64_t person = a->person_id;
	uint32_t insurer = a->insurer_id;

	if (!appeal_for_other(a))
		return;
	a->person_id = a->applicant_person_id;
	a->insurer_id = a->applicant_insurer_id;
	a->applicant_person_id = person;
	a->applicant_insurer_id = insurer;
}

void appeal_settle(struct appeal *a)
{
	if (strcmp(a->form, appeal_forms[1]) != 0) {
		a->received_on[0] = a->incoming_number[0] = '\0';
		a->source[0] = a->source_name[0] = '\0';
	}
	if (strcmp(a->source, "OTHER") != 0)
		a->source_name[0] = '\0';
	if (strcmp(a->channel, "VISIT") != 0)
		a->oral_answer = false;
	if (appeal_for_other(a))
		return;
	a->concerned_surname[0] = a->concerned_given_name[0] = '\0';
	a->concerned_patronymic[0] = a->concerned_birth[0] = '\0';
	a->concerned_enp[0] = a->relation[0] = '\0';
	a->authority = false;
	a->applicant_person_id = 0;
	a->applicant_insurer_id = 0;
}

struct appeal_person appeal_concerned(const struct appeal *a)
{
	struct appeal_person p = { a->surname, a->given_name, a->patronymic,
				   a->birth, a->enp };

	if (appeal_for_other(a))
		p = (struct appeal_person){ a->concerned_surname,
					    a->concerned_given_name,
					    a->concerned_patronymic,
					    a->concerned_birth,
					    a->concerned_enp };
	return p;
}
