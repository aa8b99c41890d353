# What the browser loads. vendor/ is filled from package-lock.json, is never
# committed, and its licences are listed in docs/licences.md.
V := static/vendor

NPM := node_modules/.package-lock.json

$(NPM): package.json package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	touch $@

# copy and drop the reference to a source map that is not served
define vendor
$(V)/$(1): $(NPM)
	@mkdir -p $$(@D)
	sed '/sourceMappingURL=/d' node_modules/$(2) > $$@.tmp
	mv $$@.tmp $$@

static: $(V)/$(1)
endef

$(eval $(call vendor,bootstrap/bootstrap.min.css,bootstrap/dist/css/bootstrap.min.css))
$(eval $(call vendor,bootstrap/bootstrap.bundle.min.js,bootstrap/dist/js/bootstrap.bundle.min.js))
$(eval $(call vendor,htmx/htmx.min.js,htmx.org/dist/htmx.min.js))
$(eval $(call vendor,janus/janus.es.js,janus-gateway/npm/dist/janus.es.js))

static:
