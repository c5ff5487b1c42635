"""The decide step of the orders flow: what goes on by itself, and what a person looks at first."""
