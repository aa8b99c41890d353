/* «Администрирование»: its menu is macros/admin.cs. */
#include "cgi/app.h"
#include "cgi/pages.h"
#include "cgi/util.h"

/* GET /admin: the first page he may see */
int page_admin(struct ctx *ctx, const struct request *req, struct response *res)
{
	static const struct {
		enum auth_function fn;
		const char *path;
	} pages[] = {
		{ AUTH_LISTS, "/admin/organizations" },
		{ AUTH_SETTINGS, "/substitutions" },
		{ AUTH_ACCOUNTS, "/admin/accounts" },
		{ AUTH_ADMIN, "/admin/start" },
	};

	(void)req;
	for (size_t i = 0; i < LEN(pages); i++)
		if (auth_may(ctx->who, pages[i].fn))
			return respond_redirect(res, "%s", pages[i].path);
	return respond_error(res, 404, NULL);
}
