#!/bin/sh
# run.sh -- real programs under the library, compared with the same programs under glibc's allocator.
#
# usage: tests/run/run.sh [path of libwpmalloc.so]
#
# Each program of Debian's packages does a fixed piece of work three times: with glibc's allocator, with
# the library preloaded, and so again under `ulimit -v 2000000`. Output, error stream and exit status
# must be the same byte for byte, and the library itself must have counted calls (the largest count of
# the program's processes is shown), so that a bypass cannot pass. The last run is a double free, which
# must be stopped by a message.
set -u
here=$(cd "$(dirname "$0")" && pwd)
lib=${1:-build/libwpmalloc.so}
[ -f "$lib" ] || { echo "no $lib: run make first"; exit 2; }
lib=$(cd "$(dirname "$lib")" && pwd)/$(basename "$lib")
out=$(dirname "$lib")/run
passed=0
failed=0
step=0
STEPS=13
PATH=/usr/bin:/bin # the system's programs, no wrappers
LC_ALL=C
PYTHONHASHSEED=0
PYTHONMALLOC=malloc
export PATH LC_ALL PYTHONHASHSEED PYTHONMALLOC
unset MAKEFLAGS MFLAGS MAKELEVEL LD_PRELOAD
rm -rf "$out"
mkdir -p "$out"

# need PROGRAM PACKAGE
need() {
    command -v "$1" >/dev/null || { echo "$1 is missing: install the package $2"; exit 2; }
}
need python3 python3
need sqlite3 sqlite3
need gcc gcc
need make make
need redis-server redis-server
need redis-cli redis-tools
need redis-benchmark redis-tools
need git git
need perl perl
need lua5.4 lua5.4
need php php-cli
need /usr/sbin/nginx nginx-light
need pgbench postgresql

# once NAME MODE COMMAND...: run it in a directory of its own; output, errors, calls and status go to
# files beside it.
once() {
    name=$1
    mode=$2
    shift 2
    base=$out/$name.$mode
    mkdir -p "$base"
    (
        cd "$base" || exit 99
        [ "$mode" = limited ] && ulimit -v 2000000
        if [ "$mode" = glibc ]; then
            unset WPMALLOC_LIBRARY
        else
            WPMALLOC_LIBRARY=$lib
            WPMALLOC_CALLS=1
            export WPMALLOC_LIBRARY WPMALLOC_CALLS
        fi
        timeout 600 "$@" >"$base.out" 2>"$base.all"
    )
    echo $? >"$base.status"
    grep -Ev '^(remote: )?wpmalloc: calls' "$base.all" >"$base.err"
    sed -n 's/^wpmalloc: calls malloc \([0-9]*\) free \([0-9]*\)$/\1 \2/p' "$base.all" |
        sort -n | tail -n 1 >"$base.calls"
}

# same NAME MODE: did the run differ from glibc's? Says how.
same() {
    for part in status out err; do
        if ! cmp -s "$out/$1.glibc.$part" "$out/$1.$2.$part"; then
            echo "    $2: $part differs from glibc's:"
            diff "$out/$1.glibc.$part" "$out/$1.$2.$part" | head -n 10 | sed 's/^/      /'
            return 1
        fi
    done
    calls=$(cut -d' ' -f1 "$out/$1.$2.calls")
    [ "${calls:-0}" -gt 0 ] && return 0
    echo "    $2: the library counted no calls"
    return 1
}

# program NAME COMMAND...: the three runs and their comparison.
program() {
    name=$1
    shift
    step=$((step + 1))
    printf '[%d/%d] %-16s' $step $STEPS "$name"
    good=1
    for mode in glibc wpmalloc limited; do
        printf ' %s' $mode
        once "$name" $mode "$@"
    done
    echo
    if [ "$(cat "$out/$name.glibc.status")" -ne 0 ]; then
        echo "    fails with glibc's allocator too: status $(cat "$out/$name.glibc.status")"
        head -n 5 "$out/$name.glibc.err" | sed 's/^/      /'
        good=0
    fi
    same "$name" wpmalloc || good=0
    same "$name" limited || good=0
    if [ $good -eq 1 ]; then
        passed=$((passed + 1))
        read -r mallocs frees <"$out/$name.wpmalloc.calls"
        echo "    ok: $(wc -c <"$out/$name.glibc.out") bytes of output identical;" \
            "$mallocs calls of malloc, $frees of free"
    else
        failed=$((failed + 1))
        echo "    FAILED"
    fi
}

python3 "$here/make_c.py" large "$out/large.c"
mkdir -p "$out/project"
python3 "$here/make_c.py" project "$out/project"

# The library is preloaded by `under`, so that shells and timeout stay out of the comparison.
cat >"$out/under" <<'END'
#!/bin/sh
LD_PRELOAD=${WPMALLOC_LIBRARY:-} exec "$@"
END
chmod +x "$out/under"
under=$out/under

program python3 "$under" python3 "$here/work.py"
program sqlite3 "$under" sqlite3 :memory: ".read $here/work.sql"
program gcc sh -c '"$1" gcc -O2 -S "$2" -o large.s && cat large.s' sh "$under" "$out/large.c"
program make-j2 sh -c 'cp "$2"/* . && "$1" make -s -j2 && ./program && cksum ./*.o' sh "$under" \
    "$out/project"
program redis sh -c '"$1" "$2" "${WPMALLOC_LIBRARY:-}"' sh "$here/work_redis.sh" "$here/work.redis"
program git "$under" "$here/work_git.sh"
program perl "$under" perl "$here/work.pl"
program lua "$under" lua5.4 "$here/work.lua"
program php "$under" php "$here/work.php"
program nginx sh -c '"$1" "$2" "${WPMALLOC_LIBRARY:-}"' sh "$here/work_nginx.sh" "$here/client.py"
program postgresql sh -c '"$1" "${WPMALLOC_LIBRARY:-}"' sh "$here/work_postgres.sh"
program grep-sort "$under" sh -c \
    'grep -o "[a-z]*_[0-9]*" "$1" | sort -S 8M --parallel=2 | uniq -c | sort -k1,1nr -k2,2 | head -n 200' \
    sh "$out/large.c"

double_free() {
    (
        ulimit -c 0
        LD_PRELOAD=$lib exec "$out/double_free" >"$out/double_free.out" 2>"$out/double_free.err"
    )
}

step=$((step + 1))
echo "[$step/$STEPS] a double free"
cp "$here"/../misuse/misuse.h "$here"/../misuse/double_free_small.c "$out"
message='^wpmalloc: double free of 0x[0-9a-f]+ \(size class [0-9]+, [0-9]+ bytes, slot [0-9]+\) in thread [0-9]+$'
if gcc -std=c11 -w -O1 -fno-builtin "$out/double_free_small.c" -o "$out/double_free" -lpthread; then
    double_free 2>/dev/null # where the shell's own remark on the signal goes
    status=$?
    sed 's/^/    /' "$out/double_free.err"
    if [ $status -eq 134 ] && grep -Eqx "$message" "$out/double_free.err" &&
        ! grep -q survived "$out/double_free.out"; then
        passed=$((passed + 1))
        echo "    ok: stopped by SIGABRT"
    else
        failed=$((failed + 1))
        echo "    FAILED: status $status"
    fi
else
    failed=$((failed + 1))
    echo "    FAILED: does not compile"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
