"""Objects: the port to a bucket of named, generation-counted bytes, and Cloud Storage behind it."""
