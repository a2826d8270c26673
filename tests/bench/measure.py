"""Building the programs and running them one at a time under one allocator."""

import dataclasses
import glob
import hashlib
import json
import os
import signal
import subprocess

import libraries

HERE = os.path.dirname(os.path.abspath(__file__))
LIMIT_SECONDS = 180


@dataclasses.dataclass
class Sample:
    """What one run cost; `fault` says why it does not count, None when it does."""

    cpu_s: float
    user_s: float
    system_s: float
    wall_s: float
    rss_kib: int
    page_faults: int
    output: str
    fault: str | None


def newer(target, sources):
    """Is the target there and newer than all its sources?"""
    return os.path.exists(target) and \
        all(os.path.getmtime(source) <= os.path.getmtime(target) for source in sources)


def build_programs(build):
    """Compile measure.c and every file of programs/ that changed."""
    bin_folder = os.path.join(build, "bin")
    os.makedirs(bin_folder, exist_ok=True)
    header = os.path.join(HERE, "programs", "bench.h")
    sources = [os.path.join(HERE, "measure.c")]
    sources += sorted(glob.glob(os.path.join(HERE, "programs", "*.c*")))
    for source in sources:
        stem, extension = os.path.splitext(os.path.basename(source))
        target = os.path.join(bin_folder, stem)
        if newer(target, [source, header]):
            continue
        if extension == ".cpp":
            command = [os.environ.get("CXX", "c++"), "-std=c++17"]
        else:
            command = [os.environ.get("CC", "cc"), "-std=gnu11"]
        command += ["-O2", "-Wall", "-Wextra", "-pthread", source, "-o", target, "-lm"]
        subprocess.run(command, check=True)


def environment(build):
    """A small environment, the same for every run."""
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": build, "LC_ALL": "C", "TERM": "dumb",
            "GIT_CONFIG_NOSYSTEM": "1", "PYTHONHASHSEED": "0"}


def drive_server(program, command, work, process):
    """Be the client of a server; what it answered. The server is ended if the client fails."""
    try:
        return program.drive(command, work), None
    except (OSError, subprocess.SubprocessError) as error:
        process.send_signal(signal.SIGTERM)
        return "", f"client: {error}"


def digest_of(path):
    """A digest of a file."""
    with open(path, "rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def why_failed(report, output_path):
    """Why a run failed by its report and its standard error; None when it did not."""
    with open(output_path + ".err", "rb") as errors:
        text = errors.read(4000).decode("utf-8", "replace").strip()
    if "LD_PRELOAD cannot be preloaded" in text or "cannot be preloaded" in text:
        return "the library could not be preloaded"
    if report["timed_out"]:
        return f"took longer than {LIMIT_SECONDS} s"
    if report["signal"]:
        return f"signal {report['signal']}: {text[-200:]}"
    if report["exit"] != 0:
        return f"exit status {report['exit']}: {text[-200:]}"
    return None


def run(build, program, library, work, extra=()):
    """Run the program once under the library; `extra` are further variables."""
    folder = os.path.join(build, "run")
    os.makedirs(folder, exist_ok=True)
    report_path = os.path.join(folder, "report.json")
    output_path = os.path.join(folder, "output")
    if os.path.exists(report_path):
        os.remove(report_path)
    variables = list(program.variables) + list(extra)
    if library.preload(program) is not None:
        variables.append("LD_PRELOAD=" + library.preload(program))
    command = program.command(build, work)
    line = [os.path.join(build, "bin", "measure"), report_path, output_path, str(LIMIT_SECONDS)]
    with subprocess.Popen(line + variables + ["--"] + command, env=environment(build), cwd=folder,
                          stdin=subprocess.DEVNULL) as process:
        output, fault = "", None
        if program.drive is not None:
            output, fault = drive_server(program, command, work, process)
    if process.returncode != 0:
        raise SystemExit(f"{program.name}: the measuring program failed")
    with open(report_path, encoding="ascii") as source:
        report = json.load(source)
    if program.drive is None:
        output = digest_of(output_path)
    user, system = report["user_us"] / 1e6, report["system_us"] / 1e6
    return Sample(user + system, user, system, report["wall_us"] / 1e6, report["rss_kib"],
                  report["minor_faults"] + report["major_faults"], output,
                  why_failed(report, output_path) or fault)


def check_bindings(build, program, library, work):
    """One warm run with the dynamic linker's log on: the sample, with a fault if it shows a bypass.

    Every process that the program starts writes a log of its own; each must bind malloc and
    its relatives to the library. Mapping alone would not do: a program linked to another malloc
    would map the library and never call it.
    """
    prefix = os.path.join(build, "run", "bindings")
    for old in glob.glob(prefix + ".*"):
        os.remove(old)
    sample = run(build, program, library, work,
                 extra=("LD_DEBUG=bindings", "LD_DEBUG_OUTPUT=" + prefix))
    expected = library.path or libraries.libc_path()
    logs = glob.glob(prefix + ".*")
    if sample.fault is None and not logs:
        sample.fault = "no log of the dynamic linker: a static program?"
    for log in logs:
        with open(log, encoding="utf-8", errors="replace") as lines:
            sample.fault = sample.fault or libraries.binding_fault(lines, expected)
        os.remove(log)
    return sample
