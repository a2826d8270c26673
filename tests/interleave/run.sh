#!/bin/sh
# All schedules of the steps without a lock: run.sh COMPILER SOURCES... The real code must be without
# a fault; then faults are seeded, each of which some scenario must find: a fence left out, a
# read-modify-write in two steps, and the look again after parking left out.
set -eu
cd "$(dirname "$0")/../.."
cc=$1
shift
out=build/interleave
mkdir -p $out/seed
flags="-std=c11 -D_DEFAULT_SOURCE -O1 -g -Wall -Wextra -Werror -Isrc -Itests -Itests/interleave
  -include tests/interleave/hooks.h"
passed=0 failed=0

# build NAME FLAGS SOURCES...
build() {
    name=$1 more=$2
    shift 2
    # shellcheck disable=SC2086
    $cc $flags $more "$@" tests/interleave/*.c -o $out/"$name" -lpthread
}

# verdict NAME COMMAND...
verdict() {
    what=$1
    shift
    printf '\n== %s\n' "$what"
    if "$@"; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED: $what"; fi
}

build plain "" "$@"
verdict "the code as it is" $out/plain

build no-fence -DSEED_NO_FENCE "$@"
verdict "seeded: no fence" $out/no-fence expect-fault

build split-or -DSEED_SPLIT_OR "$@"
verdict "seeded: a read-modify-write in two steps" $out/split-or expect-fault

sed -e 's/if (!mspan_has_freed(h, s)) return;/return;/' -e 's#"\.\./spec/#"../../../spec/#' \
    src/mcache.c >$out/seed/mcache.c
if [ "$(diff src/mcache.c $out/seed/mcache.c | grep -c '^> *return;')" != 1 ]; then
    echo 'interleave: the place for a seeded fault is not in src/mcache.c any more'
    exit 1
fi
others=
for f in "$@"; do [ "$f" = src/mcache.c ] || others="$others $f"; done
# shellcheck disable=SC2086
build no-recheck "" $others $out/seed/mcache.c
verdict "seeded: no look again after parking" $out/no-recheck expect-fault

printf '\ninterleave: %d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ]
