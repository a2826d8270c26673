#!/bin/sh
# The steps without a lock as models, all states of each: run.sh [MODEL...]. A model must be without
# an error and its search complete. Then faults are seeded, for each of which spin must find an
# error: a fence left out, a read-modify-write in two steps, a look left out. A limit is what the
# code does not promise: an error is found, and the model says why that is known.
set -eu
cd "$(dirname "$0")/../.."
cc=${CC:-gcc}
only=" $* "
models=tests/spin
out=build/spin
depth=10000
for tool in spin "$cc"; do
    if ! command -v "$tool" >/dev/null 2>&1; then
        echo "spin: '$tool' is missing (Debian package: $(basename "$tool"))"
        exit 1
    fi
done
mkdir -p $out
passed=0 failed=0

# search MODEL OPTIMISE MACROS... leaves what the verifier says in $log.
search() {
    model=$1 optimise=$2
    shift 2
    dir=$out/$model$(printf '%s' "$*" | tr -d ' ')
    log=$dir/log
    rm -rf "$dir"
    mkdir -p "$dir"
    (cd "$dir" && spin -a "$@" "../../../$models/$model.pml" >translate 2>&1 &&
        "$cc" "$optimise" -w -DSAFETY -DMEMLIM=1024 -o pan pan.c && ./pan -m$depth -n -w20) \
        >"$log" 2>&1 || true
    errors=$(sed -n 's/.*errors: \([0-9][0-9]*\).*/\1/p' "$log")
    states=$(sed -n 's/^ *\([0-9][0-9]*\) states, stored.*/\1/p' "$log")
    reached=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' "$log")
    seconds=$(sed -n 's/.*elapsed time \([0-9.e+-]*\) seconds.*/\1/p' "$log")
}

# line KIND WHAT VERDICT
line() {
    if [ "$3" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%-7s %-52s %8s %6s %6s %6s  %s\n' "$1" "$2" "${states:--}" "${reached:--}" \
        "${errors:--}" "${seconds:--}" "$3"
}

wanted() { [ "$only" = "  " ] || case $only in *" $1 "*) ;; *) false ;; esac; }

# holds MODEL MACROS...: no error, and nothing left out of the search.
holds() {
    wanted "$1" || return 0
    model=$1
    shift
    search "$model" -O2 "$@"
    verdict=ok
    [ "$errors" = 0 ] || verdict="FAILED: an error, see $log"
    if grep -q -e 'max search depth' -e 'not completed' -e 'out of memory' -e 'hash-compact' \
        -e 'memory limit' "$log"; then verdict="FAILED: the search is not complete, see $log"; fi
    line holds "$model $*" "$verdict"
}

# finds KIND MODEL MACROS...: an assertion or a deadlock.
finds() {
    kind=$1
    wanted "$2" || return 0
    model=$2
    shift 2
    search "$model" -O0 "$@"
    verdict=ok
    grep -q -e 'assertion violated' -e 'invalid end state' "$log" ||
        verdict="FAILED: no error found, see $log"
    line "$kind" "$model $*" "$verdict"
}
fault() { finds fault "$@"; }
limit() { finds limit "$@"; }

printf '%-7s %-52s %8s %6s %6s %6s\n' '' model states depth errors time

holds freed
holds freed -DTWICE
fault freed -DLOST_UPDATE
fault freed -DCLEAR_ALL
fault freed -DMERGE_TWO_READS
fault freed -DTWICE -DLOST_UPDATE
fault freed -DTWICE -DCLEAR_FIRST
limit freed -DTWICE_HANDED_OUT

holds park
fault park -DNO_FENCE
fault park -DNO_STRANGER_FENCE
fault park -DNO_RECHECK
fault park -DNO_QUEUE

holds central
fault central -DNO_FENCE
fault central -DNO_STRANGER_FENCE
fault central -DNO_RECHECK
fault central -DNO_REFILE
fault central -DPARTIAL_QUIET

holds leave
fault leave -DNO_FENCE
fault leave -DNO_RECHECK
fault leave -DNO_PASS_ON
fault leave -DDETACH_UNDRAINED

holds lock
fault lock -DSPLIT_CAS
fault lock -DTAKE_ONE
fault lock -DSLEEP_UNASKED
fault lock -DNO_WAKE

holds publish
holds publish -DRELAXED_NAME
holds publish -DANY_ADDRESS
fault publish -DNAME_LATE_TAKEN
fault publish -DNO_HAND_OVER
fault publish -DANY_ADDRESS -DNAME_FIRST
fault publish -DANY_ADDRESS -DRELAXED_NAME
limit publish -DANY_ADDRESS -DLARGE

printf 'spin: %d passed, %d failed\n' $passed $failed
[ $failed -eq 0 ] && [ $passed -gt 0 ]
