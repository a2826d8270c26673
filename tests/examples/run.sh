#!/bin/sh
# run.sh -- the examples of the heap API: compiled with the public header alone, run, output compared.
#
# usage: tests/examples/run.sh [path of libwpmalloc.so]; the archive without libc's names is beside it.
set -u
here=$(cd "$(dirname "$0")" && pwd)
lib=${1:-build/libwpmalloc.so}
core=${lib%.so}-core.a
[ -f "$core" ] || { echo "no $core: run make first"; exit 2; }
out=$(dirname "$lib")/examples
passed=0
failed=0
mkdir -p "$out/include"
cp "$here/../../src/wpmalloc.h" "$out/include" # nothing else of the sources is in reach

for source in "$here"/*.c; do
    name=$(basename "$source" .c)
    if ${CC:-cc} -std=c11 -Wall -Wextra -Werror -O1 -g -I"$out/include" "$source" "$core" \
        -o "$out/$name" -lpthread &&
        timeout 60 "$out/$name" >"$out/$name.out" && cmp "$out/$name.out" "$here/$name.expected"; then
        passed=$((passed + 1))
        echo "  ok      $name"
    else
        failed=$((failed + 1))
        echo "  FAILED  $name"
        diff "$here/$name.expected" "$out/$name.out" | sed 's/^/          /'
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
