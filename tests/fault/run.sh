#!/bin/sh
# run.sh -- every call to the system fails, in heaps as values and in the heap of the process; with
# the paranoid preset, whose children are slower, one in five.
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

# link NAME SOURCE ARCHIVE COMPILER FLAGS...
link() {
    name=$1 source=$2 archive=$3
    shift 3
    # shellcheck disable=SC2086
    "$@" -fno-builtin tests/fault/"$source"_test.c tests/fault/fault.c tests/fault/wrappers.c \
        "$build/$archive" $wrap -o "$out/$name" -lpthread
}

link heaps heaps libwpmalloc-core.a "$@"
link process process libwpmalloc.a "$@"
link paranoid process libwpmalloc-paranoid.a "$@" -DHARDENED
ci/run_unit "$out/heaps" "$out/process" "$out/paranoid"
