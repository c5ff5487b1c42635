"""What tests of several topics need beside fakes: processes to start, tokens to sign."""
