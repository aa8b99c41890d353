/* The directories that administrators keep, one table each. */
#include <string.h>

#include "cgi/card.h"
#include "cgi/rows.h"
#include "cgi/util.h"
#include "cgi/values.h"

/* ---- organizations (K-4.1.6) --------------------------------------------- */

static const struct row_field organization_fields[] = {
	{ "kind", ROW_CHOICE, 0, 0, ROW_LISTED | ROW_FIXED, "OrgKinds", NULL },
	{ "code", ROW_TEXT, 1, 8, ROW_LISTED | ROW_UNIQUE, NULL, NULL },
	{ "short_name", ROW_TEXT, 1, 160, ROW_LISTED, NULL, NULL },
	{ "full_name", ROW_TEXT, 1, 400, 0, NULL, NULL },
	{ "town", ROW_TEXT, 0, 120, ROW_LISTED, NULL, NULL },
	{ "address", ROW_TEXT, 0, 400, 0, NULL, NULL },
	{ "phones", ROW_TEXT, 0, 400, ROW_LISTED, NULL, value_phones },
	{ "hours", ROW_TEXT, 0, 200, 0, NULL, NULL },
	{ "site", ROW_TEXT, 0, 200, 0, NULL, value_site },
};

static int check_organization(struct ctx *ctx, const struct row_table *t,
			      const char *id, struct row *row,
			      struct card_errors *errors)
{
	(void)ctx;
	(void)id;
	if (!value_org_code(row_value(t, row, "kind"),
			    row_value(t, row, "code")))
		card_error(errors, "code");
	return 0;
}

/* What the database lets go of: an appeal and an insured person name it by
 * number only. Every register is read once when nothing is found, which a
 * removal may take. */
static const struct row_use organization_uses[] = {
	{ "Accounts",
	  "SELECT 1 FROM user_account WHERE organization_id = ? LIMIT 1" },
	{ "Queues", "SELECT 1 FROM queue WHERE organization_id = ? LIMIT 1" },
	{ "Routes",
	  "SELECT 1 FROM inbound_route WHERE organization_id = ? LIMIT 1" },
	{ "Callers", "SELECT 1 FROM caller_organization"
		     " WHERE organization_id = ? LIMIT 1" },
	{ "Messages",
	  "SELECT 1 FROM loose_message WHERE organization_id = ? LIMIT 1" },
#define SHELVES "SELECT 1 FROM appeal WHERE shelf IN (0, 1, 2) AND "
	{ "Appeals", SHELVES "organization_id = ? LIMIT 1" },
	{ "Appeals", SHELVES "mo_id = ? LIMIT 1" },
	{ "Appeals", SHELVES "insurer_id = ? LIMIT 1" },
	{ "Appeals", SHELVES "author_org = ? LIMIT 1" },
	{ "Appeals", SHELVES "assignee_org = ? LIMIT 1" },
	{ "Appeals", "SELECT 1 FROM organization o JOIN appeal a ON o.id IN"
		     " (a.about_insurer_id, a.applicant_insurer_id)"
		     " WHERE o.id = ? AND o.kind = 'INSURER' LIMIT 1" },
#undef SHELVES
	{ "Persons",
	  "SELECT 1 FROM insured_person WHERE ? IN (mo_id, insurer_id)"
	  " LIMIT 1" },
};

const struct row_table row_organizations = {
	.path = "/admin/organizations",
	.table = "organization",
	.key = "id",
	.object = "organization",
	.words = "Organization",
	.order = "r.kind, r.short_name",
	.outbox = "directory",
	.removable = true,
	.uses = organization_uses,
	.use_count = LEN(organization_uses),
	.need = AUTH_ORGANIZATIONS,
	.fields = organization_fields,
	.count = LEN(organization_fields),
	.check = check_organization,
	.find = "SELECT id FROM organization WHERE kind = ? AND code = ?",
	.find_by = { "kind", "code" },
};

/* ---- themes -------------------------------------------------------------- */

