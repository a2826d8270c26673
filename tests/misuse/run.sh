#!/bin/sh
# run.sh -- one program a fault: each must end by SIGABRT with the one line that its comment gives.
#
# usage: tests/misuse/run.sh [path of libwpmalloc.so]
set -u
here=$(cd "$(dirname "$0")" && pwd)
lib=${1:-build/libwpmalloc.so}
[ -f "$lib" ] || { echo "no $lib: run make first"; exit 2; }
lib=$(cd "$(dirname "$lib")" && pwd)/$(basename "$lib")
out=$(dirname "$lib")/misuse
passed=0
failed=0
mkdir -p "$out"
ulimit -c 0

# Run a program under the library. The shell's own remark on the signal goes where the caller says.
run_program() {
    (LD_PRELOAD=$lib exec "$1" >"$1.out" 2>"$1.err")
}

for source in "$here"/*.c "$here"/*.cc; do
    name=$(basename "${source%.*}")
    case $source in
    *.cc) compile="${CXX:-c++} -std=c++17" ;;
    *) compile="${CC:-cc} -std=c11" ;;
    esac
    # Warnings off: the compiler sees the fault too, which is not what is tested.
    if ! $compile -O1 -w -fno-builtin "$source" -o "$out/$name" -lpthread; then
        echo "  FAILED  $name: does not compile"
        failed=$((failed + 1))
        continue
    fi
    run_program "$out/$name" 2>/dev/null
    status=$?
    address=$(head -n 1 "$out/$name.out")
    expected=$(sed -n '1s|^/\* expect: \(.*\) \*/$|\1|p' "$source" | sed "s|@|$address|")
    if [ $status -eq 134 ] && [ -n "$address" ] && [ -n "$expected" ] &&
        [ "$(wc -l <"$out/$name.err")" -eq 1 ] && grep -Eqx "$expected" "$out/$name.err"; then
        passed=$((passed + 1))
        echo "  ok      $name: $(cat "$out/$name.err")"
    else
        failed=$((failed + 1))
        echo "  FAILED  $name: status $status, expected: $expected"
        sed 's/^/          /' "$out/$name.err" "$out/$name.out"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
