#!/bin/sh
# options.sh -- what WPMALLOC_CONF says, and what it changes, under each preset of the library.
#
# usage: tests/abi/options.sh [directory of libwpmalloc*.so]
set -u
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${1:-build}" && pwd)
out=$build/options
passed=0
failed=0
mkdir -p "$out"
ulimit -c 0

# note NAME STATUS
note() {
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        echo "  ok      $1"
    else
        failed=$((failed + 1))
        echo "  FAILED  $1"
    fi
}

# compile SOURCE PROGRAM [MORE...]
compile() {
    source=$here/$1 program=$out/$2
    shift 2
    ${CC:-cc} -std=c11 -D_DEFAULT_SOURCE -O1 -w -fno-builtin "$source" "$@" -o "$program" -lpthread ||
        note "build: $program" 1
}

# expect NAME LIBRARY CONF LINES: the error stream of a program that does nothing.
expect() {
    printf '%s' "$4" >"$out/expected"
    WPMALLOC_CONF=$3 LD_PRELOAD=$build/$2 /bin/true 2>"$out/got"
    cmp -s "$out/expected" "$out/got"
    same=$?
    note "$1" $same
    [ $same -eq 0 ] || sed 's/^/          /' "$out/got"
}

# status NAME LIBRARY CONF PROGRAM STATUS [ARGUMENT]: how a program that misuses the heap ends.
status() {
    (WPMALLOC_CONF=$3 LD_PRELOAD=$build/$2 exec "$4" ${6:+"$6"} >/dev/null 2>&1)
    [ $? -eq "$5" ]
    note "$1" $?
} 2>/dev/null # where the shell's own remark on a signal goes

fast=libwpmalloc.so
hard=libwpmalloc-hardened.so
paranoid=libwpmalloc-paranoid.so
unknown='wpmalloc: WPMALLOC_CONF: not understood and ignored: '
none='wpmalloc: WPMALLOC_CONF: this build has no red zones; use libwpmalloc-hardened.so
'
expect 'nothing' $hard '' ''
expect 'fast, print' $fast print:1 'wpmalloc: options preset:0,canary:0,zero:0,reuse:0,underrun:0,quarantine:0,mismatch:0,bounds:0,guard:0,random:0,zerosize:0,commit:0,trace:0,print:1
'
expect 'hardened, print' $hard print:1 'wpmalloc: options preset:1,canary:1,zero:1,reuse:1,underrun:1,quarantine:1,mismatch:1,bounds:1,guard:1,random:1,zerosize:1,commit:0,trace:0,print:1
'
expect 'paranoid, print' $paranoid print:1 'wpmalloc: options preset:2,canary:1,zero:1,reuse:1,underrun:1,quarantine:1,mismatch:1,bounds:2,guard:2,random:1,zerosize:1,commit:0,trace:0,print:1
'
expect 'one off' $hard canary:0,print:1 'wpmalloc: options preset:1,canary:0,zero:1,reuse:1,underrun:1,quarantine:1,mismatch:1,bounds:1,guard:1,random:1,zerosize:1,commit:0,trace:0,print:1
'
expect 'a preset' $hard print:1,preset:0 'wpmalloc: options preset:0,canary:0,zero:0,reuse:0,underrun:0,quarantine:0,mismatch:0,bounds:0,guard:0,random:0,zerosize:0,commit:0,trace:0,print:1
'
expect 'an unknown name' $hard colour:1 "${unknown}colour:1
"
expect 'no number' $hard canary:yes "${unknown}canary:yes
"
expect 'two wrong ones, told once' $hard a:1,b:2 "${unknown}a:1
"
expect 'the fast build has no red zones' $fast canary:1 "$none"

for name in misuse/overrun_one_byte misuse/write_after_free_first misuse/copy_beyond_end \
    abi/read_beyond; do
    compile "../$name.c" "${name#*/}"
done
status 'an overrun is stopped' $hard '' "$out/overrun_one_byte" 134
status 'and without canaries it is not' $hard canary:0 "$out/overrun_one_byte" 0
status 'a write after free is stopped' $hard '' "$out/write_after_free_first" 134
status 'and without a look at reuse it is not' $hard reuse:0 "$out/write_after_free_first" 0
status 'nor without zero on free' $hard zero:0 "$out/write_after_free_first" 0
status 'a copy that writes too far is stopped' $hard '' "$out/copy_beyond_end" 134
status 'and without a look at copies it is not' $hard bounds:0 "$out/copy_beyond_end" 0
status 'a copy that reads too far is not stopped' $hard '' "$out/read_beyond" 0
status 'but when it is asked for' $hard bounds:2 "$out/read_beyond" 134
status 'and with the paranoid preset' $paranoid '' "$out/read_beyond" 134

