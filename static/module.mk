# What the browser loads; vendor/ comes from package-lock.json.
static:
