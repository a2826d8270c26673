#!/bin/sh
# The bound of spec/fragmentation.md: run.sh ARCHIVE COMPILER... Adversaries play against the heap
# of the small profile in ARCHIVE and must stay within it; the calculator says the same as the test;
# first fit is looked at in every sequence of few live units.
# Then faults are seeded, each of which must be found: bounds that are too small (classes that shared
# their spans; a better theorem of first fit), a heap that takes a new span while others have room,
# and one that takes a page more than it needs.
set -eu
cd "$(dirname "$0")/../.."
archive=$1
shift
out=build/space
mkdir -p $out/seed
flags='-std=c11 -D_DEFAULT_SOURCE -O2 -g -Wall -Wextra -Werror -Isrc -Itests -Itests/space -DWPM_PROFILE_SMALL'
passed=0 failed=0

# build NAME FLAGS SOURCES...
build() {
    name=$1 more=$2
    shift 2
    # shellcheck disable=SC2086
    $cc $flags $more "$@" tests/space/space_test.c tests/space/player.c tests/space/plays.c \
        tests/space/bound.c "$archive" -o $out/"$name" -lpthread
}

# verdict NAME COMMAND...
verdict() {
    what=$1
    shift
    printf '\n== %s\n' "$what"
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $what"; fi
}

# A program that must find a claim that is not kept, and say so.
finds() {
    if "$@" >$out/found 2>&1; then echo 'nothing found'; return 1; fi
    grep 'required:' $out/found
}

# seed FILE FROM TO: src/FILE with one line changed, in $out/seed.
seed() {
    sed -e "s/$2/$3/" -e 's#"\.\./spec/#"../../../spec/#' "src/$1" >"$out/seed/$1"
    if [ "$(diff "src/$1" "$out/seed/$1" | grep '^>' | grep -vc spec/)" != 1 ]; then
        echo "space: the place for a seeded fault is not in src/$1 any more"
        exit 1
    fi
}

cc=$*
build plain ''
verdict 'adversaries of the bound' $out/plain

CC=$cc ci/fragmentation.py --profile small --points \
    16:16,1000:16,4096:700,4096:4096,16384:1024,16384:2048,20000:2064,65536:8192,65536:65536,300000:5000,1000000:400000 \
    >$out/points
points() { $out/plain points <$out/points; }
verdict 'the calculator' points

verdict 'every sequence, for few live units' tests/space/exhaust.py

build sum -DSPACE_SEED=1
verdict 'seeded: a bound as if classes shared spans' finds $out/sum
build theorem -DSPACE_SEED=2
verdict 'seeded: a theorem of first fit that is too good' finds $out/theorem
seed mcache.c 'if (take_pending(h, c, k)) return true;' 'if (h->ncaches == 0 \&\& take_pending(h, c, k)) return true;'
build waste '' $out/seed/mcache.c
verdict 'seeded: a new span while others have room' finds $out/waste
seed heaprun.c 'run = {find_or_grow(h, npages), 0};' 'run = {find_or_grow(h, npages + 1), 0};'
build longer '' $out/seed/heaprun.c
verdict 'seeded: a search for a page more than is needed' finds $out/longer
printf '\nspace: %d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
