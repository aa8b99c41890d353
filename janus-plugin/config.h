/*
 * config.h - janus.plugin.otklik.jcfg. Everything is checked here; an error
 * names file, key, value and what is allowed, and stops the start.
 */
#ifndef CC_CONFIG_H
#define CC_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#define CC_PATH_SIZE 256

struct cc_config {
	char node[32];
	char sip_addr[46];
	uint16_t sip_port;  /* UDP and TCP */
	uint16_t sips_port; /* TLS */
	char peer_host[46];
	uint16_t peer_port;
	uint16_t rtp_min, rtp_max;
	unsigned ping_ms; /* questions to a page with a leg */
	char db_socket[CC_PATH_SIZE], db_user[32], db_name[32];
	char db_password[128]; /* from db_password_file */
	char rec_dir[CC_PATH_SIZE], spool_dir[CC_PATH_SIZE];
	char prompts_dir[CC_PATH_SIZE], engine_socket[CC_PATH_SIZE];
	char own_prompts_dir[CC_PATH_SIZE]; /* uploaded by the fund */
	char sips_dir[CC_PATH_SIZE];        /* certificates: sip_tls.h */
	char emergency[2][16]; /* numbers behind «112» and «103» */
};

/* @return 0 or EINVAL with the whole sentence in err */
int cc_config_read(struct cc_config *out, const char *folder, char *err,
		   size_t errlen);

#endif
