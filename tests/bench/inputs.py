"""Inputs of the real programs that are too long to keep: made once, the same every time."""

import os
import subprocess


def draws(seed):
    """A fixed endless sequence of pseudo-random integers of 31 bits."""
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        yield state >> 33


def c_function(index, draw):
    """One function of the C file: loops, switches and calls of earlier functions."""
    lines = [f"int f{index}(struct record *r, int n, int *out)", "{"]
    lines.append(f"    int total = n * {next(draw) % 97 + 1};")
    for block in range(4):
        step, limit = next(draw) % 7 + 1, next(draw) % 50 + 10
        lines.append(f"    for (int i = 0; i < {limit}; i += {step}) {{")
        lines.append(f"        switch ((r->key + i) % {block + 4}) {{")
        for case in range(block + 3):
            field = ("key", "left", "right", "weight")[next(draw) % 4]
            factor = next(draw) % 19
            lines.append(f"        case {case}: total += r->{field} * {factor} + out[i % 16];")
            lines.append("            break;")
        lines.append(f"        default: out[(i + total) & 15] ^= total + {next(draw) % 1000};")
        lines.append("        }")
        lines.append("    }")
    if index > 0:
        lines.append(f"    total += f{next(draw) % index}(r, n - 1, out);")
    lines += ["    return total;", "}", ""]
    return lines


def write_c_file(path, functions):
    """A C file of so many functions."""
    draw = draws(1)
    lines = ["struct record { int key, left, right, weight; };", ""]
    for index in range(functions):
        lines += c_function(index, draw)
    with open(path, "w", encoding="ascii") as out:
        out.write("\n".join(lines))


def fast_import_stream(commits):
    """A history for git fast-import: each commit rewrites lines in some of 40 files."""
    draw = draws(2)
    files = [[f"line {i} of file {f}" for i in range(150)] for f in range(40)]
    parts = []
    for commit in range(1, commits + 1):
        message = f"change {commit}\n"
        parts.append(f"commit refs/heads/main\nmark :{commit}\n"
                     f"committer A <a@example.org> {1600000000 + commit * 60} +0000\n"
                     f"data {len(message)}\n{message}")
        for _ in range(6):
            number = next(draw) % len(files)
            for _ in range(8):
                files[number][next(draw) % 150] = f"line {next(draw)} since {commit}"
            text = "\n".join(files[number]) + "\n"
            parts.append(f"M 100644 inline dir{number % 5}/file{number}.txt\n"
                         f"data {len(text)}\n{text}\n")
    return "".join(parts).encode("ascii")


def write_repository(path, commits):
    """A bare git repository with so many commits."""
    env = {"PATH": os.environ["PATH"], "HOME": path, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", path],
                   check=True, env=env)
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], check=True, env=env,
                   input=fast_import_stream(commits))


def redis_commands(batches):
    """Pipelines of a hundred redis commands each, with keys and values of many sizes."""
    draw = draws(3)
    for _ in range(batches):
        pipeline = []
        for _ in range(100):
            key, size = next(draw) % 20000, next(draw) % 6
            value = b"v" * (next(draw) % (16 << size) + 1)
            kind = next(draw) % 8
            pipeline.append((
                (b"SET", b"s%d" % key, value),
                (b"APPEND", b"s%d" % key, value[:50]),
                (b"GET", b"s%d" % key),
                (b"DEL", b"s%d" % key),
                (b"HSET", b"h%d" % (key % 500), b"f%d" % (key % 40), value[:100]),
                (b"RPUSH", b"l%d" % (key % 300), value[:200]),
                (b"LPOP", b"l%d" % (key % 300)),
                (b"ZADD", b"z%d" % (key % 100), b"%d" % key, b"m%d" % (key % 700)),
            )[kind])
        yield b"".join(encode(command) for command in pipeline)


def encode(command):
    """A command in redis's protocol."""
    return b"*%d\r\n" % len(command) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in command)
