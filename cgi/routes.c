/* The table: what this program answers, who may ask, and who answers. */
#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/util.h"

#define PUBLIC ROUTE_PUBLIC
#define JSON   ROUTE_JSON

const struct route routes[] = {
	{ HTTP_GET, "/login", AUTH_ANY, page_login, "login", PUBLIC },
	{ HTTP_POST, "/login", AUTH_ANY, page_login_enter, "login", PUBLIC },
	{ HTTP_POST, "/lang", AUTH_ANY, page_lang, NULL, PUBLIC },
	{ HTTP_POST, "/logout", AUTH_ANY, page_logout, NULL, 0 },

	{ HTTP_GET, "/", AUTH_ANY, page_journal, "journal", 0 },
	{ HTTP_POST, "/", AUTH_ANY, page_journal, "journal", 0 },
	{ HTTP_POST, "/appeal", AUTH_APPEAL_REGISTER, page_appeal_new, NULL,
	  0 },
	{ HTTP_GET, "/appeal/{id}", AUTH_APPEAL_VIEW, page_appeal, "appeal",
	  0 },
	{ HTTP_POST, "/appeal/{id}", AUTH_APPEAL_REGISTER, page_appeal_save,
	  "appeal", 0 },
	{ HTTP_POST, "/appeal/{id}/person", AUTH_PERSONS, page_appeal_person,
	  "appeal", 0 },
	{ HTTP_POST, "/appeal/{id}/draft", AUTH_APPEAL_REGISTER, api_draft,
	  NULL, JSON },
	{ HTTP_POST, "/appeal/{id}/review", AUTH_APPEAL_REVIEW,
	  page_appeal_decide, "appeal", 0 },
	{ HTTP_POST, "/appeal/{id}/reassign", AUTH_APPEAL_REASSIGN,
	  page_appeal_decide, "appeal", 0 },
	{ HTTP_GET, "/holidays", AUTH_SETTINGS, page_holidays, "holidays", 0 },
	{ HTTP_POST, "/holidays", AUTH_SETTINGS, page_holiday_save, "holidays",
	  0 },
	{ HTTP_GET, "/substitutions", AUTH_SUBSTITUTION, page_substitutions,
	  "substitutions", 0 },
	{ HTTP_POST, "/substitutions", AUTH_SUBSTITUTION,
	  page_substitution_save, "substitutions", 0 },
	{ HTTP_GET, "/review", AUTH_APPEAL_REVIEW, page_review, "review", 0 },
	{ HTTP_POST, "/review", AUTH_APPEAL_REVIEW, page_review_batch, "review",
	  0 },
	{ HTTP_POST, "/appeal/{id}/take", AUTH_APPEAL_TAKE, page_appeal_take,
	  NULL, 0 },
	{ HTTP_POST, "/message/{id}/take", AUTH_APPEAL_TAKE, page_message_take,
	  NULL, 0 },
	{ HTTP_POST, "/message/{id}/nontarget", AUTH_APPEAL_TAKE,
	  page_message_nontarget, NULL, 0 },
	{ HTTP_GET, "/themes", AUTH_SCENARIO_USE, page_themes, "themes", 0 },
	{ HTTP_POST, "/registry", AUTH_PERSONS, page_registry, "registry", 0 },
	{ HTTP_GET, "/shift", AUTH_SHIFT, page_shift, "shift", 0 },
	{ HTTP_GET, "/recording/{id}", AUTH_ANY, page_recording, NULL, 0 },
	{ HTTP_GET, "/directory", AUTH_DIRECTORY, page_directory, "directory",
	  0 },
	{ HTTP_GET, "/directory/organizations", AUTH_ORGANIZATIONS, page_orgs,
	  "orgs", 0 },
	{ HTTP_GET, "/admin", AUTH_ADMIN, page_admin, NULL, 0 },
	{ HTTP_GET, "/calls", AUTH_CALLS_OWN, page_calls, "calls", 0 },
	{ HTTP_GET, "/report", AUTH_REPORT, page_report, "report", 0 },

	{ HTTP_GET, "/api/themes", AUTH_SCENARIO_USE, api_themes, NULL, JSON },
	{ HTTP_GET, "/api/scenarios", AUTH_SCENARIO_USE, api_scenarios, NULL,
	  JSON },
	{ HTTP_POST, "/api/persons", AUTH_PERSONS, api_persons, NULL, JSON },
	{ HTTP_GET, "/api/phone", AUTH_ANY, api_phone, NULL, JSON },
	{ HTTP_GET, "/api/calls/{id}", AUTH_ANY, api_call, NULL, JSON },
	{ HTTP_GET, "/api/directory", AUTH_DIRECTORY, api_directory, NULL,
	  JSON },

	{ HTTP_GET, "/auth/janus", AUTH_ANY, api_janus, NULL, JSON },
	{ HTTP_GET, "/healthz", AUTH_ANY, api_health, NULL, PUBLIC | JSON },
	{ HTTP_GET, "/metrics", AUTH_ANY, api_metrics, NULL, PUBLIC | JSON },
};
const size_t route_count = LEN(routes);
