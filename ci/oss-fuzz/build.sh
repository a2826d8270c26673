#!/bin/bash
# Build every harness of fuzz/ the way OSS-Fuzz wants it: with the compilers and flags of $CC, $CXX,
# $CFLAGS and $CXXFLAGS, linked with $LIB_FUZZING_ENGINE into $OUT, seeds beside them. The whole tree
# lies in the current directory. abi_fuzz, which lives on this library's malloc, is left out where the
# sanitizer brings its own. ci/oss-fuzz/try.sh runs it with the engines of this machine.
set -eu
: "${CC:?}" "${CXX:?}" "${OUT:?}" "${LIB_FUZZING_ENGINE:?}"
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
flags='-std=c11 -D_DEFAULT_SOURCE -ftls-model=initial-exec -fno-builtin-malloc -fno-builtin-calloc
  -fno-builtin-realloc -fno-builtin-free -fno-builtin-aligned_alloc -fno-builtin-posix_memalign -Isrc'
abi='src/malloc_abi.c src/process.c src/hardened.c src/waiting.c src/inspect.c src/trace.c'
other='src/bounds.c src/platform/deepbind.c'

compile() { # FILE [FLAG...]: its object's name, in $object
    object="$objects/$(echo "$@" | tr -c 'A-Za-z0-9_\n' _).o"
    # shellcheck disable=SC2086
    [ -e "$object" ] || $CC ${CFLAGS:-} $flags "${@:2}" -c "$1" -o "$object"
}

core=()
for file in src/*.c src/linear/*.c src/platform/posix*.c fuzz/mutator.c fuzz/calls.c; do
    case " $(echo $abi $other) " in *" $file "*) continue ;; esac
    compile "$file"
    core+=("$object")
done

for harness in fuzz/*_fuzz.c; do
    name=$(basename "$harness" .c)
    parts=()
    if [ "$name" = abi_fuzz ]; then
        case "${SANITIZER:-none}" in address|memory|thread) continue ;; esac
        for file in $abi; do
            compile "$file" -DWPM_HARDENED
            parts+=("$object")
        done
    fi
    compile "$harness"
    # shellcheck disable=SC2086
    $CXX ${CXXFLAGS:-} "$object" "${parts[@]}" "${core[@]}" -o "$OUT/$name" $LIB_FUZZING_ENGINE -lpthread
    if [ -d "fuzz/corpus/$name" ]; then
        python3 -m zipfile -c "$OUT/${name}_seed_corpus.zip" "fuzz/corpus/$name"/*
    fi
    echo "built $name"
done