for name in misuse/guard_read abi/sealed; do
    compile "../$name.c" "${name#*/}" -DSIZE=100000
done
status 'a read behind a large object faults' $hard '' "$out/guard_read" 139
status 'and without guard pages it does not' $hard guard:0 "$out/guard_read" 0
for so in $fast $hard $paranoid; do
    status "a program is served that may not call mprotect ($so)" $so '' "$out/sealed" 0
    status 'one that ends when it does' $so commit:1 "$out/sealed" 0 kill
    status 'and without that option it ends' $so '' "$out/sealed" 159 kill
done

# chance NAME CONF FIELD LEAST MOST [LIMIT]: in how many of eight runs the order of slots differs (1),
# or how far the heap lies from libc (2; where it begins depends a little on where libc lies).
chance() {
    kinds=$(for i in 1 2 3 4 5 6 7 8; do
        (
            [ -z "${6:-}" ] || ulimit -v "$6"
            WPMALLOC_CONF=$2 LD_PRELOAD=$build/$hard exec "$out/chance"
        ) | cut -d ' ' -f "$3"
    done | sort -u | wc -l)
    [ "$kinds" -ge "$4" ] && [ "$kinds" -le "$5" ]
    note "$1 ($kinds)" $?
}
compile chance.c chance
chance 'chance decides the order of slots' '' 1 7 8
chance 'and where the heap lies' '' 2 7 8
chance 'without that option not the order' random:0 1 1 3
chance 'nor the place' random:0 2 1 3
chance 'under a limit of address space the order' '' 1 7 8 2000000

# told NAME COMMAND...: with the options of the environment it is stopped, and is told the line.
told() {
    name=$1
    shift
    ("$@" >"$out/got" 2>&1) && plain=0 || plain=1
    (WPMALLOC_CONF=canary:1 exec "$@" >"$out/got" 2>"$out/line")
    [ $? -eq 134 ] && [ $plain -eq 0 ] && [ -s "$out/line" ] && cmp -s "$out/got" "$out/line"
    same=$?
    note "$name" $same
    [ $same -eq 0 ] || sed 's/^/          /' "$out/got" "$out/line"
} 2>/dev/null

compile told.c told -rdynamic
compile told.c told-linked "$build/$hard" -Wl,-rpath,"$build"
compile told.c told-archive "$build/libwpmalloc-hardened.a"
told 'options and a call of the program, preloaded' env LD_PRELOAD="$build/$hard" "$out/told"
told 'the same, linked with the library' "$out/told-linked"
told 'the same, linked with the archive' "$out/told-archive"

# traced NAME CONF WANTED COMMAND...: the stacks that a report shows, as titles and names of functions.
traced() {
    name=$1 conf=$2 wanted=$3
    shift 3
    (WPMALLOC_CONF=$conf exec "$@" >/dev/null 2>"$out/stacks")
    status=$?
    got=$(grep -Eo '(found|freed|allocated) in thread|(birth|first_end|second_end)_of_it' \
        "$out/stacks" | sed 's/ .*//' | tr '\n' ' ')
    [ $status -eq 134 ] && [ "$got" = "$wanted" ]
    same=$?
    note "$name" $same
    [ $same -eq 0 ] || sed 's/^/          /' "$out/stacks"
} 2>/dev/null

all='found second_end_of_it freed first_end_of_it allocated birth_of_it '
compile traced.c traced -rdynamic
compile traced.c traced-archive "$build/libwpmalloc-hardened.a" -rdynamic
traced 'stacks of an object, by option' trace:1 "$all" env LD_PRELOAD="$build/$hard" "$out/traced"
traced 'the same, linked with the archive' trace:1 "$all" "$out/traced-archive"
traced 'none of objects that are passed over' trace:1000000 'found second_end_of_it ' \
    env LD_PRELOAD="$build/$hard" "$out/traced"
traced 'none without that option' trace:0 '' env LD_PRELOAD="$build/$hard" "$out/traced"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
