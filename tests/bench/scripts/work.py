"""A fixed program for python3: objects, dictionaries, strings, parsing, JSON.

Run with PYTHONMALLOC=malloc every object is one call of malloc. The argument is the number of
rounds.
"""

import ast
import json
import os
import re
import sys


class Node:
    """A node of a binary search tree."""

    def __init__(self, key):
        self.key = key
        self.left = None
        self.right = None


def draws(seed, count):
    """A fixed sequence of pseudo-random integers."""
    state = seed
    for _ in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield state >> 33


def tree_depth_sum(seed, count):
    """Insert keys into a tree; the sum of the depths at which they come to lie."""
    root = Node(1 << 30)
    total = 0
    for key in draws(seed, count):
        at, depth = root, 1
        while True:
            side = "left" if key < at.key else "right"
            below = getattr(at, side)
            if below is None:
                setattr(at, side, Node(key))
                break
            at, depth = below, depth + 1
        total += depth
    return total


def word_statistics(seed, count):
    """Count words of a text, by way of split, join, sort and regular expressions."""
    words = ["w%d" % (draw % 5000) for draw in draws(seed, count)]
    text = " ".join(words)
    counts = {}
    for word in re.findall(r"[a-z]\d+", text):
        counts[word] = counts.get(word, 0) + 1
    ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return sum(rank * count for rank, (_, count) in enumerate(ranking))


def json_round_trip(seed, count):
    """Serialise records and read them back."""
    records = [
        {"id": i, "name": "record %d" % draw, "tags": [str(draw % 7), str(draw % 11)],
         "value": draw / 3}
        for i, draw in enumerate(draws(seed, count))
    ]
    text = json.dumps(records)
    again = json.loads(text)
    assert again == records
    return len(text)


def syntax_trees(rounds):
    """Parse and dump this very file."""
    with open(__file__, encoding="utf-8") as source:
        text = source.read()
    return sum(len(ast.dump(ast.parse(text))) for _ in range(rounds))


def main():
    if sys.flags.ignore_environment or os.environ.get("PYTHONMALLOC") != "malloc":
        sys.exit("PYTHONMALLOC=malloc is not in force")
    rounds = int(sys.argv[1])
    total = 0
    for seed in range(rounds):
        total += tree_depth_sum(seed, 4000)
        total += word_statistics(seed, 15000)
        total += json_round_trip(seed, 3000)
        total += syntax_trees(3)
    print("python", rounds, total)


main()
