"""The allocators that are compared, and the proof that a process really uses one."""

import dataclasses
import glob
import os
import re
import subprocess

BASE = "glibc"

# Where the defaults lie; the first pattern that matches.
DEFAULTS = {
    "wpmalloc": ("{root}/build/libwpmalloc.so",),
    "jemalloc": ("/usr/lib/*/libjemalloc.so.2", "/usr/lib/libjemalloc.so.2"),
    "mimalloc": ("/usr/lib/*/libmimalloc.so.2*", "/usr/lib/libmimalloc.so.2*"),
    "tcmalloc": ("/usr/lib/*/libtcmalloc_minimal.so.4", "/usr/lib/libtcmalloc_minimal.so.4"),
}

ENTRIES = ("malloc", "calloc", "realloc", "free", "posix_memalign", "aligned_alloc", "memalign",
           "malloc_usable_size")
BINDING = re.compile(r"^\s*(\d+):\s+binding file (\S+) \[\d+\] to (\S+) \[\d+\]: "
                     r"normal symbol `(" + "|".join(ENTRIES) + r")'")


@dataclasses.dataclass(frozen=True)
class Library:
    """An allocator: its name, and the shared object to preload (None: the C library's own)."""

    name: str
    path: str | None

    def preload(self, program):
        """What to preload for `program`; None for nothing."""
        if self.path is None and program.own_malloc:
            return libc_path()
        return self.path

    def version(self):
        """Debian's package and version, where the object is one of a package."""
        path = os.path.realpath(self.path or libc_path())
        for name in (path, path.replace("/usr/lib/", "/lib/", 1)):
            owner = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True,
                                   check=False).stdout.split(":")[0]
            if owner:
                shown = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", owner],
                                       capture_output=True, text=True, check=False).stdout
                return f"{owner} {shown}"
        return "built here"


def libc_path():
    """The C library that this machine's programs use."""
    with open("/proc/self/maps", encoding="ascii", errors="replace") as maps:
        for line in maps:
            path = line.split()[-1]
            if os.path.basename(path) == "libc.so.6":
                return path
    raise SystemExit("no libc.so.6: the suite needs the GNU C library")


def find_default(name, root):
    """The default library of that name, or None when it is not on this machine."""
    for pattern in DEFAULTS[name]:
        found = sorted(glob.glob(pattern.format(root=root)))
        if found:
            return Library(name, found[0])
    return None


def choose(words, root):
    """The libraries named by `words` ("name" or "name=path"), the base line always first."""
    chosen = [Library(BASE, None)]
    for word in words or DEFAULTS:
        name, _, path = word.partition("=")
        if name == BASE:
            continue
        if path:
            library = Library(name, os.path.abspath(path))
            if not os.path.exists(library.path):
                raise SystemExit(f"{name}: no file {path}")
        elif name in DEFAULTS:
            library = find_default(name, root)
            if library is None:
                if words:
                    raise SystemExit(f"{name}: not found on this machine")
                print(f"{name}: not found, left out", flush=True)
                continue
        else:
            raise SystemExit(f"{name}: say {name}=PATH")
        if any(library.name == other.name for other in chosen):
            raise SystemExit(f"{name}: named twice")
        chosen.append(library)
    return chosen


def binding_fault(lines, expected):
    """Why the dynamic linker's log in `lines` does not show that all calls go to `expected`.

    None when it does: somebody but the library itself binds malloc or free, and nobody binds one of
    the entries to another object. An executable that is not position-independent may stand in
    between: others then get the address of its stub, which jumps to wherever its own binding leads.
    """
    expected = os.path.realpath(expected)
    bound = {}
    for line in lines:
        match = BINDING.match(line)
        if match is not None:
            _, user, target, entry = match.groups()
            bound.setdefault((user, entry), set()).add(target)
    reaching = {(user, entry) for (user, entry), targets in bound.items()
                if {os.path.realpath(target) for target in targets - {user}} == {expected}}
    count = 0
    for (user, entry), targets in bound.items():
        if os.path.realpath(user) == expected:
            continue
        for target in targets:
            if os.path.realpath(target) != expected and (target, entry) not in reaching:
                return f"{os.path.basename(user)} takes {entry} from {target}"
        count += 1
    return None if count > 0 else "no call of malloc bound to the library"
