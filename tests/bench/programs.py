"""The programs of the suite: what runs, with which work, and in which group its figures count.

A group is "single" or "multi" for the programs of this folder (one thread at a time, or two),
"real" for programs of Debian's packages, and "startup" for the one that is shown but enters no
mean.
"""

import dataclasses
import hashlib
import os
import shutil
import socket
import subprocess
import time

import inputs

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclasses.dataclass(frozen=True)
class Program:
    """One program; `work` is its size at scale 1, in units of its own.

    `command(build, work)` gives the command. `drive(command, work)`, where there is one, does
    what clients do to a server and returns what is compared. `needs` are executables, without which
    the program is left out. `own_malloc`: the program is linked to another malloc than the C
    library's, which the base line therefore preloads.
    """

    name: str
    group: str
    work: int
    command: object
    variables: tuple = ()
    needs: tuple = ()
    drive: object = None
    own_malloc: bool = False


def own(name, group, work, threads=None, label=None):
    """A program of programs/, built into the build folder."""
    tail = [] if threads is None else [str(threads)]
    return Program(label or name, group, work,
                   lambda build, size: [os.path.join(build, "bin", name), str(size)] + tail)


def script(name):
    """The path of a file of scripts/."""
    return os.path.join(HERE, "scripts", name)


def prepared(build, name, write):
    """The path of an input, written by `write(path)` when it is not there yet."""
    path = os.path.join(build, "inputs", name)
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        unfinished = path + ".part"
        shutil.rmtree(unfinished, ignore_errors=True)
        write(unfinished)
        os.rename(unfinished, path)
    return path


def sqlite_command(build, rows):
    """sqlite3 on the fixed statements, for so many rows."""
    def write(path):
        with open(script("work.sql"), encoding="utf-8") as source, \
                open(path, "w", encoding="utf-8") as out:
            out.write(source.read().replace(":rows", str(rows)))
    path = prepared(build, f"work-{rows}.sql", write)
    return ["/usr/bin/sqlite3", "-batch", ":memory:", f".read {path}"]


def gcc_command(build, functions):
    """gcc on a C file of so many functions, to assembly."""
    path = prepared(build, f"large-{functions}.c", lambda out: inputs.write_c_file(out, functions))
    return ["gcc", "-O2", "-S", "-o", "-", path]


def clang_command(_build, work):
    """clang++ on templates; the work only decides whether it generates code."""
    stage = ["-fsyntax-only"] if work < 10 else ["-O0", "-S", "-o", "-"]
    return ["clang++", "-std=c++17", "-w"] + stage + [script("templates.cpp")]


def git_command(build, commits):
    """git on a history of so many commits: every change as a patch."""
    path = prepared(build, f"history-{commits}.git",
                    lambda out: inputs.write_repository(out, commits))
    return ["git", "-C", path, "log", "-p", "--stat", "-M", "main"]


def startup_command(_build, processes):
    """A shell that starts so many processes, which end without a call of malloc."""
    return ["/bin/sh", "-c", f"i=0; while [ $i -lt {processes} ]; do /bin/true; "
            "i=$((i+1)); done; echo $i"]


def startup_env_command(_build, processes):
    """The same of a program that allocates a little."""
    return ["/bin/sh", "-c", f"i=0; while [ $i -lt {processes} ]; do /usr/bin/env >/dev/null; "
            "i=$((i+1)); done; echo $i"]


REDIS_SOCKET_SECONDS = 20


def redis_command(_build, _work):
    """A redis server on a free port of the loopback, that writes nothing to disk."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
            "--appendonly", "no", "--daemonize", "no", "--loglevel", "warning", "--hz", "10"]


def redis_connect(port):
    """A connection to the server, as soon as it answers."""
    end = time.monotonic() + REDIS_SOCKET_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=REDIS_SOCKET_SECONDS)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def redis_ask(connection, request):
    """Send one pipeline and a PING with a mark; the bytes of all replies."""
    connection.sendall(request + inputs.encode((b"PING", b"end of replies")))
    replies = b""
    while not replies.endswith(b"$14\r\nend of replies\r\n"):
        part = connection.recv(1 << 16)
        if not part:
            raise OSError("the server closed the connection")
        replies += part
    return replies


def redis_drive(command, work):
    """Fixed pipelines, whose replies are compared, then redis-benchmark; then the server ends."""
    port = command[command.index("--port") + 1]
    with redis_connect(int(port)) as connection:
        digest = hashlib.sha256()
        for pipeline in inputs.redis_commands(work // 100):
            digest.update(redis_ask(connection, pipeline))
        subprocess.run(["redis-benchmark", "-p", port, "-q", "-n", str(work), "-r", "20000",
                        "-d", "100", "-P", "16", "-c", "20",
                        "-t", "set,get,incr,lpush,rpush,lpop,rpop,sadd,hset,spop,zadd"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       timeout=120)
        connection.sendall(inputs.encode((b"SHUTDOWN", b"NOSAVE")))
    return digest.hexdigest()


PROGRAMS = (
    own("cfrac", "single", 500000),
    own("espresso", "single", 2000),
    own("barnes", "single", 150),
    own("containers", "single", 150000),
    own("alloc_test", "single", 25000000, 1),
    own("glibc_simple", "single", 400),
    own("malloc_large", "single", 300),
    own("mleak", "single", 900),
    own("cache_scratch", "single", 3000000, 1),
    own("alloc_test", "multi", 12000000, 2, label="alloc_test_2"),
    own("cache_scratch", "multi", 1500000, 2, label="cache_scratch_2"),
    own("cache_thrash", "multi", 700000, 2),
    own("glibc_thread", "multi", 16000000, 2),
    own("larson", "multi", 200, 2),
    own("xmalloc", "multi", 16000, 2),
    own("mstress", "multi", 50, 2),
    own("rptest", "multi", 3000, 2),
    Program("python", "real", 18,
            lambda _build, rounds: ["/usr/bin/python3", "-S", script("work.py"), str(rounds)],
            variables=("PYTHONMALLOC=malloc", "PYTHONDONTWRITEBYTECODE=1"),
            needs=("/usr/bin/python3",)),
    Program("lua", "real", 30,
            lambda _build, rounds: ["lua5.4", script("work.lua"), str(rounds)], needs=("lua5.4",)),
    Program("perl", "real", 30,
            lambda _build, rounds: ["/usr/bin/perl", script("work.pl"), str(rounds)],
            variables=("PERL_HASH_SEED=0",), needs=("/usr/bin/perl",)),
    Program("sqlite", "real", 100000, sqlite_command, needs=("/usr/bin/sqlite3",)),
    Program("gcc", "real", 45, gcc_command, needs=("gcc",)),
    Program("clang", "real", 20, clang_command, needs=("clang++",)),
    Program("git", "real", 1200, git_command, needs=("git",)),
    Program("redis", "real", 60000, redis_command, drive=redis_drive, own_malloc=True,
            needs=("redis-server", "redis-benchmark")),
    Program("startup", "startup", 400, startup_command),
    Program("startup-env", "startup", 400, startup_env_command),
)


def available():
    """The programs that can run here, and the names of those that cannot."""
    missing = [p.name for p in PROGRAMS if not all(shutil.which(n) for n in p.needs)]
    return [p for p in PROGRAMS if p.name not in missing], missing
