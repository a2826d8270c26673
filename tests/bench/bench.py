#!/usr/bin/env python3
"""Allocators side by side: CPU time, memory and page faults of many programs, interleaved.

Each round runs every program under every library, in an order that rotates from round to round, so
that what happens to the machine happens to all alike; each figure is compared with the base line's
of the same round. Before the rounds, one warm run a pair proves that the program's calls go to the
library. A run that fails, or prints something else than under the base line, is a failure of the
library. See README.md in this folder for how to read the tables.

Exit status: 0; 1 when a program failed under the library of a gate, or under all; 2 when a gate is
not met.
"""

import argparse
import datetime
import os
import platform
import sys
import time

import chart
import libraries
import measure
import programs
import report

ROOT = os.path.dirname(os.path.dirname(measure.HERE))


def parse_arguments(arguments):
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--libs", nargs="+", default=[], metavar="NAME[=PATH]",
                        help="libraries to compare with glibc (default: wpmalloc if built, "
                        "jemalloc, mimalloc, tcmalloc)")
    parser.add_argument("--programs", nargs="+", default=[], metavar="NAME",
                        help="only these programs, or these groups: single, multi, real, startup")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
    parser.add_argument("--scale", type=float, default=1.0, help="work, as a part of the full size")
    parser.add_argument("--quick", action="store_true",
                        help="a smoke run: one round at a twentieth of the size; no result")
    parser.add_argument("--out", default=os.path.join(ROOT, "build", "bench"), help="output folder")
    parser.add_argument("--gate", action="append", default=[], metavar="NAME=LIMIT[:GROUP]",
                        help="fail when NAME's mean CPU ratio over the group (all, real, 1 thread, "
                        "2 threads) is above LIMIT")
    parser.add_argument("--gate-each", action="append", default=[], metavar="NAME=LIMIT:COUNT",
                        help="fail when more than COUNT programs have a CPU ratio above LIMIT")
    parser.add_argument("--gate-rss", action="append", default=[], metavar="NAME=LIMIT[:GROUP]",
                        help="as --gate, for peak memory (group: real)")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rounds, options.scale = 1, 0.05
    if options.rounds < 1 or options.scale <= 0:
        parser.error("rounds and scale must be positive")
    return options


def choose_programs(words):
    """The programs that the command line names."""
    usable, missing = programs.available()
    known = {p.name for p in programs.PROGRAMS} | {p.group for p in programs.PROGRAMS}
    for word in words:
        if word not in known:
            raise SystemExit(f"no program or group {word}; there are: {', '.join(sorted(known))}")
    for name in missing:
        print(f"{name}: not installed, left out", flush=True)
    return [p for p in usable if not words or p.name in words or p.group in words]


def warm_up(results, build, scale):
    """Build inputs, and prove for each pair that the program's calls go to the library."""
    for program in results.programs:
        work = work_of(program, scale)
        for library in results.libraries:
            sample = measure.check_bindings(build, program, library, work)
            if sample.fault is not None:
                print(f"  {program.name} under {library.name}: {sample.fault}", flush=True)
                results.blame(program, library, sample.fault)


def work_of(program, scale):
    """The program's work at a scale."""
    return max(1, round(program.work * scale))


def run_round(results, build, number, scale):
    """One round: all programs, the libraries rotated by the round's number and the program's."""
    count = len(results.libraries)
    for index, program in enumerate(results.programs):
        samples = {}
        for step in range(count):
            library = results.libraries[(number + index + step) % count]
            samples[library] = measure.run(build, program, library, work_of(program, scale))
        base = samples[results.libraries[0]]
        for library, sample in samples.items():
            if sample.fault is None and base.fault is None and sample.output != base.output:
                sample.fault = f"its output differs from that under {libraries.BASE}"
            results.add(program, library, sample)
        print(f"  {program.name:16}" + "".join(
            f"{lib.name} {'FAILED' if samples[lib].fault else format(samples[lib].cpu_s, '.2f')}  "
            for lib in results.libraries), flush=True)


def parse_gate(text, default):
    """(name, limit, rest) of NAME=LIMIT[:REST]."""
    name, _, tail = text.partition("=")
    limit, _, rest = tail.partition(":")
    try:
        return name, float(limit), rest or default
    except ValueError:
        raise SystemExit(f"gate {text}: NAME=LIMIT expected") from None


