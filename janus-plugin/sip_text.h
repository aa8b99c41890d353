/*
 * sip_text.h - texts that cross the border between SIP and us. Pure: no I/O,
 * no clock, no locks, no sofia-sip.
 *
 * What goes into a header is built from checked characters only, so nobody
 * can put a line break into one; what comes out of a header is made printable
 * before anybody stores or shows it.
 */
#ifndef CC_SIP_TEXT_H
#define CC_SIP_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define CC_SIP_NUMBER 33 /* bytes, with the end */

/* 1-32 of 0-9 * #, a + only in front (and then a digit after it). */
bool cc_sip_number_ok(const char *s);

/**
 * The number in the user part of a SIP or tel address: escapes undone, cut at
 * ";", separators "-.() " dropped from numbers.
 *
 * @param user  May be NULL. anonymous, restricted, unavailable, unknown: ""
 */
void cc_sip_user_read(char *dst, size_t size, const char *user);

/* Printable ASCII; anything else becomes "?". Truncates. */
void cc_sip_printable(char *dst, size_t size, const char *src);

/**
 * One digit out of an INFO body.
 *
 * @param type  Content-Type without parameters
 * @return 0-9 * # A-D; 0: the type is ours, no digit in it; -1: not our type
 */
int cc_sip_info_digit(const char *type, const char *body, size_t len);

#endif
