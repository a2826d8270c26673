"""Write C sources for the compiler to work on: one large file, or several small ones and a makefile.

usage: make_c.py large FILE | make_c.py project DIRECTORY
"""
import random
import sys


def function(r, name, callees):
    """One function with loops, a switch and arrays, made of pseudo-random pieces."""
    lines = [f"long {name}(long a, long b)", "{", f"    long t[{r.randint(4, 40)}] = {{a, b}};",
             f"    for (int i = 0; i < {r.randint(3, 60)}; i++) {{"]
    for _ in range(r.randint(2, 8)):
        op = r.choice(["+", "-", "*", "^", "|"])
        lines.append(f"        a = (a {op} {r.randint(1, 999)}) + t[(i + {r.randint(0, 9)}) % 4] * b;")
    lines += ["    }", f"    switch (a % {r.randint(5, 20)}) {{"]
    for case in range(r.randint(2, 12)):
        lines.append(f"    case {case}: b += a * {r.randint(1, 99)} - t[{case % 4}]; break;")
    lines += ["    default: b ^= a;", "    }"]
    for callee in r.sample(callees, min(len(callees), 3)):
        lines.append(f"    if (b % {r.randint(2, 9)} == 1) a += {callee}(b / 3, a % 7);")
    return "\n".join(lines + ["    return a - b;", "}", ""])


def unit(seed, prefix, functions):
    r = random.Random(seed)
    names, text = [], []
    for i in range(functions):
        name = f"{prefix}_{i}"
        text.append(function(r, name, names))
        names.append(name)
    return "\n".join(text), names[-1]


def large(path):
    text, last = unit(7, "work", 180)
    with open(path, "w") as f:
        f.write(text + f"\nint main(void) {{ return (int)({last}(1, 2) & 1); }}\n")


def project(directory):
    calls = []
    for k in range(8):
        text, last = unit(100 + k, f"part{k}", 30)
        calls.append(last)
        with open(f"{directory}/part{k}.c", "w") as f:
            f.write(text)
    with open(f"{directory}/main.c", "w") as f:
        f.write("#include <stdio.h>\n" + "".join(f"long {c}(long, long);\n" for c in calls))
        f.write("int main(void)\n{\n" + "".join(f'    printf("%ld\\n", {c}(3, 5));\n' for c in calls))
        f.write("    return 0;\n}\n")
    objects = " ".join([f"part{k}.o" for k in range(8)] + ["main.o"])
    with open(f"{directory}/Makefile", "w") as f:
        f.write(f"program: {objects}\n\t$(CC) -o $@ $^\n%.o: %.c\n\t$(CC) -O1 -fwrapv -c -o $@ $<\n")


{"large": large, "project": project}[sys.argv[1]](sys.argv[2])
