/* lab.h - a throwaway MariaDB for the tests of this directory. */
#ifndef LAB_H
#define LAB_H

#include <stdbool.h>

struct db;

/* New state directory with a running server; the path stays valid. */
const char *lab_start(void);
/* The server alone, for tests of its absence. */
void lab_server(bool up);
/* Removes the directory, too. */
void lab_end(void);

/* Runs a shell command with OTKLIK_STATE set; its output is in out (may be
 * NULL), standard error included. @return the exit status */
int lab_run(char *out, unsigned long size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* otklik-migrate with these arguments; fails the test if it fails. */
void lab_migrate(const char *args);
/* Connected as that account, or the test fails. */
struct db *lab_open(const char *user);
/* A new state, migrated, with the fund (1) and an insurer (2), and the accounts
 * that do the slow work; and its end. */
void lab_begin(struct db **migrate, struct db **media, struct db **jobs);
void lab_finish(struct db **migrate, struct db **media, struct db **jobs);
/* One statement without arguments; fails the test if it fails. */
void lab_exec(struct db *db, const char *sql);
/* Empties these tables, in that order. */
void lab_clear(struct db *db, const char *const *tables, unsigned long n);
/* One number; fails the test if there is none. */
unsigned long long lab_number(struct db *db, const char *sql);

#endif
