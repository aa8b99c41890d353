/* fcgi.h - the accept loop of one worker (the only user of libfcgi). */
#ifndef FCGI_H
#define FCGI_H

#include "cgi/http.h"

/* err: what http_request said of this request; the handler answers it. */
typedef void (*fcgi_handler)(void *arg, int err, const struct request *req,
			     struct response *res);

/*
 * Serve the listening socket on fd 0 until SIGTERM or SIGUSR1. The request in
 * hand is finished first. A request that takes over limit_s seconds ends the
 * process (its supervisor starts another): a stuck worker helps nobody.
 *
 * @return 0 or an errno value
 */
int fcgi_serve(fcgi_handler handler, void *arg, unsigned limit_s);

#endif
