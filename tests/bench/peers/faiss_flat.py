"""FAISS: an exact binary index without structure, and its search within a distance; one process, its own threads.

--stored and --asked are files of numpy with one row of bytes a hash. Without --asked all stored are asked for at once. Prints
one JSON object: {"milliseconds": one a question, "found": how many pairs, "how"}.
"""

import argparse
import json
import time
from pathlib import Path

import faiss
import numpy as np


def main() -> None:
    """Ask each question by itself, or all at once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--stored", type=Path, required=True)
    parser.add_argument("--asked", type=Path)
    parser.add_argument("--within", type=int, required=True)
    given = parser.parse_args()
    stored = np.load(given.stored)
    index = faiss.IndexBinaryFlat(stored.shape[1] * 8)
    index.add(stored)
    questions = [stored] if given.asked is None else np.load(given.asked)[:, None, :]
    taken, found = [], 0
    for question in questions:
        started = time.perf_counter()
        limits, _, _ = index.range_search(question, given.within + 1)  # it finds what is nearer than that
        taken.append((time.perf_counter() - started) * 1000)
        found += int(limits[-1])
    threads = faiss.omp_get_max_threads()
    how = f"FAISS {faiss.__version__}, IndexBinaryFlat, range_search, {threads} threads"
    print(json.dumps({"milliseconds": taken, "found": found, "how": how}))


if __name__ == "__main__":
    main()
