# Makefile -- build, test, prove, measure. `make help` lists the targets.

# The pinned clang where it is installed (it makes the shorter fast paths), else the system's compiler.
ifeq ($(origin CC),default)
CC      := $(if $(shell command -v clang-19),clang-19,cc)
endif
CXX     ?= c++
AR      ?= ar
PYTHON  ?= python3
PREFIX  ?= /usr/local
LIBDIR  ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
DESTDIR ?=
VERSION := 0.1.0

# What a user may change; what the library needs stands in CORE_FLAGS.
CFLAGS  ?= -O2 -g -gdwarf-4
CXXFLAGS ?= $(CFLAGS)

# The layout of a heap's memory, linear or sparse (src/arenamap.h); each has its build directory.
LAYOUT  ?= linear
LAYOUT_FLAGS_linear :=
LAYOUT_FLAGS_sparse := -DWPM_SPARSE
BUILD_linear := build
BUILD_sparse := build/sparse
ifeq ($(BUILD_$(LAYOUT)),)
$(error LAYOUT is linear or sparse)
endif
# The geometry of heaps, hosted, small or micro (src/config.h). The names of libc are of the hosted one;
# micro is a heap of its own (src/micro), for `embedded` alone.
PROFILE ?= hosted
PROFILE_FLAGS_hosted :=
PROFILE_FLAGS_small := -DWPM_PROFILE_SMALL
PROFILE_C_hosted := src/sizeclass_tables.c src/sizeclass_go.c src/sizeclass_go_tables.c
PROFILE_FLAGS_micro := -DWPM_PROFILE_MICRO
PROFILE_C_small := src/small/small_tables.c
PROFILE_C_micro := src/micro/granules.c src/micro/microheap.c src/micro/microcreate.c
ifeq ($(PROFILE_C_$(PROFILE)),)
$(error PROFILE is hosted, small or micro)
endif
BUILD_FLAGS := $(LAYOUT_FLAGS_$(LAYOUT)) $(PROFILE_FLAGS_$(PROFILE)) $(if $(CHECKED),-DWPM_CHECKED) $(if $(WATCHED),-DWPM_WATCHED)
B := $(BUILD_$(LAYOUT))$(if $(filter small micro,$(PROFILE)),/$(PROFILE))$(if $(CHECKED),/checked)$(if $(WATCHED),/watched)

# Objects are made anew when the compiler or its flags are others than the last time.
MADE_BY := $B/made-by
$(shell mkdir -p $B; printf '%s\n' '$(LAYOUT) $(CC) $(CFLAGS) $(CXX) $(CXXFLAGS) $(DEVICE_CC) $(DEVICE_CFLAGS)' | \
  cmp -s - $(MADE_BY) || \
  printf '%s\n' '$(LAYOUT) $(CC) $(CFLAGS) $(CXX) $(CXXFLAGS) $(DEVICE_CC) $(DEVICE_CFLAGS)' > $(MADE_BY))

# V=1 shows whole commands.
Q := $(if $(V),,@)
SAY = @$(if $(V),:,printf '  %-4s %s\n')

WARN := -Wall -Wextra -Werror
# A malloc must not be compiled into a call of calloc, which would be itself.
NO_BUILTIN := $(addprefix -fno-builtin-,malloc calloc realloc free aligned_alloc posix_memalign)
CORE_FLAGS := -std=c11 -D_DEFAULT_SOURCE $(WARN) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
  -fno-plt -fno-semantic-interposition $(NO_BUILTIN) -Isrc $(BUILD_FLAGS)
CXX_FLAGS := -std=c++17 $(WARN) -fPIC -fvisibility=hidden -ftls-model=initial-exec \
  -fno-plt -fno-rtti -Isrc $(BUILD_FLAGS)

# The core is all of src but the names of libc and C++ and the one heap that they serve.
ABI_C    := $(wildcard src/malloc_abi.c src/process.c src/hardened.c \
  src/waiting.c src/inspect.c src/trace.c)
