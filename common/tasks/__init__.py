"""Wake-ups: the port to the task queue, Cloud Tasks behind it, and the body that a task carries."""
