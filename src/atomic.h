/* atomic.h -- every access to memory that threads share without a lock.
 *
 * Which words: `live` bits (one writer, the span's owner; read by a remote free), `freed` bits
 * (any thread sets, the owner takes), the page-to-span table, the fields of a span that a free
 * reads before it knows the owner, and of a cache what the statistics read. Rely/guarantee texts
 * stand where the words are used. To the prover each function is the plain access that it is for
 * one thread (proofs/TRUSTED.md, "atomics").
 */
#ifndef WPM_ATOMIC_H
#define WPM_ATOMIC_H

#include "bits.h"

#include <stdint.h>
#ifdef __FRAMAC__
#define ATOMIC_BUILTIN 0
#else
#define ATOMIC_BUILTIN 1
#endif

/*@ requires readable: \valid_read(p); assigns \nothing; ensures value: \result == *p; */
static inline uint64_t atomic_read64(const uint64_t *p)
{
#if ATOMIC_BUILTIN
    return __atomic_load_n(p, __ATOMIC_RELAXED);
#else
    return *p;
#endif
}

/*@ requires readable: \valid_read(p); assigns \nothing; ensures value: \result == *p; */
static inline uint32_t atomic_read32(const uint32_t *p)
{
#if ATOMIC_BUILTIN
    return __atomic_load_n(p, __ATOMIC_RELAXED);
#else
    return *p;
#endif
}

/*@ requires readable: \valid_read(p); assigns \nothing; ensures value: \result == *p; */
static inline uint32_t atomic_read32_acquire(const uint32_t *p)
{
#if ATOMIC_BUILTIN
    return __atomic_load_n(p, __ATOMIC_ACQUIRE);
#else
    return *p;
#endif
}

/*@ requires readable: \valid_read(p); assigns \nothing; ensures value: \result == *p; */
static inline int32_t atomic_read_int(const int32_t *p)
{
#if ATOMIC_BUILTIN
    return __atomic_load_n(p, __ATOMIC_RELAXED);
#else
    return *p;
#endif
}

/*@ requires readable: \valid_read(p); assigns \nothing; ensures value: \result == *p; */
static inline int64_t atomic_read_int64(const int64_t *p)
{
#if ATOMIC_BUILTIN
    return __atomic_load_n(p, __ATOMIC_RELAXED);
#else
    return *p;
#endif
}

/*@ requires writable: \valid(p); assigns *p; ensures value: *p == v; */
static inline void atomic_write_int64(int64_t *p, int64_t v)
{
#if ATOMIC_BUILTIN
    __atomic_store_n(p, v, __ATOMIC_RELAXED);
#else
    *p = v;
#endif
}

/*@ requires writable: \valid(p); assigns *p; ensures value: *p == v; */
static inline void atomic_write_int(int32_t *p, int32_t v)
{
#if ATOMIC_BUILTIN
    __atomic_store_n(p, v, __ATOMIC_RELAXED);
#else
    *p = v;
#endif
}

/*@ requires writable: \valid(p); assigns *p; ensures value: *p == v; */
static inline void atomic_write64(uint64_t *p, uint64_t v)
{
#if ATOMIC_BUILTIN
    __atomic_store_n(p, v, __ATOMIC_RELAXED);
#else
    *p = v;
#endif
}

/*@ requires writable: \valid(p); assigns *p; ensures value: *p == v; */
static inline void atomic_write32(uint32_t *p, uint32_t v)
{
#if ATOMIC_BUILTIN
    __atomic_store_n(p, v, __ATOMIC_RELAXED);
#else
    *p = v;
#endif
}

/*@ requires writable: \valid(p); assigns *p; ensures value: *p == v; */
static inline void atomic_write32_release(uint32_t *p, uint32_t v)
{
#if ATOMIC_BUILTIN
    __atomic_store_n(p, v, __ATOMIC_RELEASE);
#else
    *p = v;
#endif
}

/* *p gets the bits of `mask` as well; returns what *p was. */
/*@ requires writable: \valid(p);
    assigns *p;
    ensures before: \result == \old(*p);
    ensures after: \forall integer j; 0 <= j < 64 ==>
      Bit(*p, j) == (Bit(\old(*p), j) == 1 ? 1 : Bit(mask, j));
*/
static inline uint64_t atomic_or64(uint64_t *p, uint64_t mask)
{
#if ATOMIC_BUILTIN
    return __atomic_fetch_or(p, mask, __ATOMIC_SEQ_CST);
#else
    uint64_t old = *p;
    *p = bits_or(old, mask);
    return old;
#endif
}

/* *p loses the bits of `mask`; returns what *p was. */
/*@ requires writable: \valid(p);
    assigns *p;
    ensures before: \result == \old(*p);
    ensures after: \forall integer j; 0 <= j < 64 ==>
      Bit(*p, j) == (Bit(mask, j) == 1 ? 0 : Bit(\old(*p), j));
*/
static inline uint64_t atomic_clear64(uint64_t *p, uint64_t mask)
{
#if ATOMIC_BUILTIN
    return __atomic_fetch_and(p, ~mask, __ATOMIC_SEQ_CST);
#else
    uint64_t old = *p;
    *p = bits_andnot(old, mask);
    return old;
#endif
}

/* Everything before is seen by whoever sees what comes after, and the other way about. */
/*@ assigns \nothing; */
static inline void atomic_fence(void)
{
#if ATOMIC_BUILTIN
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

#endif
