#!/usr/bin/env python3
"""Clang's thread safety analysis over src, in both layouts: check_locks.py [root [file of src ...]].

In C an attribute of a field cannot say `the lock of this structure`: `guarded_by` names the lock of
some heap, which is a near match of any heap's (src/heap.h). So there are two passes. `fields` takes
near matches, of guarded fields and of functions alike; `heaps` leaves guarded fields out and wants
each function called with the lock of the heap that it is given. -Wthread-safety-beta: the order.
As the watched build, which has two calls more in the core, so that its files are looked at too."""
import glob
import os
import subprocess
import sys

import layermap

CLANG = ['clang-19', '-std=c11', '-D_DEFAULT_SOURCE', '-DWPM_WATCHED', '-Isrc', '-Wall',
         '-Wthread-safety', '-Wthread-safety-beta', '-Werror', '-fsyntax-only']
LAYOUTS = {'linear': [], 'sparse': ['-DWPM_SPARSE']}
PASSES = {'fields': ['-Wno-thread-safety-precise'], 'heaps': ['-Dguarded_by(l)=']}


def main():
    root = layermap.root_argument()
    chosen = sys.argv[2:]
    failed, count = 0, 0
    for layout, layout_options in LAYOUTS.items():
        files = [os.path.relpath(path, root) for folder in ('', 'platform', 'watched', layout)
                 for path in sorted(glob.glob(os.path.join(root, 'src', folder, '*.c')))]
        files = [path for path in files if path in chosen or not chosen]
        for name, options in PASSES.items():
            if not files:
                continue
            count += len(files)
            done = subprocess.run(CLANG + layout_options + options + files, cwd=root, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            print(done.stdout, end='')
            if done.returncode != 0:
                failed += 1
                print(f'locks: {layout}, {name}: FAILED')
    print(f'locks: {count} runs over files, {failed} of {len(LAYOUTS) * len(PASSES)} passes failed')
    return 1 if failed or not count else 0


if __name__ == '__main__':
    sys.exit(main())
