#!/bin/bash
# try.sh -- build.sh as OSS-Fuzz would run it, with clang-19's libFuzzer, and each harness for a moment.
# Both sanitizers in turn; every harness that must be there is there, runs, and has its seeds.
set -eu
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for sanitizer in address undefined; do
    mkdir "$out/$sanitizer"
    flags="-O1 -g -fno-omit-frame-pointer -fsanitize=$sanitizer -fsanitize=fuzzer-no-link"
    CC=clang-19 CXX=clang++-19 CFLAGS="$flags" CXXFLAGS="$flags" SANITIZER=$sanitizer \
        LIB_FUZZING_ENGINE=-fsanitize=fuzzer OUT="$out/$sanitizer" bash ci/oss-fuzz/build.sh >"$out/log" 2>&1 ||
        { tail -20 "$out/log"; exit 1; }
    for harness in fuzz/*_fuzz.c; do
        name=$(basename "$harness" .c)
        [ "$name/$sanitizer" != abi_fuzz/address ] || continue
        "$out/$sanitizer/$name" -max_total_time=3 -max_len=3072 >"$out/log" 2>&1 || { tail -20 "$out/log"; exit 1; }
        [ -e "$out/$sanitizer/${name}_seed_corpus.zip" ] || { echo "$name: no seeds"; exit 1; }
        echo "$sanitizer: $name ran, with its seeds"
    done
done