static const struct row_field theme_fields[] = {
	{ "code", ROW_TEXT, 8, 8, ROW_LISTED | ROW_FIXED | ROW_UNIQUE, NULL,
	  NULL },
	{ "type", ROW_CHOICE, 0, 0, ROW_LISTED | ROW_FIXED, "Types", NULL },
	{ "name", ROW_TEXT, 1, 300, ROW_LISTED, NULL, NULL },
	{ "keywords", ROW_AREA, 0, 600, 0, NULL, value_list },
	{ "mo_required", ROW_FLAG, 0, 0, 0, NULL, NULL },
	{ "about", ROW_CHOICE, 0, 0, ROW_OPTIONAL, "ThemeAbout", NULL },
	{ "level2", ROW_CHOICE, 0, 0, ROW_LISTED | ROW_OPTIONAL, "ThemeLevel2",
	  NULL },
	{ "due_days", ROW_NUMBER, 1, 365, ROW_LISTED | ROW_NULL | ROW_OPTIONAL,
	  NULL, NULL },
	{ "valid_from", ROW_DATE, 0, 0, ROW_NULL | ROW_OPTIONAL, NULL, NULL },
	{ "valid_to", ROW_DATE, 0, 0, ROW_LISTED | ROW_NULL | ROW_OPTIONAL,
	  NULL, NULL },
};

static int check_theme(struct ctx *ctx, const struct row_table *t,
		       const char *id, struct row *row,
		       struct card_errors *errors)
{
	const char *from = row_value(t, row, "valid_from");
	const char *to = row_value(t, row, "valid_to");

	(void)ctx;
	if (!*id && !value_theme_code(row_value(t, row, "type"),
				      row_value(t, row, "code")))
		card_error(errors, "code");
	if (*from && *to && strcmp(from, to) > 0)
		card_error(errors, "valid_to");
	return 0;
}

static const struct row_table themes = {
	.path = "/admin/themes",
	.table = "theme",
	.key = "code",
	.object = "theme",
	.words = "Theme",
	.order = "r.code",
	.need = AUTH_LISTS,
	.fields = theme_fields,
	.count = LEN(theme_fields),
	.check = check_theme,
	.find = "SELECT code FROM theme WHERE code = ?",
	.find_by = { "code", NULL },
};

/* ---- synonyms ------------------------------------------------------------ */

static const struct row_field synonym_fields[] = {
	{ "words", ROW_TEXT, 3, 300, ROW_LISTED | ROW_UNIQUE, NULL,
	  value_synonyms },
};

static const struct row_table synonyms = {
	.path = "/admin/synonyms",
	.table = "search_synonym",
	.key = "id",
	.object = "synonym",
	.words = "Synonym",
	.order = "r.words",
	.removable = true,
	.need = AUTH_LISTS,
	.fields = synonym_fields,
	.count = LEN(synonym_fields),
};

/* ---- results ------------------------------------------------------------- */

/* What a result does is in appeal_cycle.c; its name is the administrator's. */
static const struct row_field result_fields[] = {
	{ "code", ROW_CHOICE, 0, 0, ROW_LISTED | ROW_FIXED, "Results", NULL },
	{ "name", ROW_TEXT, 0, 120, ROW_LISTED, NULL, NULL },
	{ "withdrawn", ROW_FLAG, 0, 0, ROW_LISTED, NULL, NULL },
};

static const struct row_table results = {
	.path = "/admin/results",
	.table = "result_name",
	.key = "code",
	.object = "result",
	.words = "Result",
	.order = "r.code",
	.need = AUTH_LISTS,
	.fields = result_fields,
	.count = LEN(result_fields),
};

const struct row_table *const row_tables[] = {
	&row_accounts, &row_organizations, &themes,     &synonyms,
	&results,      &row_queues,        &row_routes, &row_hours,
	&row_dial,     &row_trunks,        &row_skills,
};
const size_t row_table_count = LEN(row_tables);
