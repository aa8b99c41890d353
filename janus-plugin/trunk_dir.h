/* trunk_dir.h - the lines out of the directory (store_dir.h). */
#ifndef CC_TRUNK_DIR_H
#define CC_TRUNK_DIR_H

#include <jansson.h>

#include "janus-plugin/trunk.h"

/**
 * @param out   CC_TRUNKS of them
 * @param host  the built-in line's address: the environment wins over its row
 * @return how many, in the directory's order
 */
size_t cc_trunk_dir(struct cc_trunk_conf *out, const json_t *dir,
		    const char *host, uint16_t port);

#endif
