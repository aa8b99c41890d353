# Database access and the migration tool.

DB_LIBS = $(shell pkg-config --libs libmariadb)
CFLAGS_db = $(shell pkg-config --cflags libmariadb libsodium)

MIGRATE_OBJS := db/migrate.o db/grants.o db/seed.o db/seed_people.o \
	db/seed_appeals.o db/seed_many.o db/seed_shifts.o db/seed_names.o \
	db/csv.o db/db.o cgi/enp.o cgi/snils.o \
	cgi/name_key.o cgi/phone.o

$(B)/db/otklik-migrate: $(MIGRATE_OBJS:%=$(B)/%)
	$(CC) -o $@ $^ $(LDFLAGS) $(DB_LIBS) \
		$(shell pkg-config --libs libsodium)

PROGRAMS += $(B)/db/otklik-migrate

# The schema as one reads it, out of a throwaway server.
schema: $(B)/db/otklik-migrate
	@tests/lab/db.sh with sh -c \
		'$(B)/db/otklik-migrate >&2 && $(B)/db/otklik-migrate --schema' \
		> db/schema.sql.new
	@mv db/schema.sql.new db/schema.sql

.PHONY: schema
