"""The local stack: Postgres, the supervisor, the servers of the functions."""
