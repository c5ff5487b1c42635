"""Measures of the pipeline, beside what others offer: `make bench`, or `python -m tests.bench --only pipeline,peers`.

Every figure is the median of at least three rounds in one run on one machine, unless it says that it is of one round; the
machine's load is noted, because other work on it makes every absolute figure smaller. Only loopback is used, and every
request count is bounded.
"""
