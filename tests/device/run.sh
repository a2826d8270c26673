#!/bin/sh
# run.sh [CORE...] -- the library for a device on its cores, under qemu's machines: `make check-targets`.
#
# Each core gets the amalgamated pair with device_test.c, interrupt_test.c (this also with a seeded
# fault, which it must find) and FreeRTOS's memory functions; and the sources of src with the
# fuzzers' harnesses, which play random inputs and fuzz/corpus under the proved check of the heap.
# All must say the same on every core (device_test: on those of one pointer length). The same two tests
# with the pair of the micro profile, micro_test.c, and Zephyr's k_heap. Ends with tables of code and stack
# (footprint.py), and `N passed, N failed`.
set -u
cd "$(dirname "$0")/../.."
all='cortex-m3 cortex-m4 cortex-m33 rv32 rv64'
harnesses='heap_fuzz caches_fuzz mspan_fuzz spanset_fuzz pagealloc_fuzz bitmap_fuzz'
out=build/device
mkdir -p "$out"
make --no-print-directory -s build/embedded/wpmalloc.c || exit 2
micro=build/micro/embedded
make --no-print-directory -s PROFILE=micro $micro/wpmalloc.c || exit 2
sources=$(make --no-print-directory -s print-device-sources)

compiler() {
    case $1 in
        cortex-*) echo "arm-none-eabi-gcc -mcpu=$1 -mthumb" ;;
        rv32) echo 'riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 -mcmodel=medany' ;;
        rv64) echo 'riscv64-unknown-elf-gcc -march=rv64imac -mabi=lp64 -mcmodel=medany' ;;
    esac
}

memory() { # where code and data lie: addresses and sizes
    case $1 in
        cortex-m33) echo '0x10000000 0x400000 0x80000000 0x1000000' ;;
        cortex-*) echo '0x00000000 0x400000 0x21000000 0x1000000' ;;
        *) echo '0x80000000 0x1000000 0x81000000 0x1000000' ;;
    esac
}

machine() {
    case $1 in
        cortex-m3) echo 'qemu-system-arm -M mps2-an385' ;;
        cortex-m4) echo 'qemu-system-arm -M mps2-an386' ;;
        cortex-m33) echo 'qemu-system-arm -M mps2-an505' ;;
        *) echo "qemu-system-riscv${1#rv} -M virt -bios none" ;;
    esac
}

picolibc() { # CORE: how to link a program
    # shellcheck disable=SC2046
    set -- $(memory "$1")
    echo "--specs=picolibc.specs --oslib=semihost --crt0=semihost -Tpicolibc.ld" \
        "-Wl,--defsym=__flash=$1,--defsym=__flash_size=$2,--defsym=__ram=$3,--defsym=__ram_size=$4"
}

