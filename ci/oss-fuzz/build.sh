#!/bin/bash
# Build every harness of fuzz/ the way OSS-Fuzz wants it: with the compilers and flags of $CC, $CXX,
# $CFLAGS and $CXXFLAGS, linked with $LIB_FUZZING_ENGINE into $OUT, seeds beside them. The whole tree
# lies in the current directory. abi_fuzz, which lives on this library's malloc, is left out where the
# sanitizer brings its own. ci/oss-fuzz/try.sh runs it with the engines of this machine.
set -eu
: "${CC:?}" "${CXX:?}" "${OUT:?}" "${LIB_FUZZING_ENGINE:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for harness in fuzz/*_fuzz.c; do
    name=$(basename "$harness" .c)
    case "$name/${SANITIZER:-none}" in abi_fuzz/address|abi_fuzz/memory|abi_fuzz/thread) continue ;; esac
    make --no-print-directory -s -j"$(nproc)" B="$work" WARN= "$work/oss-fuzz/$name" \
        CC="$CC" CXX="$CXX" CFLAGS="${CFLAGS:-}" CXXFLAGS="${CXXFLAGS:-}" LIB_FUZZING_ENGINE="$LIB_FUZZING_ENGINE"
    cp "$work/oss-fuzz/$name" "$OUT/"
    if [ -d "fuzz/corpus/$name" ]; then
        python3 -m zipfile -c "$OUT/${name}_seed_corpus.zip" "fuzz/corpus/$name"/*
    fi
    echo "built $name"
done
