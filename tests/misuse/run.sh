#!/bin/sh
# run.sh -- programs of one fault each: each must end by SIGABRT with the one line that its first
# comment gives, or by the memory fault that it names, under every preset that is to stop it. Ends
# with a table of preset and fault.
#
# usage: tests/misuse/run.sh [directory of libwpmalloc*.so]
#
# A program is compiled for each size and way that its comments name (misuse.h).
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=${1:-build}
[ -f "$build/libwpmalloc.so" ] || { echo "no $build/libwpmalloc.so: run make first"; exit 2; }
build=$(cd "$build" && pwd)
out=$build/misuse
passed=0
failed=0
mkdir -p "$out"
ulimit -c 0

library() {
    case $1 in
    fast) echo "$build/libwpmalloc.so" ;;
    *) echo "$build/libwpmalloc-$1.so" ;;
    esac
}

# told NAME SOURCE DEFAULT: what the comment `NAME:` of a program says.
told() {
    found=$(sed -n "s|^/\* $1: \(.*\) \*/\$|\1|p" "$2")
    echo "${found:-$3}"
}

# Run a program under a library. The shell's own remark on the signal goes where the caller says.
run_program() {
    (LD_PRELOAD=$1 exec "$2" >"$2.out" 2>"$2.err")
}

# stopped PRESET SOURCE PROGRAM: whether the program ends as it must.
stopped() {
    run_program "$(library "$1")" "$3" 2>/dev/null
    status=$?
    address=$(head -n 1 "$3.out")
    if [ "$(told signal "$2" '')" = segv ]; then
        expected='a memory fault'
        [ $status -eq 139 ] && [ -n "$address" ] && [ ! -s "$3.err" ]
        return
    fi
    asked=', asked for #'
    [ "$1" = fast ] && asked=
    expected=$(told "$1" "$2" "$(told expect "$2" '')" | sed "s|~|$asked|; s|@|$address|; s|\$| in thread #|; s|#|[0-9]+|g")
    [ $status -eq 134 ] && [ -n "$address" ] && [ -n "$expected" ] &&
        [ "$(wc -l <"$3.err")" -eq 1 ] && grep -Eqx "$expected" "$3.err"
}

printf '%-36s %12s %12s %12s\n' fault fast hardened paranoid
for source in "$here"/*.c "$here"/*.cc; do
    name=$(basename "${source%.*}")
    case $source in
    *.cc) compile="${CXX:-c++} -std=c++17" ;;
    *) compile="${CC:-cc} -std=c11" ;;
    esac
    row=$(printf '%-36s' "$name")
    trouble=
    programs=
    for size in $(told sizes "$source" 48); do
        for way in $(told ways "$source" plain); do
            program=$out/$name-$size-$way
            macro=$(echo "$way" | tr '[:lower:]' '[:upper:]')
            # Warnings off: the compiler sees the fault too, which is not what is tested.
            if ! $compile -D_DEFAULT_SOURCE -DSIZE="$size" -DWAY="WAY_$macro" -O1 -w -fno-builtin \
                "$source" -o "$program" -lpthread; then
                trouble="$trouble
  FAILED  $name: does not compile"
                failed=$((failed + 1))
                continue
            fi
            programs="$programs $program"
        done
    done
    for preset in fast hardened paranoid; do
        case " $(told presets "$source" 'fast hardened paranoid') " in
        *" $preset "*) ;;
        *)
            row="$row $(printf '%12s' -)"
            continue
            ;;
        esac
        good=0
        all=0
        for program in $programs; do
            all=$((all + 1))
            if stopped "$preset" "$source" "$program"; then
                good=$((good + 1))
            else
                trouble="$trouble
  FAILED  $(basename "$program") ($preset): status $status, expected: $expected
          $(cat "$program.err" "$program.out")"
            fi
        done
        passed=$((passed + good))
        failed=$((failed + all - good))
        row="$row $(printf '%12s' "$good/$all")"
    done
    printf '%s%s\n' "$row" "$trouble"
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
