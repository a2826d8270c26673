#!/bin/sh
# bootstrap.sh [build|run|bench|fuzz|sanitize|targets|device|lint|proof|all] -- the Debian packages that a target needs, by name and version.
#
# `targets` is no part of `all`.
# Versions are those of Debian 12, on which the stored proof was made. Where the archive no longer has
# one, its present version is installed, with a notice. Quick when nothing is missing: no network then.
# Needs root or sudo to install; without either it names what to install and fails.
set -eu

BUILD='gcc=4:12.2.0-3 g++=4:12.2.0-3 make=4.3-4.1 libc6-dev=2.36-9+deb12u14 binutils=2.40-2
  python3=3.11.2-1+b1 clang-19=1:19.1.7-3~deb12u1'
RUN='sqlite3=3.40.1-2+deb12u2 redis-server=5:7.0.15-1~deb12u10 redis-tools=5:7.0.15-1~deb12u10
  git=1:2.39.5-0+deb12u3 perl=5.36.0-7+deb12u4 lua5.4=5.4.4-3+deb12u1 procps=2:4.0.2-3
  time=1.9-0.2 php-cli=2:8.2+93 nginx-light=1.22.1-9+deb12u11 postgresql=15+248+deb12u2'
BENCH='libjemalloc2=5.3.0-1 libmimalloc2.0=2.0.9+ds-2 libtcmalloc-minimal4=2.10-1
  valgrind=1:3.19.0-1'
FUZZ='afl++=4.04c-4 libclang-rt-19-dev=1:19.1.7-3~deb12u1 llvm-19=1:19.1.7-3~deb12u1'
SANITIZE='libclang-rt-19-dev=1:19.1.7-3~deb12u1 llvm-19=1:19.1.7-3~deb12u1 valgrind=1:3.19.0-1'
TARGETS='qemu-user=1:7.2+dfsg-7+deb12u18+b3 gcc-aarch64-linux-gnu=4:12.2.0-3
  gcc-arm-linux-gnueabihf=4:12.2.0-3 gcc-i686-linux-gnu=4:12.2.0-3 gcc-riscv64-linux-gnu=4:12.2.0-5
  gcc-s390x-linux-gnu=4:12.2.0-3 libc6-dev-arm64-cross=2.36-8cross1 libc6-dev-armhf-cross=2.36-8cross1
  libc6-dev-i386-cross=2.36-8cross1 libc6-dev-riscv64-cross=2.36-8cross1
  libc6-dev-s390x-cross=2.36-8cross1'
DEVICE='gcc-arm-none-eabi=15:12.2.rel1-1 picolibc-arm-none-eabi=1.8-1
  gcc-riscv64-unknown-elf=12.2.0-14+deb12u1+11+b2 picolibc-riscv64-unknown-elf=1.8-1
  qemu-system-arm=1:7.2+dfsg-7+deb12u18+b3 qemu-system-misc=1:7.2+dfsg-7+deb12u18+b3'
LINT='clang-tidy-19=1:19.1.7-3~deb12u1 cppcheck=2.10-2
  frama-c-base=20220511-manganese-3+b4 valgrind=1:3.19.0-1'
PROOF='frama-c-base=20220511-manganese-3+b4 why3=1.5.1-1+b2 z3=4.8.12-3.1 cvc4=1.8-3 cvc5=1.0.3-1
  libclang-rt-19-dev=1:19.1.7-3~deb12u1 llvm-19=1:19.1.7-3~deb12u1
  spin=6.5.2+dfsg-1'

case "${1:-all}" in
    build) wanted=$BUILD ;;
    run) wanted="$BUILD $RUN" ;;
    bench) wanted="$BUILD $RUN $BENCH" ;;
    fuzz) wanted="$BUILD $FUZZ" ;;
    sanitize) wanted="$BUILD $SANITIZE" ;;
    targets) wanted="$BUILD $TARGETS" ;;
    device) wanted="$BUILD $DEVICE" ;;
    lint) wanted="$BUILD $LINT" ;;
    proof) wanted="$BUILD $PROOF" ;;
    all) wanted="$BUILD $RUN $BENCH $FUZZ $SANITIZE $DEVICE $LINT $PROOF" ;;
    *) sed -n 2p "$0" >&2; exit 2 ;;
esac

# Name=version of each wanted package that is not installed.
missing() {
    have=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p')
    for entry in $wanted; do
        printf '%s\n' "$have" | grep -qxF "${entry%%=*}" || echo "$entry"
    done
}

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "bootstrap: not a Debian machine; install what corresponds to:" $wanted >&2
    exit 1
fi
absent=$(missing)
[ -n "$absent" ] || exit 0

if [ "$(id -u)" -eq 0 ]; then as_root=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root=sudo
else
    echo "bootstrap: missing Debian packages; as root: apt-get install" \
        $(printf '%s\n' "$absent" | sed 's/=.*//') >&2
    exit 1
fi

# A server that is installed must not be started: invoke-rc.d asks this file.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
    trap '$as_root rm -f "$policy"' EXIT
fi

# The wanted version where the archive has it, else the archive's own.
choose() {
    for entry in $absent; do
        name=${entry%%=*}
        if apt-cache madison "$name" | awk -F' *[|] *' '{print $2}' | grep -qxF "${entry#*=}"; then
            echo "$entry"
        else
            echo "bootstrap: $name: version ${entry#*=} is not in the archive; taking another" >&2
            echo "$name"
        fi
    done
}

install() {
    $as_root apt-get update -q || return 1
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        --allow-downgrades $(choose)
}

echo "bootstrap: installing" $absent
if ! install; then
    echo "bootstrap: second try"
    sleep 5
    install
fi
absent=$(missing)
[ -z "$absent" ] || { echo "bootstrap: still missing:" $absent >&2; exit 1; }
