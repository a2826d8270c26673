#!/bin/sh
# run.sh -- the libc names and C++ operators under every way of using the library.
#
# usage: tests/abi/run.sh [path of libwpmalloc.so]; the archive is expected beside it. Each program runs
# with glibc's allocator (the expectations must hold there too), preloaded, linked with the archive,
# and some under a limit of address space; C programs must not need the C++ run-time.
set -u
here=$(cd "$(dirname "$0")" && pwd)
lib=${1:-build/libwpmalloc.so}
lib=$(cd "$(dirname "$lib")" && pwd)/$(basename "$lib")
archive=${lib%.so}.a
out=$(dirname "$lib")/abi
root=$(cd "$here/../.." && pwd)
cc="${CC:-cc} -std=c11 -O1 -g -fno-builtin -Wall -Wextra -Werror -I$root/tests -I$root/src"
cxx="${CXX:-c++} -std=c++17 -O1 -g -fno-builtin -Wall -Wextra -Werror -Wno-mismatched-new-delete -I$root/tests"
passed=0
failed=0
mkdir -p "$out"

# note NAME STATUS
note() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        echo "  ok      $1"
    else
        failed=$((failed + 1))
        echo "  FAILED  $1 (status $2)"
        tail -n 20 "$out/log" | sed 's/^/          /'
    fi
}

# Run a command for at most two minutes, its output in the log.
run() {
    timeout 120 "$@" >"$out/log" 2>&1
}

# attempt NAME COMMAND...: a test that passes with status 0.
attempt() {
    name=$1
    shift
    run "$@"
    note "$name" $?
}

# preloaded NAME COMMAND...: the same under the library, which must have been called.
preloaded() {
    name=$1
    shift
    run env LD_PRELOAD="$lib" WPMALLOC_CALLS=1 "$@"
    status=$?
    if [ $status -eq 0 ] && ! grep -Eq '^wpmalloc: calls malloc [1-9]' "$out/log"; then
        echo "the library counted no calls" >>"$out/log"
        status=90
    fi
    note "$name" $status
}


build() {
    "$@" >"$out/log" 2>&1 || note "build: $*" $?
}

for tool in "$lib" "$archive"; do
    [ -f "$tool" ] || { echo "no $tool: run make first"; exit 2; }
done

# The hardened libraries look at copies, too.
copies=
case $lib in
*-hardened.so | *-paranoid.so)
    copies='|malloc_object_size|bzero|mem(cpy|move|set)|mempcpy|stpcpy|strn?(cat|cpy)'
    ;;
esac

echo "== the library itself"
run sh -c "! readelf -d '$lib' | grep -E 'NEEDED.*(stdc|gcc_s)'"
note "needs no C++ run-time" $?
run sh -c "nm -D --defined-only '$lib' | grep -Ev ' (malloc|calloc|realloc|reallocarray|free|free_sized|free_aligned_sized|aligned_alloc|posix_memalign|memalign|valloc|pvalloc|malloc_usable_size|malloc_trim|mallinfo|mallinfo2|malloc_stats|malloc_info|mallopt|malloc_check|dlopen|_Zn[wa].*|_Zd[la].*|wpm_.*$copies)$'; [ \$? -eq 1 ]"
note "exports the names of libc and C++ and its own, no others" $?
run sh -c "[ \$(nm -D --defined-only '$lib' | grep -cE ' (malloc|calloc|realloc|reallocarray|free|free_sized|free_aligned_sized|aligned_alloc|posix_memalign|memalign|valloc|pvalloc|malloc_usable_size|malloc_trim|mallinfo|mallinfo2|malloc_stats|malloc_info|mallopt)$') -eq 19 ]"
note "all nineteen of libc" $?
run sh -c "[ \$(nm -D --defined-only '$lib' | grep -cE ' _Z(n[wa]|d[la])') -eq 20 ]"
note "all twenty of C++" $?
run sh -c "! readelf -rW '$lib' | grep -E 'DTPMOD|TLSDESC'"
note "thread storage in the initial-exec model" $?

echo "== C programs"
for t in boundary threads fork first; do
    build $cc "$here/${t}_test.c" -o "$out/$t" -lpthread
    build $cc "$here/${t}_test.c" "$archive" -o "$out/$t-archive" -lpthread
    attempt "$t, glibc" "$out/$t" glibc
    preloaded "$t, preloaded" "$out/$t"
    attempt "$t, linked with the archive" "$out/$t-archive"
    preloaded "$t, preloaded, ulimit -v 2000000" sh -c 'ulimit -v 2000000 && exec "$1"' sh "$out/$t"
