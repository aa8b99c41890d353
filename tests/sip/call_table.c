/* What may happen to a call, for the scripts: "state KIND next", a line each. */
#include <stdio.h>

#include "janus-plugin/call.h"

int main(void)
{
	for (int s = 0; s < CALL_STATES; s++)
		for (int ev = 0; ev < EV_COUNT; ev++) {
			enum cc_call_state to = (enum cc_call_state)s;

			if (cc_call_step(&to, (enum cc_call_event)ev))
				continue;
			printf("%s %s %s\n",
			       cc_call_state_name((enum cc_call_state)s),
			       cc_call_event_name((enum cc_call_event)ev),
			       cc_call_state_name(to));
		}
	return 0;
}
