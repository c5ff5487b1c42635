"""The warehouse: the port to tables that are queried and loaded by jobs, and BigQuery behind it."""
