/* layout.h - what was typed in the Latin layout of a keyboard, read as ЙЦУКЕН.
 * Pure. */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * @param key    As name_key folds: capitals, one apostrophe for all
 * @param quote  What an apostrophe is: the key folds that of Ё into that of Э
 * @return whether out differs and had the room
 */
bool layout_relay(const char *key, const char *quote, char *out, size_t size);

#endif
