/* hooks.h -- the layer of atomics (src/atomic.h) and of locks (src/lock.h) for the explorer.
 *
 * Included before all else, so that the files of src are compiled as they are but for these two
 * headers, whose functions go through the explorer. SEED_NO_FENCE and SEED_SPLIT_OR make the layer
 * wrong on purpose: the scenarios must notice.
 */
#ifndef WPM_ATOMIC_H
#define WPM_ATOMIC_H
#define WPM_LOCK_H
#define LOCK_ATTRIBUTE(x)
#define LOCK_DECLARATION(x)

#include "bits.h"
#include "explore.h"
#include "lockorder.h"
#include "platform.h"

static inline uint64_t atomic_read64(const uint64_t *p)
{
    explore_access(p, false);
    return explore_load(p, *p);
}

static inline uint32_t atomic_read32(const uint32_t *p)
{
    explore_access(p, false);
    return (uint32_t)explore_load(p, *p);
}

static inline uint32_t atomic_read32_acquire(const uint32_t *p) { return atomic_read32(p); }

static inline int32_t atomic_read_int(const int32_t *p)
{
    explore_access(p, false);
    return (int32_t)(int64_t)explore_load(p, (uint64_t)(int64_t)*p);
}

static inline int64_t atomic_read_int64(const int64_t *p)
{
    explore_access(p, false);
    return (int64_t)explore_load(p, (uint64_t)*p);
}

static inline void atomic_write_int64(int64_t *p, int64_t v)
{
    explore_access(p, true);
    explore_store(p, (uint64_t)*p, sizeof *p);
    *p = v;
}

static inline void atomic_write_int(int32_t *p, int32_t v)
{
    explore_access(p, true);
    explore_store(p, (uint64_t)(int64_t)*p, sizeof *p);
    *p = v;
}

static inline void atomic_write64(uint64_t *p, uint64_t v)
{
    explore_access(p, true);
    explore_store(p, *p, sizeof *p);
    *p = v;
}

static inline void atomic_write32(uint32_t *p, uint32_t v)
{
    explore_access(p, true);
    explore_store(p, *p, sizeof *p);
    *p = v;
}

static inline void atomic_write32_release(uint32_t *p, uint32_t v)
{
    explore_flush();
    explore_access(p, true);
    *p = v;
}

/* What a read-modify-write sees and does is all there at once. */
static inline uint64_t atomic_before(uint64_t *p)
{
    explore_flush();
    explore_access(p, true);
    explore_flush_word(p);
    uint64_t old = *p;
#ifdef SEED_SPLIT_OR
    explore_access(p, true);
#endif
    return old;
}

static inline uint64_t atomic_or64(uint64_t *p, uint64_t mask)
{
    uint64_t old = atomic_before(p);
    *p = old | mask;
    return old;
}

static inline uint64_t atomic_clear64(uint64_t *p, uint64_t mask)
{
    uint64_t old = atomic_before(p);
    *p = old & ~mask;
    return old;
}

static inline void atomic_fence(void)
{
#ifndef SEED_NO_FENCE
    explore_flush();
#endif
}

struct lock {
    uint32_t state;
};

static inline void lock_take(struct lock *l, enum lock_rank rank)
{
    (void)rank;
    explore_flush();
    explore_wait(&l->state);
    l->state = 1;
}

static inline void lock_forget(struct lock *l, enum lock_rank rank)
{
    (void)rank;
    l->state = 0;
}

static inline void lock_give(struct lock *l, enum lock_rank rank)
{
    (void)rank;
    explore_flush();
    explore_access(&l->state, true);
    l->state = 0;
}

#endif
