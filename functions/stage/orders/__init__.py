"""The stage step of the orders flow: what a board should hold of an order, and what differs from what it holds."""
