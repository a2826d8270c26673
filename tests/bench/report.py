"""From samples to ratios, means and tables."""

import json
import math
import statistics

import libraries

GROUPS = (
    ("all", ("single", "multi", "real")),
    ("real", ("real",)),
    ("1 thread", ("single",)),
    ("2 threads", ("multi",)),
)
MEASURES = ("cpu_s", "wall_s", "rss_kib", "page_faults")


def same_round_ratios(samples, base_samples, measure):
    """The ratio to the base line in each round in which both ran without fault."""
    pairs = zip(samples, base_samples)
    return [getattr(s, measure) / max(getattr(b, measure), 1e-6) for s, b in pairs
            if s is not None and b is not None and s.fault is None and b.fault is None]


def geometric_mean(values):
    """The geometric mean; None of nothing."""
    return math.exp(statistics.fmean(math.log(max(v, 1e-9)) for v in values)) if values else None


class Results:
    """Samples by (program, library), one a round, and the faults that were found."""

    def __init__(self, programs, chosen):
        self.programs = list(programs)
        self.libraries = list(chosen)
        self.samples = {(p.name, lib.name): [] for p in programs for lib in chosen}
        self.faults = {}

    def add(self, program, library, sample):
        """Take in the sample of a round."""
        self.samples[program.name, library.name].append(sample)
        if sample.fault is not None:
            self.blame(program, library, sample.fault)

    def blame(self, program, library, fault):
        """Take the program out of the library's figures, and say why."""
        self.faults.setdefault((program.name, library.name), fault)

    def ratios(self, program_name, library_name, measure):
        """Same-round ratios to the base line, none if the library failed the program."""
        if (program_name, library_name) in self.faults:
            return []
        return same_round_ratios(self.samples[program_name, library_name],
                                 self.samples[program_name, libraries.BASE], measure)

    def median(self, program_name, library_name, measure):
        """The median of the same-round ratios, or None."""
        values = self.ratios(program_name, library_name, measure)
        return statistics.median(values) if values else None

    def spread(self, program_name, library_name, measure):
        """Half the range of the ratios, as a part of their median."""
        values = self.ratios(program_name, library_name, measure)
        return (max(values) - min(values)) / 2 / statistics.median(values)

    def mean(self, library_name, measure, group):
        """The geometric mean of the medians over the group's programs that ran."""
        kinds = dict(GROUPS)[group]
        values = [self.median(p.name, library_name, measure) for p in self.programs
                  if p.group in kinds]
        return geometric_mean([v for v in values if v is not None])

    def failed(self, library_name):
        """How many programs the library failed."""
        return sum(1 for _, name in self.faults if name == library_name)


def cell(value):
    """A ratio for a table."""
    return "–" if value is None else f"{value:.2f}"


def row(words):
    """A line of a Markdown table."""
    return "| " + " | ".join(words) + " |"


def summary_table(results):
    """One line a library: the means by group."""
    lines = [row(["allocator", "CPU, all", "CPU, real", "CPU, 1 thread", "CPU, 2 threads",
                  "RSS, all", "RSS, real", "page faults, all", "failed"]), row(["---"] * 9)]
    for library in results.libraries:
        cells = [library.name]
        cells += [cell(results.mean(library.name, "cpu_s", group)) for group, _ in GROUPS]
        cells += [cell(results.mean(library.name, "rss_kib", group)) for group in ("all", "real")]
        cells += [cell(results.mean(library.name, "page_faults", "all"))]
        lines.append(row(cells + [str(results.failed(library.name))]))
    return lines


def program_table(results, measure, unit, scale):
    """One line a program: the base line's median, and ratios with their spread."""
    others = [lib.name for lib in results.libraries if lib.name != libraries.BASE]
    lines = [row(["program", "group", f"{libraries.BASE}, {unit}"] + others),
             row(["---"] * (3 + len(others)))]
    for program in results.programs:
        base = [getattr(s, measure) * scale for s in results.samples[program.name, libraries.BASE]
                if s.fault is None]
        cells = [program.name, program.group, f"{statistics.median(base):.3g}" if base else "–"]
        for name in others:
            if (program.name, name) in results.faults:
                cells.append("FAILED")
                continue
            value = results.median(program.name, name, measure)
            text = cell(value)
            if value is not None and len(results.ratios(program.name, name, measure)) > 1:
                text += f" ± {results.spread(program.name, name, measure) * 100:.0f} %"
            cells.append(text)
        lines.append(row(cells))
    return lines


def markdown(results, about):
    """The report."""
    lines = ["# Benchmark", "",
             f"{about['date']}, {about['machine']}; {about['rounds']} interleaved rounds at scale "
             f"{about['scale']:g}. Ratios to {libraries.BASE} of the same round: the median, ± "
             "half the range in per cent. Means are geometric; `startup` enters none.", "",
             "## Means", ""]
    lines += summary_table(results)
    for title, measure, unit, scale in (
            ("CPU time (user + system)", "cpu_s", "s", 1),
            ("Peak memory", "rss_kib", "MiB", 1 / 1024),
            ("Page faults", "page_faults", "thousands", 1 / 1000),
            ("Wall time", "wall_s", "s", 1)):
        lines += ["", f"## {title}", ""] + program_table(results, measure, unit, scale)
    lines += ["", "## Libraries", ""]
    lines += [f"- {lib['name']}: {lib['version']}" for lib in about["libraries"]]
    if results.faults:
        lines += ["", "## Failures", ""]
        lines += [f"- {program} under {name}: {fault}"
                  for (program, name), fault in results.faults.items()]
    return "\n".join(lines) + "\n"


def as_json(results, about):
    """Everything, for other programs to read."""
    figures = []
    for program in results.programs:
        for library in results.libraries:
            key = (program.name, library.name)
            figures.append({
                "program": program.name, "group": program.group, "library": library.name,
                "fault": results.faults.get(key),
                "ratios": {m: results.ratios(*key, m) for m in MEASURES},
                "samples": [{name: value for name, value in vars(s).items() if name != "output"}
                            for s in results.samples[key]]})
    means = {lib.name: {m: {group: results.mean(lib.name, m, group) for group, _ in GROUPS}
                        for m in MEASURES} for lib in results.libraries}
    return json.dumps({"about": about, "means": means, "figures": figures}, indent=1) + "\n"
