"""The source side of the designs flow: uploaded files, in pieces that an instance can take."""
