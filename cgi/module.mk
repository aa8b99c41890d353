# The FastCGI workers and the command line programs.

CFLAGS_cgi = -I/usr/include/ClearSilver $(shell pkg-config --cflags libsodium jansson)

# The list is the table of contents: pure, one outside library each, SQL, and
# what ties them together.
CGI_PURE := buf form multipart http route param auth appeal appeal_cycle \
	deadline enp snils phone name_key names registry layout forgive report \
	workday values scenario_text
CGI_IO := fcgi stem_index view password token throttle stats secrets names_file
CGI_DATA := session store_log store_lock store_account store_appeal \
	store_journal store_call store_theme store_search store_place store_node \
	store_recent store_report store_take store_person store_people \
	store_step store_follow store_review store_calendar store_rows \
	store_step store_review store_calendar store_rows store_scenario
CGI_GLUE := app show card card_kept card_step card_step_show routes page_login \
	page_journal journal_filter page_appeal page_recording page_registry page_directory page_calls page_report \
	page_shift page_take page_review page_scenario page_calendar page_admin page_rows \
	row_tables api api_status
# the card
CGI_PURE += appeal_field file_kind
CGI_IO += upload
CGI_DATA += store_card store_edit store_file
CGI_GLUE += card_more card_edit page_file page_print page_viewers
# notices, history
CGI_PURE += past
CGI_DATA += store_notice store_past
CGI_GLUE += page_notice card_past
# the journal as a file
CGI_IO += sheet
CGI_GLUE += page_journal_export
# the filters somebody keeps
CGI_DATA += store_saved
CGI_GLUE += page_journal_saved
# errors reported in «Организации»
CGI_DATA += store_org_error
CGI_GLUE += page_org_error
# the telephone's directories and the settings
CGI_PURE += setting hours_text
CGI_DATA += store_setting store_phone store_prompt store_start
CGI_GLUE += row_phone page_phone page_prompt page_setting page_start
# administration of people
CGI_GLUE += row_sets account_table page_password row_import page_import

# the editor of answers
CGI_PURE += scenario_state
CGI_DATA += store_scenario_edit
CGI_GLUE += page_scenario_edit

PAGES_OBJS := $(CGI_PURE:%=cgi/%.o) $(CGI_IO:%=cgi/%.o) \
	$(CGI_DATA:%=cgi/%.o) $(CGI_GLUE:%=cgi/%.o) db/db.o db/csv.o \
	db/dialplan.o
PAGES_LIBS = -lfcgi -lneo_cgi -lneo_cs -lneo_utl -lz -lcrypto -lstemmer \
	$(shell pkg-config --libs libmariadb libsodium jansson xlsxwriter)

$(B)/cgi/otklik-pages: $(B)/cgi/main.o $(PAGES_OBJS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) $(PAGES_LIBS)

# All of the pages, for their checks of what a file brings
$(B)/cgi/otklik-admin: $(B)/cgi/admin.o $(PAGES_OBJS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) $(PAGES_LIBS)

PROGRAMS += $(B)/cgi/otklik-pages $(B)/cgi/otklik-admin

# --- otklik-jobs ---------------------------------------------------------
# Owned by the slow work: lost calls, seals, name dictionaries.
JOBS_OBJS := $(addprefix cgi/,jobs.o store_text.o store_old.o stem_index.o layout.o \
	store_attempt.o store_caller.o store_follow.o store_step.o \
	store_log.o store_people.o \
	store_deal.o store_lost.o store_notice.o store_remind.o appeal_cycle.o store_seal.o seal.o opening.o workday.o \
	deadline.o phone.o name_key.o secrets.o store_place.o store_appeal.o \
	appeal.o appeal_field.o auth.o session.o store_names.o names.o \
	names_file.o buf.o store_person.o registry.o param.o form.o enp.o \
	snils.o sound.o store_convert.o) db/db.o

$(B)/cgi/otklik-jobs: $(JOBS_OBJS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) -lstemmer \
		$(shell pkg-config --libs libmariadb libsodium jansson)

PROGRAMS += $(B)/cgi/otklik-jobs

# --- otklik-registry -----------------------------------------------------
REGISTRY_OBJS := $(addprefix cgi/,person_file.o person_row.o store_import.o \
	store_place.o param.o form.o deadline.o enp.o name_key.o phone.o \
	snils.o) db/csv.o db/db.o

$(B)/cgi/otklik-registry: $(B)/cgi/registry_main.o $(REGISTRY_OBJS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) -lexpat $(shell pkg-config --libs libmariadb)

PROGRAMS += $(B)/cgi/otklik-registry

$(B)/cgi/otklik-verify: $(B)/cgi/verify.o $(B)/cgi/wav_chain.o
	$(CC) -o $@ $^ $(LDFLAGS) $(shell pkg-config --libs libsodium)

PROGRAMS += $(B)/cgi/otklik-verify