# Parts of the shared libraries alone: what they put in place of other functions of libc.
BOUNDS_C := src/bounds.c
LOADER_C := src/platform/deepbind.c
ABI_CXX  := $(wildcard src/cxx_abi.cc)
CORE_C   := $(filter-out $(ABI_C) $(BOUNDS_C) $(LOADER_C) $(PROFILE_C_hosted),$(wildcard src/*.c)) \
  $(PROFILE_C_$(PROFILE)) $(wildcard src/$(LAYOUT)/*.c) \
  $(wildcard src/platform/posix*.c) $(if $(CHECKED),$(wildcard src/checked/*.c))
# The watched build has wpm_ functions of its own, which speak to tools that watch memory.
ifneq ($(WATCHED),)
CORE_C   := $(filter-out src/api.c,$(CORE_C)) $(wildcard src/watched/*.c) src/platform/watch.c
endif
CORE_O   := $(CORE_C:%.c=$B/%.o)
# What a collected heap needs besides; no part of a malloc.
GC_C     := $(wildcard src/gc/*.c)
ABI_O    := $(ABI_C:%.c=$B/%.o) $(ABI_CXX:%.cc=$B/%.o)
SO       := $B/libwpmalloc.so
ARCHIVE  := $B/libwpmalloc.a
CORE_A   := $B/libwpmalloc-core.a
GC_A     := $B/libwpmalloc-gc.a

# The same core under other presets (src/preset.h): the names of libc are compiled again for each.
PRESETS  := hardened paranoid
PRESET_FLAG_hardened := -DWPM_HARDENED
PRESET_FLAG_paranoid := -DWPM_PARANOID
PRESET_SO := $(PRESETS:%=$B/libwpmalloc-%.so)
PRESET_A := $(PRESET_SO:.so=.a)

# Unit tests: tests/x_test.c is a program; other tests/*.c are helpers of all of them. LEAVE_OUT names
# programs that are not to be run.
TEST_C   := $(sort $(wildcard tests/*_test.c tests/gc/*_test.c tests/$(LAYOUT)/*_test.c) \
  $(if $(CHECKED),$(wildcard tests/checked/*_test.c)))
HELPER_O := $(patsubst %.c,$B/%.o,$(filter-out $(TEST_C),$(wildcard tests/*.c)))
GC_HELPER_O := $(patsubst %.c,$B/%.o,$(filter-out $(TEST_C),$(wildcard tests/gc/*.c)))
# Of the small profile: Go's tables speak of pages of 8 KiB, red zones are of the hosted one alone.
LEAVE_OUT_small := harden_test pagealloc_test pagecache_test pagesum_test sizeclass_test sizeclass_go_test
TESTS    := $(filter-out $(addprefix $B/tests/,$(LEAVE_OUT) $(LEAVE_OUT_$(PROFILE))),$(TEST_C:tests/%.c=$B/tests/%))
TEST_FLAGS := -std=c11 $(WARN) -Isrc -Itests $(BUILD_FLAGS)

.PHONY: fuzz fuzz-replay targets all unit interleave spin space fragmentation-bound fault unit-sanitized \
  unit-tsan coverage lint sanitizers run check prove prove-update prove-mutants prove-second prove-report \
  bench bench-instructions install clean help tools-run tools-bench tools-fuzz tools-sanitize evidence \
  tools-targets tools-device tools-lint tools-proof tools-all embedded check-targets \
  worst-case print-device-sources
.DEFAULT_GOAL := all

all: $(SO) $(ARCHIVE) $(PRESET_SO) $(PRESET_A) $(CORE_A) $(GC_A)

help:
	@echo 'make                    libwpmalloc.so and .a in build/ (CFLAGS=);'
	@echo '                        libwpmalloc-core.a is the same without the names of libc,'
	@echo '                        libwpmalloc-gc.a what a collected heap needs besides'
	@echo 'make LAYOUT=sparse ...  the library and its tests in the sparse layout, in build/sparse/'
	@echo 'make CHECKED=1 ...      the same with the heap and the order of locks checked at work'
	@echo 'make run                real programs under the library, compared with glibc'
	@echo 'make check              every test, the layer check, the proof replay'
	@echo 'make prove              the proof, replayed from the committed cache'
	@echo '                        (modules that passed before and have not changed are passed over)'
	@echo 'make prove REPLAY=1     the same with every goal of every module looked at again'
	@echo 'make prove PROFILE=small  the proof for a device: its geometry, 32 bits (or micro)'
	@echo 'make prove FRESH=1      the proof from nothing: every goal goes to the provers'
	@echo 'make prove-MODULE       the proof of one module, e.g. prove-bits'
	@echo 'make prove-update       prove, and store what the provers found in proofs/'
	@echo 'make prove-mutants      seed faults in proved functions: does the proof find them?'
	@echo 'make prove-second       a second, different prover asked for each goal'
	@echo 'make prove-report       a page of what the last proof has proved: build/prove/report.html, .json'
	@echo 'make evidence           requirements, goals, tests, gaps for an assessor: build/evidence/index.html'
	@echo 'make unit               the unit tests alone (unit-sanitized: under ASan and UBSan,'
	@echo '                        unit-tsan: threads under ThreadSanitizer)'
	@echo 'make unit-NAME          one unit test, tests/NAME_test.c (unit-LAYOUT-NAME: of a layout)'
	@echo 'make interleave         the steps without a lock, in all schedules up to a bound'
	@echo 'make spin               the same as models, in all their states'
	@echo 'make space              adversaries of the bound of memory (spec/fragmentation.md)'
	@echo 'make fragmentation-bound  the region that suffices: PROFILE=small|micro|hosted LIVE= LARGEST= (or SIZES=16,24;'
	@echo '                        REGION= instead of LIVE=: the live bytes that it guarantees)'
	@echo 'make fault              every call to the system fails in turn'
	@echo 'make coverage           lines, branches and conditions (MC/DC) that tests and corpora reach'
	@echo 'make WATCHED=1 ...      for programs under ASan, MSan, TSan, LSan (CFLAGS=-fsanitize=...), memcheck:'
	@echo '                        build/watched/libwpmalloc-core.a tells the tool of its objects'
	@echo 'make sanitizers         faults on a heap, under each of these tools'
	@echo 'make lint               gcc -fanalyzer, clang-tidy, cppcheck with MISRA, Eva'
	@echo 'make fuzz               each harness on each engine, TIME=60 seconds each; see fuzz/README.md'
	@echo 'make fuzz-replay        the corpus and random inputs, without an engine'
	@echo 'make targets            the corpus on other processors, under qemu-user'
	@echo 'make embedded           for a device: build/embedded/libwpmalloc-embedded.a (DEVICE_CC=, DEVICE_CFLAGS=),'
	@echo '                        and one pair wpmalloc.c, wpmalloc.h; PROFILE=micro: for regions of kilobytes'
	@echo 'make check-targets      that on Cortex-M3, M4, M33, RV32 and RV64, under qemu'
	@echo 'make worst-case         most instructions of a call on a device, least room; O1HEAP=, TLSF=: folders'
	@echo '                        of others to compare with (SMOKE=1: only that ours is below its ceilings)'
	@echo 'make bench              CPU and memory against other allocators'
	@echo 'make bench-instructions instructions of a malloc+free pair'
	@echo 'make install            PREFIX=/usr/local DESTDIR='
	@echo 'make clean              remove build/'

# ---- the library ----------------------------------------------------------------------------
$B/%.o: %.c Makefile $(MADE_BY)
	@mkdir -p $(@D)
	$(SAY) CC $<
	$Q$(CC) $(CORE_FLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$B/%.o: %.cc Makefile $(MADE_BY)
	@mkdir -p $(@D)
	$(SAY) CXX $<
	$Q$(CXX) $(CXX_FLAGS) $(CXXFLAGS) -MMD -MP -c $< -o $@

SO_FLAGS = -shared -Wl,-soname,$(@F) -Wl,-z,defs,-z,relro,-z,now,-z,nodelete

BOUNDS_LINK = -Wl,--wrap=memcpy,--wrap=memmove,--wrap=memset

$(SO): $(CORE_O) $(ABI_O) $(LOADER_C:%.c=$B/%.o)
	$(SAY) LINK $@
	$Q$(CC) $(SO_FLAGS) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lpthread

define preset_rules
$B/$(1)/%.o: %.c Makefile $(MADE_BY)
	@mkdir -p $$(@D)
	$(SAY) CC "$$< ($(1))"
	$Q$(CC) $(CORE_FLAGS) $(PRESET_FLAG_$(1)) $(CFLAGS) -MMD -MP -c $$< -o $$@

$B/$(1)/%.o: %.cc Makefile $(MADE_BY)
	@mkdir -p $$(@D)
	$(SAY) CXX "$$< ($(1))"
	$Q$(CXX) $(CXX_FLAGS) $(PRESET_FLAG_$(1)) $(CXXFLAGS) -MMD -MP -c $$< -o $$@

$B/libwpmalloc-$(1).so $B/libwpmalloc-$(1).a: $(CORE_O) $(ABI_C:%.c=$B/$(1)/%.o) \
  $(ABI_CXX:%.cc=$B/$(1)/%.o)
$B/libwpmalloc-$(1).so: $(BOUNDS_C:%.c=$B/$(1)/%.o) $(LOADER_C:%.c=$B/%.o)
	$(SAY) LINK $$@
	$Q$(CC) $$(SO_FLAGS) $(BOUNDS_LINK) $(CFLAGS) $(LDFLAGS) $$^ -o $$@ -lpthread

-include $(wildcard $B/$(1)/src/*.d)
endef
$(foreach p,$(PRESETS),$(eval $(call preset_rules,$(p))))

$(ARCHIVE): $(CORE_O) $(ABI_O)
$(CORE_A): $(CORE_O)
$(GC_A): $(GC_C:%.c=$B/%.o)
$(ARCHIVE) $(CORE_A) $(GC_A) $(PRESET_A):
	@mkdir -p $(@D)
	@rm -f $@
	$(SAY) AR $@
	$Q$(AR) rcs $@ $^

# ---- the library for a device ---------------------------------------------------------------
# No system, no libc but memset and memcpy; the small profile, or with PROFILE=micro that. As an archive,
# by any compiler (DEVICE_CC="arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb --specs=picolibc.specs"), and as
# one source and header.
DEVICE_CC    ?= $(CC)
DEVICE_AR    ?= $(AR)
DEVICE_CFLAGS ?= -Os
DEVICE_PROFILE := $(if $(filter micro,$(PROFILE)),MICRO,SMALL)
DEVICE_FLAGS := -std=c11 -ffreestanding -fno-builtin $(WARN) -Wno-type-limits -ffunction-sections -fdata-sections \
  -Isrc -DWPM_PROFILE_$(DEVICE_PROFILE) -DWPM_BARE
DEVICE_C_MICRO := $(patsubst %,src/%.c,bitmap pagesum pagealloc) $(PROFILE_C_micro) \
  src/platform/bare.c src/platform/bare_atomic.c
DEVICE_C_SMALL := $(patsubst %,src/%.c,bitmap sizeclass small/small_tables pagesum pagealloc pagecheck pagecache \
  fixalloc spancheck poolcheck cachecheck setcheck heapcheck linear/space metaplan metadata spanset mspan heappool \
  heaprun heapspan mheap mcentral window mcache large alloc objects walk statistics create api \
  platform/bare platform/bare_atomic)
DEVICE_C := $(DEVICE_C_$(DEVICE_PROFILE))
DEVICE_O := $(patsubst %.c,$B/embedded/%.o,$(DEVICE_C) src/platform/bare_memory.c)

embedded: $B/embedded/libwpmalloc-embedded.a $B/embedded/wpmalloc.c

$B/embedded/%.o: %.c Makefile $(MADE_BY)
	@mkdir -p $(@D)
	$(SAY) CC "$< (device)"
	$Q$(DEVICE_CC) $(DEVICE_FLAGS) $(DEVICE_CFLAGS) -MMD -MP -c $< -o $@

$B/embedded/libwpmalloc-embedded.a: $(DEVICE_O)
	@rm -f $@
	$(SAY) AR $@
	$Q$(DEVICE_AR) rcs $@ $^

$B/embedded/wpmalloc.c: $(DEVICE_C) $(wildcard src/*.h src/*/*.h) ci/amalgamate.py
	$(SAY) JOIN $@
	$Q$(PYTHON) ci/amalgamate.py $(DEVICE_PROFILE) $(@D) $(DEVICE_C)

-include $(wildcard $B/embedded/src/*.d $B/embedded/src/*/*.d)

print-device-sources:
	@echo $(DEVICE_C)

# The same on five cores, under qemu.
check-targets: tools-device
	@$(MAKE) --no-print-directory -s embedded
	@$(MAKE) --no-print-directory -s PROFILE=micro embedded
	@tests/device/run.sh

# Worst cases in time and room on these cores, beside allocators in folders of the user's.
worst-case: tools-device
	@$(MAKE) --no-print-directory $B/embedded/wpmalloc.c
	@$(MAKE) --no-print-directory PROFILE=micro build/micro/embedded/wpmalloc.c
	@tests/worst/worst.py $(if $(SMOKE),--smoke) $(if $(STORE),--store) $(if $(O1HEAP),--o1heap $(O1HEAP)) \
	  $(if $(TLSF),--tlsf $(TLSF)) $(WORST_ARGS)

# ---- unit tests -----------------------------------------------------------------------------
$B/tests/%.o: tests/%.c Makefile $(MADE_BY)
	@mkdir -p $(@D)
	$(SAY) CC $<
	$Q$(CC) $(TEST_FLAGS) $(CFLAGS) -MMD -MP -c $< -o $@

$B/tests/%_test: $B/tests/%_test.o $(HELPER_O) $(CORE_A)
	$(SAY) LINK $@
	$Q$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lpthread

$(filter $B/tests/gc/%,$(TESTS)): %: %.o $(GC_HELPER_O) $(HELPER_O) $(GC_A) $(CORE_A)
	$(SAY) LINK $@
	$Q$(CC) $(CFLAGS) $(LDFLAGS) $^ -o $@ -lm -lpthread

unit: $(TESTS)
	@ci/run_unit $(TESTS)

# One test; with a list of sources of its own (CORE_C="src/a.c src/b.c" B=build/a) it needs no others.
unit-%: $B/tests/%_test
	@ci/run_unit $<

# The steps without a lock, in all schedules up to a bound.
interleave:
	@tests/interleave/run.sh $(CC) $(CORE_C)

# The same steps as models, in all their states.
spin:
	@tests/spin/run.sh

# The bound of memory (spec/fragmentation.md): adversaries of it, and what it is for a use.
space:
	@$(MAKE) --no-print-directory PROFILE=small LAYOUT=linear CHECKED= WATCHED= build/small/libwpmalloc-core.a
	@tests/space/run.sh build/small/libwpmalloc-core.a $(CC)

fragmentation-bound:
	@CC='$(CC)' ci/fragmentation.py --profile $(PROFILE) $(if $(LIVE),--live $(LIVE)) $(if $(LARGEST),--largest $(LARGEST)) \
	  $(if $(SIZES),--sizes $(SIZES)) $(if $(REGION),--region $(REGION))

# Every call to the system fails in turn, and every one from then on.
fault: $(ARCHIVE) $(CORE_A)
	@tests/fault/run.sh $B $(CC) $(TEST_FLAGS) $(CFLAGS)

unit-$(LAYOUT)-%: $B/tests/$(LAYOUT)/%_test
	@ci/run_unit $<

# The same tests and the core, compiled again under the sanitizers.
unit-sanitized:
	@$(MAKE) --no-print-directory unit B=$B/sanitized \
	  CFLAGS="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"

# Threads under ThreadSanitizer.
unit-tsan:
	@$(MAKE) --no-print-directory unit-threads B=$B/tsan CFLAGS="-O1 -g -fsanitize=thread"

.PRECIOUS: $B/tests/%.o
-include $(wildcard $B/src/*.d $B/src/*/*.d $B/tests/*.d $B/tests/*/*.d)

# ---- fuzzers --------------------------------------------------------------------------------
# fuzz/x_fuzz.c by libFuzzer under ASan and UBSan ($B/fuzz/x_fuzz), by AFL++ ($B/afl/x_fuzz), and by
# any compiler with a main of its own that replays inputs ($B/replay/x_fuzz). abi_fuzz lives on the
# library itself, the hardened one, and has no ASan, which would be in front of it.
FUZZ_CC  ?= clang-19
AFL_CC   ?= afl-clang-fast
TIME     ?= 60
# The names of libc and red zones are of the hosted profile.
FUZZERS  := $(filter-out $(if $(filter small,$(PROFILE)),abi_fuzz harden_fuzz),$(patsubst fuzz/%.c,%,$(wildcard fuzz/*_fuzz.c)))
FUZZ_FLAGS := -std=c11 -D_DEFAULT_SOURCE $(WARN) -g -O1 -ftls-model=initial-exec $(NO_BUILTIN) -Isrc \
  $(BUILD_FLAGS)
# Edges alone: what is compared with what is no news where inputs have no magic words.
FUZZ_EDGES := -fsanitize-coverage=inline-8bit-counters,pc-table -fno-sanitize-recover=all
FUZZ_CHECKS := $(FUZZ_EDGES) -fsanitize=address,undefined
FUZZ_CHECKS_ABI := $(FUZZ_EDGES) -fsanitize=undefined
# What a fuzzer must not follow: models and checkers, whose branches are no news.
FUZZ_BLIND := $(patsubst %.c,%,$(wildcard src/*check.c fuzz/*.c))

# One build: 1 its name; how to compile 2 the core, 3 the same for abi_fuzz, 4 what is not followed;
# 5 how to link, and 6 with what engine and 7 helpers; 8 where the core of abi_fuzz lies: in core, or
# in abi where it is compiled another way.
define fuzz_rules
$B/$(1)/core/%.o: %.c Makefile $(MADE_BY)
	@mkdir -p $$(@D)
	$$(SAY) CC "$$< ($(1))"
	$Q$(2) $$(FUZZ_FLAGS) -MMD -MP -c $$< -o $$@

$B/$(1)/abi/%.o: %.c Makefile $(MADE_BY)
	@mkdir -p $$(@D)
	$$(SAY) CC "$$< ($(1), abi)"
	$Q$(3) $$(FUZZ_FLAGS) -MMD -MP -c $$< -o $$@

$(FUZZ_BLIND:%=$B/$(1)/core/%.o): $B/$(1)/core/%.o: %.c Makefile $(MADE_BY)
	@mkdir -p $$(@D)
	$$(SAY) CC "$$< ($(1))"
	$Q$(4) $$(FUZZ_FLAGS) -O2 -MMD -MP -c $$< -o $$@

$B/$(1)/abi_fuzz: $$(patsubst %.c,$B/$(1)/$(8)/%.o,$$(CORE_C) $$(ABI_C)) $$(patsubst %.c,$B/$(1)/core/%.o,fuzz/abi_fuzz.c $(7))
	$$(SAY) LINK $$@
	$Q$(or $(5),$(3)) $$(LDFLAGS) $$^ -o $$@ $(6) -lpthread

$B/$(1)/%_fuzz: $B/$(1)/core/fuzz/%_fuzz.o $$(patsubst %.c,$B/$(1)/core/%.o,$$(CORE_C) $(GC_C) $(7))
	$$(SAY) LINK $$@
	$Q$(or $(5),$(2)) $$(LDFLAGS) $$^ -o $$@ $(6) -lpthread

-include $$(wildcard $B/$(1)/*/src/*.d $B/$(1)/*/src/*/*.d $B/$(1)/*/fuzz/*.d)
endef
FUZZ_PRESET := -DWPM_HARDENED
$(eval $(call fuzz_rules,fuzz,$(FUZZ_CC) $(FUZZ_CHECKS),$(FUZZ_CC) $(FUZZ_CHECKS_ABI) $(FUZZ_PRESET),$(FUZZ_CC),,-fsanitize=fuzzer,fuzz/mutator.c fuzz/calls.c,abi))
$(eval $(call fuzz_rules,afl,$(AFL_CC) $(FUZZ_PRESET),,$(FUZZ_CC),$(AFL_CC),-fsanitize=fuzzer,fuzz/calls.c,core))
$(eval $(call fuzz_rules,replay,$(CC) $(FUZZ_PRESET),,$(CC),$(CC),,fuzz/replay.c fuzz/calls.c,core))
# As OSS-Fuzz wants it (ci/oss-fuzz/build.sh): its compilers, flags and engine.
$(eval $(call fuzz_rules,oss-fuzz,$(CC) $(CFLAGS) $(FUZZ_PRESET),,$(CC) $(CFLAGS),$(CXX) $(CXXFLAGS),$(LIB_FUZZING_ENGINE),fuzz/mutator.c fuzz/calls.c,core))
.PRECIOUS: $(foreach b,fuzz afl replay oss-fuzz,$B/$b/core/%.o $B/$b/abi/%.o)

$B/afl/mutator.so: fuzz/mutator.c fuzz/fuzz.h
	@mkdir -p $(@D)
	$(SAY) LINK $@
	$Q$(CC) $(FUZZ_FLAGS) -fPIC -shared $< -o $@

fuzz: tools-fuzz
	@ci/fuzz --time $(TIME) --build $B

# Random inputs of a fixed seed, and fuzz/corpus.
fuzz-replay: $(FUZZERS:%=$B/replay/%)
	@for f in $(FUZZERS); do printf '%-16s' $$f: && $B/replay/$$f $$(ls -d fuzz/corpus/$$f/* 2>/dev/null) || exit 1; done

# The corpus on other processors.
targets: tools-targets
	@ci/targets

# Lines, branches and MC/DC of src; all must be reached but for what tests/coverage.txt excuses.
coverage: tools-fuzz
	@ci/coverage

# What analysers say of src; what is as it should be is argued in tests/lint.txt and proofs/MISRA.md.
lint: tools-lint
	@ci/lint

# Tools that watch memory, and faults on a heap of which they must tell (the watched build).
sanitizers: tools-sanitize
	@tests/sanitizers/run.py

# ---- tools of the machine -------------------------------------------------------------------
tools-run tools-bench tools-fuzz tools-sanitize tools-targets tools-device tools-lint tools-proof tools-all: tools-%:
	@ci/bootstrap.sh $*

# ---- programs, tests, proof, measurements ---------------------------------------------------
run: tools-run
	@$(MAKE) --no-print-directory all
	@tests/run/run.sh $(SO)

check: tools-all
	@ci/check

PROVE_OF := $(if $(filter-out hosted,$(PROFILE)),--profile $(PROFILE))
PROVE_HOW := $(PROVE_OF) $(if $(FRESH),--fresh,$(if $(REPLAY),--replay all))

prove: tools-proof
	@ci/prove $(PROVE_HOW) $(PROVE_ARGS)

prove-update: tools-proof
	@ci/prove --update $(PROVE_OF) $(if $(FRESH),--fresh) $(PROVE_ARGS)

# Before the pattern below: the same proof with faults seeded in the code, which it must find.
prove-mutants: tools-proof
	@ci/prove-mutants $(MUTANT_ARGS)

# What one family of provers has proved, asked of the other.
prove-second: tools-proof
	@ci/prove-second $(if $(FRESH),--fresh) $(SECOND_ARGS)

# Of the last run. (So the module `report` alone is proved by make prove PROVE_ARGS="--units report".)
prove-report:
	@ci/prove-report

# Requirements, from contracts, traced to all that is stored or was measured; nothing is proved or run.
evidence: $B/embedded/wpmalloc.c
	@ci/evidence $(EVIDENCE_ARGS)

prove-%: tools-proof
	@ci/prove --units $* $(PROVE_OF) --replay all $(if $(FRESH),--fresh) $(PROVE_ARGS)

bench: tools-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/bench.py $(BENCH_ARGS)

bench-instructions: tools-bench
	@$(MAKE) --no-print-directory all
	@$(PYTHON) tests/bench/instructions.py $(INSTRUCTIONS_ARGS)

# ---- install --------------------------------------------------------------------------------
install: all
	install -d $(DESTDIR)$(LIBDIR)/pkgconfig $(DESTDIR)$(INCLUDEDIR)
	install -m 755 $(SO) $(DESTDIR)$(LIBDIR)/libwpmalloc.so
	install -m 755 $(PRESET_SO) $(DESTDIR)$(LIBDIR)
	install -m 644 $(ARCHIVE) $(PRESET_A) $(DESTDIR)$(LIBDIR)
	install -m 644 $(CORE_A) $(DESTDIR)$(LIBDIR)/libwpmalloc-core.a
	install -m 644 src/wpmalloc.h $(DESTDIR)$(INCLUDEDIR)/wpmalloc.h
	printf '%s\n' 'Name: wpmalloc' 'Description: A proved memory allocator' \
	  'Version: $(VERSION)' 'Libs: -L$(LIBDIR) -lwpmalloc' 'Libs.private: -pthread' \
	  'Cflags: -I$(INCLUDEDIR)' > $(DESTDIR)$(LIBDIR)/pkgconfig/wpmalloc.pc

clean:
	rm -rf build
