#!/usr/bin/env python3
"""Tests of the suite's judgements: statistics, gates, and the detection of a bypassed library."""

import math
import os
import subprocess
import sys
import tempfile
import unittest

import bench
import chart
import instructions
import libraries
import measure
import programs
import report

LIBRARY = "/lib/liba.so"


def line(user, target, entry):
    """A line of the dynamic linker's log."""
    return f"  77:\tbinding file {user} [0] to {target} [0]: normal symbol `{entry}' [GLIBC_2.2.5]"


def sample(cpu, rss=1000, output="same", fault=None):
    """A sample with the figures that matter."""
    return measure.Sample(cpu, cpu, 0.0, cpu, rss, 10, output, fault)


def results_of(*ratios):
    """Results of a library x, one program a ratio, two equal rounds."""
    chosen = [libraries.Library(libraries.BASE, None), libraries.Library("x", LIBRARY)]
    some = [programs.Program(f"p{i}", "real" if i == 0 else "single", 1, None)
            for i in range(len(ratios))]
    results = report.Results(some, chosen)
    for program, ratio in zip(some, ratios):
        for _ in range(2):
            results.add(program, chosen[0], sample(1.0))
            results.add(program, chosen[1], sample(ratio))
    return results


class BindingTest(unittest.TestCase):
    """What the dynamic linker's log proves."""

    def test_all_calls_reach_the_library(self):
        log = [line("/bin/p", LIBRARY, "malloc"), line("/lib/libc.so.6", LIBRARY, "free")]
        self.assertIsNone(libraries.binding_fault(log, LIBRARY))

    def test_a_call_elsewhere_is_a_bypass(self):
        log = [line("/bin/p", LIBRARY, "malloc"), line("/bin/p", "/lib/libj.so", "calloc")]
        self.assertIn("calloc", libraries.binding_fault(log, LIBRARY))

    def test_the_library_alone_proves_nothing(self):
        self.assertIsNotNone(libraries.binding_fault([line(LIBRARY, LIBRARY, "malloc")], LIBRARY))
        self.assertIsNotNone(libraries.binding_fault([], LIBRARY))

    def test_a_stub_counts_as_where_it_leads(self):
        log = [line("/bin/p", "/bin/p", "free"), line("/lib/libc.so.6", "/bin/p", "free")]
        self.assertIsNotNone(libraries.binding_fault(log, LIBRARY))
        log.append(line("/bin/p", LIBRARY, "free"))
        self.assertIsNone(libraries.binding_fault(log, LIBRARY))

    def test_a_real_bypass_is_found(self):
        """A program that brings its own malloc, run with the linker's log on."""
        source = ("#include <stdlib.h>\n#include <string.h>\nstatic char pool[1 << 20];\n"
                  "static size_t used;\n"
                  "void *malloc(size_t n) { void *p = pool + used; used += (n + 15) / 16 * 16;"
                  " return p; }\n"
                  "void free(void *p) { (void)p; }\n"
                  "int main(void) { char *s = strdup(\"x\"); free(s); return 0; }\n")
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(folder, "own")
            subprocess.run(["cc", "-rdynamic", "-x", "c", "-", "-o", program], input=source,
                           text=True, check=True)
            log = subprocess.run([program], env={"LD_DEBUG": "bindings"}, capture_output=True,
                                 text=True, check=True).stderr.splitlines()
        self.assertIsNotNone(libraries.binding_fault(log, libraries.libc_path()))


class StatisticsTest(unittest.TestCase):
    """Ratios and means."""

    def test_ratios_are_of_the_same_round(self):
        base = [sample(1.0), sample(2.0), sample(4.0)]
        other = [sample(2.0), sample(2.0, fault="crash"), sample(2.0)]
        self.assertEqual(report.same_round_ratios(other, base, "cpu_s"), [2.0, 0.5])

    def test_means_are_geometric_and_by_group(self):
        results = results_of(0.5, 2.0)
        self.assertTrue(math.isclose(results.mean("x", "cpu_s", "all"), 1.0))
        self.assertTrue(math.isclose(results.mean("x", "cpu_s", "real"), 0.5))
        self.assertIsNone(results.mean("x", "cpu_s", "2 threads"))

    def test_startup_enters_no_mean(self):
        self.assertFalse(any("startup" in kinds for _, kinds in report.GROUPS))

    def test_a_failed_program_leaves_the_figures(self):
        results = results_of(0.5, 2.0)
        results.blame(results.programs[0], results.libraries[1], "crash")
        self.assertIsNone(results.median("p0", "x", "cpu_s"))
        self.assertIn("FAILED", report.markdown(results, {
            "date": "", "machine": "", "rounds": 2, "scale": 1, "libraries": []}))

    def test_the_chart_shows_every_program(self):
        drawn = chart.svg(results_of(0.5, 2.5), {"rounds": 2, "scale": 1, "date": "today"})
        self.assertIn(">p0<", drawn)
        self.assertIn("2.50 »", drawn)


class GateTest(unittest.TestCase):
    """Exit statuses."""

    def verdict(self, results, *words):
        """The exit status that the gates in `words` lead to."""
        return bench.check_gates(results, bench.parse_arguments(list(words)))

    def test_mean(self):
        self.assertEqual(self.verdict(results_of(0.8, 1.0), "--gate", "x=0.95"), 0)
        self.assertEqual(self.verdict(results_of(1.0, 1.0), "--gate", "x=0.95"), 2)
        self.assertEqual(self.verdict(results_of(1.0, 0.8), "--gate", "x=0.95:real"), 2)
        self.assertEqual(self.verdict(results_of(1.0, 0.8), "--gate", "x=0.95:1 thread"), 0)

    def test_each(self):
        results = results_of(1.2, 1.3, 1.0)
        self.assertEqual(self.verdict(results, "--gate-each", "x=1.15:2"), 0)
        self.assertEqual(self.verdict(results, "--gate-each", "x=1.15:1"), 2)

    def test_memory(self):
        results = results_of(1.0)
        self.assertEqual(self.verdict(results, "--gate-rss", "x=1.15"), 0)
        self.assertEqual(self.verdict(results, "--gate-rss", "x=0.99"), 2)

    def test_a_library_that_was_not_measured_meets_no_gate(self):
        self.assertEqual(self.verdict(results_of(0.5), "--gate", "y=0.95"), 2)
        self.assertEqual(self.verdict(results_of(0.5), "--gate-each", "y=0.95:9"), 2)

    def test_a_failure_under_a_gated_library_fails(self):
        results = results_of(0.5, 0.5)
        results.blame(results.programs[0], results.libraries[1], "crash")
        self.assertEqual(self.verdict(results, "--gate", "x=0.95"), 1)

    def test_a_gate_that_cannot_be_read_is_an_error(self):
        with self.assertRaises(SystemExit):
            self.verdict(results_of(0.5), "--gate", "x=fast")
        with self.assertRaises(SystemExit):
            self.verdict(results_of(0.5), "--gate", "x=0.9:nobody")

    def test_instructions(self):
        counts = {"x": {"same 16": 20.0, "churn": 30.0}, "y": {"same 16": 20.0, "churn": 29.0}}
        self.assertEqual(instructions.above(counts, "x", "y", 1.0), ["churn"])
        self.assertEqual(instructions.above(counts, "y", "x", 1.0), [])
        self.assertEqual(instructions.above(counts, "x", "y", 1.1), [])


if __name__ == "__main__":
    sys.exit(unittest.main())
