#!/usr/bin/env python3
"""Do includes go strictly down? The order of files is the table of src/README.md.

Also: every file of src is in the table and every row is a file; each header compiles alone, as C11
and as C++17; system headers stay in the platform folder and the files of the outermost layer."""
import concurrent.futures
import os
import re
import subprocess
import sys

import layermap

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
PLAIN_HEADERS = {'stdbool.h', 'stddef.h', 'stdint.h', 'limits.h', 'string.h', '__fc_integer.h'}
OUTER_LAYER = 9


def stem(path):
    return os.path.splitext(path)[0]


def check_include(root, row, rows, kind, name):
    """What is wrong with one include of the file of `row`, or None."""
    if kind == '<':
        if name in PLAIN_HEADERS or row.path.startswith('platform/') or row.layer == OUTER_LAYER:
            return None
        return f'<{name}> belongs in platform/'
    target = os.path.normpath(os.path.join('src', os.path.dirname(row.path), name))
    if target.startswith('spec/'):
        if not os.path.exists(os.path.join(root, target)):
            return f'{target} does not exist'
        return None
    path = os.path.relpath(target, 'src')
    if path not in rows:
        return f'"{name}" is not in src/README.md'
    if rows[path].place >= row.place:
        return f'"{name}" of layer {rows[path].layer} does not stand above it in src/README.md'
    return None


def check_empty(root, rows):
    """A file that the map calls free of code has no function bodies."""
    found = []
    for row in rows:
        path = os.path.join(root, 'src', row.path)
        if row.proof == '–' and os.path.exists(path):
            text = layermap.without_comments(layermap.read(path))
            if re.search(r'\)\s*\{', text):
                found.append(f'src/{row.path}: has code; src/README.md says it has none')
    return found


def check_specs(root, rows):
    """spec/x.acsl may include only the logic of files above src/x.h."""
    places = {stem(os.path.basename(r.path)): r.place for r in reversed(rows)}
    found = []
    for name in sorted(os.listdir(os.path.join(root, 'spec'))):
        if not name.endswith('.acsl'):
            continue
        text = layermap.read(os.path.join(root, 'spec', name))
        for _, target in INCLUDE.findall(text):
            below, me = places.get(stem(target)), places.get(stem(name))
            if below is not None and me is not None and below >= me:
                found.append(f'spec/{name}: {target} does not stand above it')
    return found


def compile_alone(root, header):
    """Errors of a header that is the whole program, in both languages."""
    found = []
    for language, standard, compiler in (('c', 'c11', os.environ.get('CC', 'cc')),
                                         ('c++', 'c++17', os.environ.get('CXX', 'c++'))):
        done = subprocess.run(
            [compiler, '-x', language, '-std=' + standard, '-fsyntax-only', '-Wall', '-Wextra',
             '-Werror', '-Wno-unused-function', '-Isrc', '-include', header, '/dev/null'],
            cwd=root, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            found.append(f'{header}: not alone in {standard}: ' + done.stdout.strip()[:600])
    return found


def main():
    root = layermap.root_argument()
    listed = layermap.read_map(root)
    rows = {r.path: r for r in listed}
    files = layermap.source_files(root)
    found = [f'src/{f}: not in src/README.md' for f in files if f not in rows]
    found += [f'src/README.md: no file {p}' for p in rows if p not in files]
    checked = 0
    for path in files:
        text = layermap.COMMENT.sub(layermap.blank, layermap.read(os.path.join(root, 'src', path)))
        for kind, name in INCLUDE.findall(text):
            checked += 1
            wrong = path in rows and check_include(root, rows[path], rows, kind, name)
            if wrong:
                found.append(f'src/{path}: {wrong}')
    found += check_specs(root, listed) + check_empty(root, listed)
    headers = [os.path.join('src', f) for f in files if f.endswith('.h')]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for errors in pool.map(lambda h: compile_alone(root, h), headers):
            found += errors
    for text in found:
        print(text)
    print(f'layers: {len(files)} files, {checked} includes, {len(headers)} headers alone, '
          f'{len(found)} faults')
    return 1 if found or not files else 0


if __name__ == '__main__':
    sys.exit(main())
