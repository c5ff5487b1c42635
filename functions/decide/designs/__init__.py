"""The decide step of the designs flow: what is new goes on, what is there already ends, what looks alike waits for a person."""
