/* What a trunk may send as SDP: read, and answered. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "janus-plugin/sdp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cc_sdp_local local = { .addr = "127.0.0.1",
					    .port = 20000,
					    .session = 1,
					    .version = 1,
					    .dir = CC_SDP_SENDRECV };
	struct cc_sdp_media far;
	char *text = malloc(size + 1);
	char out[2048];

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	cc_sdp_web_answer(text, size);
	if (!cc_sdp_read(&far, text, size) &&
	    !cc_sdp_write(out, sizeof(out), &local, text) &&
	    cc_sdp_read(&far, out, strlen(out)))
		abort(); /* what we write we can read */
	free(text);
	return 0;
}
