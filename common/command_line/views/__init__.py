"""What answers of the API look like on a terminal; nothing here calls anything."""
