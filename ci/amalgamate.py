#!/usr/bin/env python3
"""amalgamate.py PROFILE FOLDER FILE... -- one source file and one header of the library for a device.

Writes FOLDER/wpmalloc.c, the files of src named and all that they include, in an order in which each
stands behind what it needs, and FOLDER/wpmalloc.h, the public headers. The C text is that of src;
annotations for the prover are left out, and names that are private to two files get the file's name
as an ending.
"""
import collections
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PUBLIC = ['wpmalloc.h', 'wpm_device.h']
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+("([^"]+)"|<[^>]+>|ARENAMAP_LAYOUT)[^\n]*\n', re.M)
SAID = r'/\*@(?:(?!\*/).)*\*/'  # to the prover
ANNOTATION = re.compile(rf'^[ \t]*{SAID}[ \t]*\n|[ \t]*\n[ \t]*{SAID}(?=;)|{SAID}|^[ \t]*//@[^\n]*\n|//@[^\n]*',
                        re.S | re.M)
PROVER = re.compile(r'^#ifdef __FRAMAC__\n(?:(?!#else|#endif).*\n)*(?:#else\n((?:(?!#endif).*\n)*))?#endif\n', re.M)
# What a .c file keeps to itself: functions, constants, types and macros.
PRIVATE = re.compile(r'^static (?:inline )?(?:const )?(?:struct )?\w+[ \*]+(\w+)(?=[ \t]*[\(\[=;])'
                     r'|^struct (\w+) \{|^#define (\w+)', re.M)
SETTINGS = '''/* The profile and the platform (src/config.h). */
#define WPM_PROFILE_{} 1
#define WPM_BARE 1

'''


def read(path):
    """A file of src without what is said to the prover."""
    with open(os.path.join(ROOT, 'src', path), encoding='utf-8') as f:
        return ANNOTATION.sub('', PROVER.sub(lambda m: m[1] or '', f.read()))


def includes(path, text):
    """(what an include line says, the file of src that it means or None) of each."""
    for m in INCLUDE.finditer(text):
        if m[1] == 'ARENAMAP_LAYOUT':
            yield m[1], 'linear/linearmap.h'
        elif m[2] and not m[2].endswith('.acsl'):
            yield m[1], os.path.normpath(os.path.join(os.path.dirname(path), m[2]))
        else:
            yield m[1], None


class Amalgam:
    def __init__(self):
        self.system, self.headers, self.seen = [], [], set(PUBLIC)

    def add_headers(self, path, text):
        """The headers that a file includes, those that they include first."""
        for what, target in includes(path, text):
            if target and target not in self.seen:
                self.seen.add(target)
                inner = read(target)
                self.add_headers(target, inner)
                self.headers.append((target, INCLUDE.sub('', inner)))
            elif what.startswith('<') and what not in self.system:
                self.system.append(what)


def private_names(text):
    return {name for m in PRIVATE.finditer(text) for name in m.groups() if name}


def separated(files):
    """The texts of files, in which names that several keep to themselves differ."""
    count = collections.Counter(name for _, text in files for name in private_names(text))
    for path, text in files:
        stem = os.path.splitext(os.path.basename(path))[0]
        for name in sorted(n for n in private_names(text) if count[n] > 1):
            text = re.sub(rf'(?<![\w.>])\b{name}\b', f'{name}_{stem}', text)
        yield path, text


def banner(path):
    return f'/* ---- {path} ---- */\n'


def main():
    profile, folder, *paths = [*sys.argv[1:3], *(os.path.relpath(p, 'src') for p in sys.argv[3:])]
    if not paths:
        sys.exit(__doc__.split('\n')[0])
    amalgam, sources = Amalgam(), []
    for path in PUBLIC:
        amalgam.add_headers(path, read(path))
    for path in paths:
        text = read(path)
        amalgam.add_headers(path, text)
        sources.append((path, INCLUDE.sub('', text)))
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'wpmalloc.h'), 'w', encoding='utf-8') as out:
        out.write('\n'.join(read(path) for path in PUBLIC))
    with open(os.path.join(folder, 'wpmalloc.c'), 'w', encoding='utf-8') as out:
        out.write('/* wpmalloc.c -- the library for a device, in one file: written by ci/amalgamate.py of'
                  ' wpmalloc\'s src. */\n' + SETTINGS.format(profile) + '#include "wpmalloc.h"\n\n' +
                  ''.join(f'#include {name}\n' for name in sorted(amalgam.system)) + '\n')
        for path, text in amalgam.headers + list(separated(sources)):
            out.write(banner(path) + text + '\n')


if __name__ == '__main__':
    main()
