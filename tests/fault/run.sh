#!/bin/sh
# run.sh -- every call to the system fails, in heaps as values and in the heap of the process.
#
# usage: tests/fault/run.sh BUILD COMPILER FLAGS... ; both archives are expected in BUILD. The
# wrappers are put in by the linker, around the objects of the archives as they ship.
set -eu
cd "$(dirname "$0")/../.."
build=$1
shift
out=$build/fault
wrap=
for call in mmap munmap mprotect madvise sysconf syscall write pthread_key_create \
    pthread_setspecific pthread_atfork fcntl dup2; do
    wrap="$wrap -Wl,--wrap=$call"
done
mkdir -p "$out"

# link NAME ARCHIVE COMPILER FLAGS...
link() {
    name=$1 archive=$2
    shift 2
    # shellcheck disable=SC2086
    "$@" -fno-builtin tests/fault/"$name"_test.c tests/fault/fault.c tests/fault/wrappers.c \
        "$build/$archive" $wrap -o "$out/$name" -lpthread
}

link heaps libwpmalloc-core.a "$@"
link process libwpmalloc.a "$@"
ci/run_unit "$out/heaps" "$out/process"
