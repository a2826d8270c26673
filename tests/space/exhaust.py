#!/usr/bin/env python3
"""Every sequence of requests and ends, by first fit, for few live units: none goes beyond the bound
of ci/fragmentation.py. Prints how far the worst goes."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'ci'))
import fragmentation  # noqa: E402 (it lies in ci)

CASES = ((3, 2), (4, 2), (5, 2), (6, 2), (7, 2), (8, 2), (9, 2), (4, 3), (5, 3), (6, 3), (7, 3), (8, 3), (6, 4))


def first_gap(state, size):
    """Where first fit puts a block: state is (address, size) in order."""
    place = 0
    for address, length in state:
        if address - place >= size:
            break
        place = address + length
    return place


def worst(live, longest):
    """The highest end that any sequence reaches, and how many states there are."""
    seen, todo, highest = {()}, [()], 0
    while todo:
        state = todo.pop()
        room = live - sum(length for _, length in state)
        after = [state[:i] + state[i + 1:] for i in range(len(state))]
        for size in range(1, min(longest, room) + 1):
            place = first_gap(state, size)
            highest = max(highest, place + size)
            after.append(tuple(sorted(state + ((place, size),))))
        for new in after:
            if new not in seen:
                seen.add(new)
                todo.append(new)
    return highest, len(seen)


def main():
    beyond = 0
    for live, longest in CASES:
        bound = fragmentation.first_fit(fragmentation.groups_of(range(1, longest + 1)), lambda size, n=live: n)
        highest, states = worst(live, longest)
        print(f'  live {live:2} longest {longest}: {states:6} states, reached {highest:2}, bound {bound:2}')
        beyond += highest > bound
    return 1 if beyond else 0


if __name__ == '__main__':
    sys.exit(main())
