"""What tests of more than one topic share."""
