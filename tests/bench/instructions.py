#!/usr/bin/env python3
"""Instructions of a malloc and free pair in six loops, counted by callgrind.

Each loop runs with N and with 2N pairs under each library; the difference is the cost of N pairs,
start-up cancelled. The loop's own instructions, counted with functions of three instructions that
do nothing in place of malloc and free, are taken off. Counts repeat exactly or nearly so: what
differs from run to run is only where the library's address space lies.

Exit status: 0; 1 when a library was not used or a run failed; 2 when a gate is not met.
"""

import argparse
import json
import os
import re
import subprocess
import sys

import libraries
import measure

ROOT = os.path.dirname(os.path.dirname(measure.HERE))
LOOPS = {"same16": "same size, 16", "same64": "same size, 64", "mixed": "mixed sizes",
         "fifo": "first in, first out", "random": "random order", "churn": "churn"}
# What take_nothing and give_nothing of pair_loops.c cost: two returns and one address.
NOTHING = 3
COLLECTED = re.compile(r"Collected : (\d+)")


def build_loops(build):
    """Compile pair_loops.c; the path of the program."""
    source = os.path.join(measure.HERE, "pair_loops.c")
    target = os.path.join(build, "bin", "pair_loops")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    if not measure.newer(target, [source]):
        subprocess.run([os.environ.get("CC", "cc"), "-std=gnu11", "-O2", "-Wall", "-Wextra",
                        "-fno-builtin-malloc", source, "-o", target, "-ldl"], check=True)
    return target


def count(program, library, loop, pairs, kind):
    """Instructions of one run under callgrind."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    if library.path is not None:
        environment["LD_PRELOAD"] = library.path
    done = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, loop,
         str(pairs), kind], env=environment, capture_output=True, text=True, check=False)
    match = COLLECTED.search(done.stderr)
    if done.returncode != 0 or match is None:
        raise RuntimeError(f"{loop} under {library.name} failed: {done.stderr.strip()[-300:]}")
    used = os.path.realpath(done.stdout.strip())
    expected = os.path.realpath(library.path or libraries.libc_path())
    if used != expected:
        raise RuntimeError(f"{library.name} was not used: malloc came from {used}")
    return int(match.group(1))


def per_pair(program, library, loop, pairs, kind):
    """Instructions of one pair, the loop included."""
    once = count(program, library, loop, pairs, kind)
    twice = count(program, library, loop, 2 * pairs, kind)
    return (twice - once) / pairs


def above(counts, name, reference, limit):
    """The loops in which `name` needs more than `limit` times what `reference` needs."""
    return [loop for loop, value in counts[name].items()
            if value > limit * counts[reference][loop]]


def table(counts, own):
    """A Markdown table: the loops down, the libraries across."""
    names = list(counts)
    lines = ["| loop | " + " | ".join(names) + " | the loop itself, taken off |",
             "|---" * (len(names) + 2) + "|"]
    for loop, title in LOOPS.items():
        cells = [f"{counts[name][loop]:.1f}" for name in names] + [f"{own[loop]:.1f}"]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def parse_arguments(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--libs", nargs="+", default=[], metavar="NAME[=PATH]",
                        help="libraries besides glibc (default: as bench.py)")
    parser.add_argument("--pairs", type=int, default=50000, help="N, a multiple of 1000")
    parser.add_argument("--gate", nargs="?", const=1.0, type=float, metavar="RATIO",
                        help="fail when the subject is above RATIO (default 1.0) times the "
                        "reference in any loop")
    parser.add_argument("--subject", default="wpmalloc", help="the library that --gate judges")
    parser.add_argument("--reference", default="tcmalloc", help="what --gate compares it with")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "bench"), help="output folder")
    options = parser.parse_args(arguments)
    if options.pairs < 1000 or options.pairs % 1000 != 0:
        parser.error("--pairs: a multiple of 1000")
    return options


def check_gate(counts, options):
    """Print the gate's verdict; 0 or 2."""
    for name in (options.subject, options.reference):
        if name not in counts:
            print(f"MISSED gate: {name} was not measured")
            return 2
    loops = above(counts, options.subject, options.reference, options.gate)
    for loop in loops:
        ratio = counts[options.subject][loop] / counts[options.reference][loop]
        print(f"MISSED {LOOPS[loop]}: {options.subject} {ratio:.3f} of {options.reference}, "
              f"limit {options.gate:g}")
    if not loops:
        print(f"met  {options.subject} is within {options.gate:g} of {options.reference} "
              "in all loops")
    return 2 if loops else 0


def main(arguments):
    """Count and report."""
    options = parse_arguments(arguments)
    chosen = libraries.choose(options.libs, ROOT)
    program = build_loops(options.out)
    try:
        own = {loop: per_pair(program, chosen[0], loop, options.pairs, "none") - NOTHING
               for loop in LOOPS}
        counts = {}
        for library in chosen:
            print(f"counting {library.name}", flush=True)
            counts[library.name] = {
                loop: per_pair(program, library, loop, options.pairs, "heap") - own[loop]
                for loop in LOOPS}
    except RuntimeError as error:
        print(f"FAILED {error}")
        return 1
    text = table(counts, own)
    print(text)
    with open(os.path.join(options.out, "instructions.md"), "w", encoding="utf-8") as out:
        out.write("# Instructions of a malloc and free pair\n\n" + text + "\n")
    with open(os.path.join(options.out, "instructions.json"), "w", encoding="utf-8") as out:
        json.dump({"pairs": options.pairs, "loop_itself": own, "per_pair": counts}, out, indent=1)
    return 0 if options.gate is None else check_gate(counts, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
