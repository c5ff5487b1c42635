"""The hash step of the orders flow: which order a row is, and whether it says anything new."""