def mean_gate(results, text, measure_name, default_group):
    """Check one gate on a mean; the line to print and whether it holds."""
    name, limit, group = parse_gate(text, default_group)
    if group not in dict(report.GROUPS):
        raise SystemExit(f"gate {text}: no group {group}")
    if name not in {lib.name for lib in results.libraries}:
        return f"gate {text}: {name} was not measured", False
    value = results.mean(name, measure_name, group)
    holds = value is not None and value <= limit
    shown = report.cell(value) if value is None else f"{value:.3f}"
    return f"gate {name}: {measure_name} over {group} {shown}, limit {limit:g}", holds


def each_gate(results, text):
    """Check that at most so many programs are above a ratio."""
    name, limit, count = parse_gate(text, "0")
    if name not in {lib.name for lib in results.libraries}:
        return f"gate {text}: {name} was not measured", False
    values = {p.name: results.median(p.name, name, "cpu_s") for p in results.programs
              if p.group != "startup"}
    above = [p for p, value in values.items() if value is None or value > limit]
    line = (f"gate {name}: {len(above)} programs above {limit:g} ({', '.join(above)}), "
            f"{count} allowed")
    return line, len(above) <= int(count)


def check_gates(results, options):
    """Print every gate's verdict; 0, or 2 when one is not met, or 1 when a program failed."""
    verdicts = [mean_gate(results, text, "cpu_s", "all") for text in options.gate]
    verdicts += [mean_gate(results, text, "rss_kib", "real") for text in options.gate_rss]
    verdicts += [each_gate(results, text) for text in options.gate_each]
    gated = {text.partition("=")[0] for text in options.gate + options.gate_each + options.gate_rss}
    for line, holds in verdicts:
        print(f"{'met ' if holds else 'MISSED'} {line}")
    if any(name in gated or name == libraries.BASE for _, name in results.faults):
        print("a program failed under a gated library or the base line")
        return 1
    runs = [pair for pair in results.samples if pair not in results.faults]
    if not runs:
        return 1
    return 0 if all(holds for _, holds in verdicts) else 2


def describe(options, chosen):
    """What a reader must know about the run."""
    model = platform.machine()
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as source:
        names = [line.split(":", 1)[1].strip() for line in source if line.startswith("model name")]
    return {"date": datetime.date.today().isoformat(), "rounds": options.rounds,
            "scale": options.scale, "kernel": platform.release(),
            "machine": f"{names[0] if names else model}, {os.cpu_count()} processors",
            "libraries": [{"name": lib.name, "version": lib.version()} for lib in chosen]}


def write_reports(results, about, out):
    """Write the three reports; print the summary."""
    for name, content in (("bench.md", report.markdown(results, about)),
                          ("bench.json", report.as_json(results, about)),
                          ("bench.svg", chart.svg(results, about))):
        with open(os.path.join(out, name), "w", encoding="utf-8") as target:
            target.write(content)
    print("\n".join(report.summary_table(results) + [""] +
                    report.program_table(results, "cpu_s", "s", 1)))
    for (program, name), fault in results.faults.items():
        print(f"FAILED {program} under {name}: {fault}")
    print(f"\nreports: {os.path.relpath(out)}/bench.md, bench.json, bench.svg")


def main(arguments):
    """Run the suite."""
    options = parse_arguments(arguments)
    out = os.path.abspath(options.out)
    chosen = libraries.choose(options.libs, ROOT)
    results = report.Results(choose_programs(options.programs), chosen)
    if not results.programs:
        raise SystemExit("no program to run")
    measure.build_programs(out)
    start = time.monotonic()
    print(f"warm runs of {len(results.programs)} programs under {len(chosen)} libraries",
          flush=True)
    warm_up(results, out, min(options.scale, 0.05))
    for number in range(options.rounds):
        elapsed = time.monotonic() - start
        print(f"round {number + 1} of {options.rounds}, after {elapsed:.0f} s", flush=True)
        run_round(results, out, number, options.scale)
    write_reports(results, describe(options, chosen), out)
    return check_gates(results, options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