done
# As strict accounting of commits does, this limit counts what is committed and not what is reserved.
preloaded "threads, preloaded, ulimit -d 500000" sh -c 'ulimit -d 500000 && exec "$1" few' sh \
    "$out/threads"
build $cc -static "$here/boundary_test.c" "$archive" -o "$out/boundary-static" -lpthread
attempt "boundary, static program" "$out/boundary-static"

build $cc -DRESOLVER "$here/lifetime_test.c" -o "$out/lifetime" -lpthread
build $cc -DRESOLVER -Wl,-z,now "$here/lifetime_test.c" -o "$out/lifetime-now" -lpthread
build $cc "$here/lifetime_test.c" "$archive" -o "$out/lifetime-archive" -lpthread
build $cc -static "$here/lifetime_test.c" "$archive" -o "$out/lifetime-static" -lpthread
attempt "lifetime, glibc" "$out/lifetime"
preloaded "lifetime, preloaded" "$out/lifetime"
preloaded "lifetime, preloaded, bound at start" "$out/lifetime-now"
attempt "lifetime, linked with the archive" "$out/lifetime-archive"
attempt "lifetime, static program" "$out/lifetime-static"

build $cc -fPIC -shared "$here/plugin.c" -o "$out/plugin.so"
build $cxx -fPIC -shared "$here/cxx_plugin.cc" -o "$out/cxx_plugin.so"
build $cc "$here/plugin_test.c" -o "$out/plugin" -lpthread -ldl
build $cc -rdynamic "$here/plugin_test.c" "$archive" -o "$out/plugin-archive" -lpthread -ldl
attempt "plug-ins, glibc" "$out/plugin" "$out/plugin.so" "$out/cxx_plugin.so"
preloaded "plug-ins, preloaded" "$out/plugin" "$out/plugin.so" "$out/cxx_plugin.so"
preloaded "plug-ins with symbols of their own" "$out/plugin" "$out/plugin.so" "$out/cxx_plugin.so" deep
build $cc "$here/plugin_test.c" -o "$out/plugin-here" -lpthread -ldl -Wl,-rpath,"\$ORIGIN"
preloaded "plug-ins beside the program" "$out/plugin-here" plugin.so cxx_plugin.so deep
attempt "plug-ins, linked with the archive" "$out/plugin-archive" "$out/plugin.so" "$out/cxx_plugin.so"

build $cc "$here/check_test.c" -o "$out/check"
build $cc -Wl,-u,malloc_check "$here/check_test.c" "$archive" -o "$out/check-archive" -lpthread
case $lib in
*-hardened.so | *-paranoid.so) watched='red zones' ;;
*) watched='no red zones' ;;
esac
preloaded "every object looked at, $watched" "$out/check" "$watched"
attempt "every object looked at, $watched, archive" "$out/check-archive" "$watched"

build $cc "$here/inject_test.c" "$archive" -o "$out/inject" -lpthread
attempt "the system refuses" "$out/inject"
attempt "the system refuses from the start" env INJECT_NO_HEAP=1 "$out/inject"

echo "== C++ programs"
build $cxx "$here/cxx_test.cc" -o "$out/cxx" -lpthread
build $cxx "$here/cxx_test.cc" "$archive" -o "$out/cxx-archive" -lpthread
build $cxx -static "$here/cxx_test.cc" "$archive" -o "$out/cxx-static" -lpthread
attempt "operators, glibc" "$out/cxx" mixed
preloaded "operators, preloaded" "$out/cxx"
preloaded "operators, preloaded, kinds mixed" env WPMALLOC_CONF=mismatch:0 "$out/cxx" mixed
preloaded "operators, preloaded, ulimit -v 2000000" sh -c 'ulimit -v 2000000 && exec "$1"' sh "$out/cxx"
attempt "operators, linked with the archive" "$out/cxx-archive"
attempt "operators, static program" "$out/cxx-static"
attempt "operators, linked with the archive, kinds mixed" env WPMALLOC_CONF=mismatch:0 \
    "$out/cxx-archive" mixed
attempt "operators, static program, kinds mixed" env WPMALLOC_CONF=mismatch:0 "$out/cxx-static" mixed

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
