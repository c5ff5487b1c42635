"""Plain HTTP to a vendor: one exchange at a time, and the addresses to which a secret may travel."""
