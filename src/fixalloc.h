/* fixalloc.h -- a pool of ids for records of a fixed size, kept in arrays by the caller.
 *
 * An id is 1 .. capacity - 1; 0 is none. Ids given back stand on a stack and are taken first, last
 * in first out; when it is empty the next id never used is taken, so records that were never
 * needed are never touched. Zero-filled arrays and counts are a pool in which every id is free,
 * and memory is written only in proportion to the ids given back. `where` says where on the stack
 * an id stands, so it is known of every id whether it is in use. No lock: the owner of the pool
 * has one.
 */
#ifndef WPM_FIXALLOC_H
#define WPM_FIXALLOC_H

#include <stdbool.h>
#include <stdint.h>

struct fixalloc {
    /* `capacity` ids; the first `depth` are those given back and not taken again */
    uint32_t *stack;
    uint32_t *where;   /* by id: 1 + its place on the stack; 0: in use, or never used */
    uint32_t capacity; /* one more than the last id */
    uint32_t used;     /* ids 1 .. used have been handed out at some time */
    uint32_t depth;    /* ids on the stack */
};

#include "../spec/fixalloc.acsl"

/* An id that was free and is now in use; 0 when every id is in use. */
/*@ requires valid: FixallocValid(f);
    assigns f->used, f->depth, f->where[0 .. f->capacity - 1];
    ensures memory: FixallocMemory(f);
    ensures counts: FixallocCounts(f);
    ensures stack: FixallocStack(f);
    ensures places: FixallocPlaces(f);
    ensures range: \result < f->capacity;
    ensures was_free: \result != 0 ==> IdTaken{Pre}(f, \result) == 0;
    ensures now_taken: \result != 0 ==> IdTaken(f, \result) == 1;
    ensures others_same: \forall integer id; id != \result ==>
      IdTaken(f, id) == IdTaken{Pre}(f, id);
    ensures last_given_first: \old(f->depth) > 0 ==>
      \result == \old(f->stack[f->depth - 1]) && f->used == \old(f->used);
    ensures then_lowest: \old(f->depth) == 0 && \result != 0 ==>
      \result == f->used == \old(f->used) + 1;
    ensures none_left: \result == 0 ==>
      \forall integer id; 1 <= id < f->capacity ==> IdTaken(f, id) == 1;
    ensures none_changed: \result == 0 ==>
      f->used == \old(f->used) && f->depth == \old(f->depth);
*/
uint32_t fixalloc_take(struct fixalloc *f);

/* Give an id in use back. */
/*@ requires valid: FixallocValid(f);
    requires taken: IdTaken(f, id) == 1;
    assigns f->depth, f->stack[0 .. f->capacity - 1], f->where[id];
    ensures memory: FixallocMemory(f);
    ensures counts: FixallocCounts(f);
    ensures stack: FixallocStack(f);
    ensures places: FixallocPlaces(f);
    ensures now_free: IdTaken(f, id) == 0;
    ensures others_same: \forall integer i; i != id ==> IdTaken(f, i) == IdTaken{Pre}(f, i);
    ensures on_top: f->depth == \old(f->depth) + 1 && f->stack[f->depth - 1] == id;
*/
void fixalloc_give(struct fixalloc *f, uint32_t id);

/* Is an id in use? Any number. */
/*@ requires valid: FixallocValid(f);
    assigns \nothing;
    ensures taken: \result == true <==> IdTaken(f, id) == 1;
*/
static inline bool fixalloc_taken(const struct fixalloc *f, uint32_t id)
{
    return id >= 1 && id <= f->used && f->where[id] == 0;
}

/* How many ids are in use. */
/*@ requires valid: FixallocValid(f);
    assigns \nothing;
    ensures count: \result == f->used - FreeIds(f->where, f->used + 1);
*/
static inline uint32_t fixalloc_in_use(const struct fixalloc *f) { return f->used - f->depth; }

/* Does the pool keep its invariant? Looks at every id. */
/*@ requires memory: FixallocMemory(f);
    assigns \nothing;
    ensures checked: \result == true <==> FixallocValid(f);
*/
bool fixalloc_valid(const struct fixalloc *f);

#endif
