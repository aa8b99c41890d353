/* pages.h - the handlers of the route table: page_* answer with pages, api_*
 * with JSON. Each returns 0; what went wrong is in the response. */
#ifndef PAGES_H
#define PAGES_H

struct ctx;
struct request;
struct response;

#define HANDLER(name)                                        \
	int name(struct ctx *ctx, const struct request *req, \
		 struct response *res)

HANDLER(page_login);             /* GET /login */
HANDLER(page_login_enter);       /* POST /login */
HANDLER(page_logout);            /* POST /logout */
HANDLER(page_password);          /* GET /password */
HANDLER(page_password_save);     /* POST /password */
HANDLER(page_lang);              /* POST /lang */
HANDLER(page_journal);           /* GET / */
HANDLER(page_journal_more);      /* GET /journal/more */
HANDLER(page_journal_saved);     /* POST /journal/saved */
HANDLER(page_journal_forget);    /* POST /journal/saved/{id}/delete */
HANDLER(page_journal_export);    /* POST /bulk/journal/export */
HANDLER(page_appeal_new);        /* POST /appeal */
HANDLER(page_appeal);            /* GET /appeal/{id} */
HANDLER(page_appeal_save);       /* POST /appeal/{id} */
HANDLER(page_appeal_person);     /* POST /appeal/{id}/person */
HANDLER(page_print);             /* GET /appeal/{id}/print */
HANDLER(api_viewers);            /* POST /appeal/{id}/open */
HANDLER(page_files_add);         /* POST /bulk/appeal/{id}/files */
HANDLER(page_file);              /* GET /appeal/{id}/file/{file} */
HANDLER(page_file_delete);       /* POST /appeal/{id}/file/{file}/delete */
HANDLER(page_identity);          /* POST /appeal/{id}/identity */
HANDLER(page_appeal_decide);     /* POST /appeal/{id}/review, /reassign */
HANDLER(page_holidays);          /* GET /holidays */
HANDLER(page_holiday_save);      /* POST /holidays */
HANDLER(page_substitutions);     /* GET /substitutions */
HANDLER(page_substitution_save); /* POST /substitutions */
HANDLER(page_admin);             /* GET /admin */
HANDLER(page_settings);          /* GET /admin/settings */
HANDLER(page_setting_save);      /* POST /admin/settings/{id} */
HANDLER(page_prompts);           /* GET /admin/prompts */
HANDLER(page_prompt);            /* GET /admin/prompts/{id} */
HANDLER(page_prompt_put);        /* POST /admin/prompts/{id} */
HANDLER(page_prompt_add);        /* POST /bulk/admin/prompts/{id} */
HANDLER(page_prompt_sound);      /* GET /admin/prompts/{id}/{file} */
HANDLER(page_start);             /* GET /admin/start */
HANDLER(page_trunks);            /* GET /admin/trunks */
HANDLER(page_trunk_check);       /* POST /admin/trunks/{id}/check */
HANDLER(page_dial);              /* GET /admin/dial */
HANDLER(page_dial_try);          /* POST /admin/dial */
HANDLER(page_rows);              /* GET /admin/… of rows.h */
HANDLER(page_row);               /* GET /admin/…/{id} */
HANDLER(page_import);            /* GET /admin/…/import */
HANDLER(page_import_run);        /* POST /admin/…/import */
HANDLER(page_row_save);          /* POST /admin/…/{id} */
HANDLER(page_past);              /* GET /appeal/{id}/past */
HANDLER(page_past_one);          /* GET /appeal/{id}/past/{earlier} */
HANDLER(page_past_same);         /* POST /appeal/{id}/same */
HANDLER(page_notices);           /* GET /notices */
HANDLER(page_notices_read);      /* POST /notices */
HANDLER(page_answers);           /* GET /admin/scenarios */
HANDLER(page_answer);            /* GET /admin/scenarios/{id} */
HANDLER(page_answer_correct);    /* GET /admin/scenarios/{id}/new */
HANDLER(page_answer_do);         /* POST /admin/scenarios/{id} */
HANDLER(page_review);            /* GET /review */
HANDLER(page_review_batch);      /* POST /review */
HANDLER(page_appeal_take);       /* POST /appeal/{id}/take */
HANDLER(page_message_take);      /* POST /message/{id}/take */
HANDLER(page_message_nontarget); /* POST /message/{id}/nontarget */
HANDLER(page_themes);            /* GET /themes */
HANDLER(page_scenarios);         /* POST /scenarios */
HANDLER(page_registry);          /* POST /registry */
HANDLER(page_recording);         /* GET /recording/{id} */
HANDLER(page_directory);         /* GET /directory */
HANDLER(page_orgs);              /* GET /directory/organizations */
HANDLER(page_org_error);         /* GET /directory/organizations/{id}/error */
HANDLER(page_org_error_send);    /* POST /directory/organizations/{id}/error */
HANDLER(page_org_errors);        /* GET /admin/organizations/errors */
HANDLER(page_org_error_decide);  /* POST /admin/organizations/errors/{id} */
HANDLER(page_calls);             /* GET /calls */
HANDLER(page_report);            /* GET /report */
HANDLER(page_refused);           /* GET /report/refused */
HANDLER(page_shift);             /* GET /shift */
HANDLER(page_appeal_drop);       /* POST /appeal/{id}/draft/drop */
HANDLER(api_draft);              /* POST /appeal/{id}/draft */
HANDLER(api_themes);             /* GET /api/themes */
HANDLER(api_scenarios);          /* GET /api/scenarios */
HANDLER(api_persons);            /* POST /api/persons */
HANDLER(api_phone);              /* GET /api/phone */
HANDLER(api_call);               /* GET /api/calls/{id} */
HANDLER(api_directory);          /* GET /api/directory */
HANDLER(api_janus);              /* GET /auth/janus */
HANDLER(api_health);             /* GET /healthz */
HANDLER(api_metrics);            /* GET /metrics */

#endif
