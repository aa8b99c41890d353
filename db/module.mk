# Database access and the migration tool.