warn='-Wall -Wextra -Werror -Wno-type-limits'
# shellcheck disable=SC2046,SC2086
build() { # CORE
    gcc=$(compiler "$1") link=$(picolibc "$1") to=$out/$1
    mkdir -p "$to"
    for standard in c99 c11; do
        $gcc -std=$standard -pedantic $warn -Os --specs=picolibc.specs -ffunction-sections \
            -fdata-sections -c build/embedded/wpmalloc.c -o "$to/wpmalloc.o" || return 1
        $gcc -std=$standard -pedantic $warn -Os --specs=picolibc.specs -ffunction-sections \
            -fdata-sections -c $micro/wpmalloc.c -o "$to/micro.o" || return 1
    done
    for test in device_test interrupt_test; do
        $gcc -std=c11 $warn -O1 -Ibuild/embedded "tests/device/$test.c" "$to/wpmalloc.o" $link \
            -o "$to/$test" || return 1
    done
    for test in micro_test device_test interrupt_test; do
        $gcc -std=c11 $warn -O1 -I$micro "tests/device/$test.c" "$to/micro.o" $link \
            -o "$to/micro_${test#micro_}" || return 1
    done
    $gcc -std=c11 $warn -O1 -I$micro -Itests/device/zephyr tests/device/zephyr_test.c \
        tests/device/zephyr_heap.c "$to/micro.o" $link -o "$to/zephyr_test" || return 1
    $gcc -std=c11 $warn -O1 -DUNMASKED=1 -Ibuild/embedded tests/device/interrupt_test.c "$to/wpmalloc.o" \
        $link -o "$to/unmasked" || return 1
    $gcc -std=c11 $warn -O1 -Ibuild/embedded -Itests/device/freertos tests/device/freertos_test.c \
        tests/device/freertos_heap.c "$to/wpmalloc.o" $link -o "$to/freertos_test" || return 1
    rm -rf "$to/core"
    mkdir "$to/core"
    for file in $sources fuzz/replay.c fuzz/calls.c; do
        $gcc -std=c11 -D_DEFAULT_SOURCE $warn -O2 --specs=picolibc.specs -DWPM_PROFILE_SMALL -DWPM_BARE \
            -Isrc -c "$file" -o "$to/core/$(basename "$file" .c).o" || return 1
    done
    for h in $harnesses; do
        $gcc -std=c11 -D_DEFAULT_SOURCE $warn -O2 -DWPM_PROFILE_SMALL -DWPM_BARE -Isrc "fuzz/$h.c" \
            "$to"/core/*.o $link -o "$to/$h" || return 1
    done
}

play() { # CORE PROGRAM [ARGUMENT]: what it says. Interrupts come by a count of instructions.
    case $2 in *interrupt_test|unmasked) icount='-icount shift=0' ;; *) icount= ;; esac
    # shellcheck disable=SC2046,SC2086
    timeout 120 $(machine "$1") $icount -nographic -kernel "$out/$1/$2" \
        -semihosting-config "enable=on,target=native${3:+,arg=$3}" </dev/null 2>&1
}

try_micro() { # CORE
    for test in micro_test micro_device_test micro_interrupt_test zephyr_test; do
        printf '%s: ' $test
        play "$1" $test || return 1
    done
}

try() { # CORE: everything that its programs say
    play "$1" device_test | sed "s/^/pointers of ${1#rv}: /; s/of cortex.*: /of 32: /" || return 1
    printf 'interrupts: '
    play "$1" interrupt_test || return 1
    if play "$1" unmasked >"$out/unmasked.said" || ! grep -q 'not true' "$out/unmasked.said"; then
        echo 'a fault was seeded, interrupts without masks: not found'
        return 1
    fi
    play "$1" freertos_test || return 1
    for h in $harnesses; do
        ls fuzz/corpus/$h/* >"$out/list"
        printf '%s: ' "$h"
        play "$1" "$h" "@$out/list" || return 1
    done
}

passed=0 failed=0 first=''
for core in ${*:-$all}; do
    start=$(date +%s)
    verdict=ok
    if ! build "$core"; then verdict='does not build'
    elif ! try_micro "$core" >"$out/$core.said"; then verdict=FAILED
    elif [ "$(grep -c 'least region\|nothing lost' "$out/$core.said")" -ne 4 ]; then verdict=FAILED
    elif ! cp "$out/$core.said" "$out/$core.micro" || ! try "$core" >"$out/$core.said"; then verdict=FAILED
    elif [ "$(grep -c 'replayed\|least region\|nothing lost' "$out/$core.said")" -ne 9 ]; then verdict=FAILED
    else
        first=${first:-$out/$core.said}
        [ "$core" = rv64 ] && from=2 || from=1
        tail -n +$from "$first" >"$out/first" && tail -n +$from "$out/$core.said" >"$out/this"
        cmp -s "$out/first" "$out/this" || verdict=DIFFERS
    fi
    if [ "$verdict" = ok ]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    printf '%-11s %4d s  %s\n' "$core" $(($(date +%s) - start)) "$verdict"
    [ "$verdict" = DIFFERS ] && diff "$out/first" "$out/this"
    [ "$verdict" = FAILED ] && cat "$out/$core.said"
done
echo
if [ -n "$first" ]; then
    cat "$first"
    printf '\nmicro:\n'
    cat "${first%.said}.micro"
    printf '\nOn a Cortex-M4, bytes:\n'
    # shellcheck disable=SC2046
    python3 tests/device/footprint.py $(compiler cortex-m4) || failed=$((failed + 1))
    printf '\nmicro, on a Cortex-M4, bytes:\n'
    # shellcheck disable=SC2046
    python3 tests/device/footprint.py --source $micro/wpmalloc.c --most 6144,288 $(compiler cortex-m4) ||
        failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
