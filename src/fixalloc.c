#include "fixalloc.h"

/* Take the id given back last off the stack. */
/*@ requires memory: FixallocMemory(f);
    requires stack: FixallocStack(f) && FixallocPlaces(f);
    requires some: 0 < f->depth <= f->capacity && f->used < f->capacity;
    assigns f->depth, f->where[0 .. f->capacity - 1];
    ensures memory: FixallocMemory(f);
    ensures stack: FixallocStack(f);
    ensures places: FixallocPlaces(f);
    ensures last: \result == \old(f->stack[f->depth - 1]) && f->depth == \old(f->depth) - 1;
    ensures range: 1 <= \result <= f->used;
    ensures taken: \old(f->where[\result]) != 0 && f->where[\result] == 0;
    ensures others_same: \forall integer i; 0 <= i < f->capacity && i != \result ==>
      f->where[i] == \old(f->where[i]);
*/
static uint32_t pop(struct fixalloc *f)
{
    uint32_t id = f->stack[f->depth - 1];
    /*@ assert place: 1 <= id <= f->used && f->where[id] == f->depth; */
    f->depth--;
    /*@ assert alone: \forall integer i; 0 <= i < f->capacity && i != id ==>
                      f->where[i] <= f->depth; */
    f->where[id] = 0;
    return id;
}

/* Put an id on the stack. */
/*@ requires memory: FixallocMemory(f);
    requires stack: FixallocStack(f) && FixallocPlaces(f);
    requires room: f->depth < f->capacity && f->used < f->capacity;
    requires taken: 1 <= id <= f->used && f->where[id] == 0;
    assigns f->depth, f->stack[0 .. f->capacity - 1], f->where[id];
    ensures memory: FixallocMemory(f);
    ensures stack: FixallocStack(f);
    ensures places: FixallocPlaces(f);
    ensures on_top: f->depth == \old(f->depth) + 1 && f->stack[f->depth - 1] == id;
    ensures free: f->where[id] == f->depth;
    ensures others_same: \forall integer i; 0 <= i < f->capacity && i != id ==>
      f->where[i] == \old(f->where[i]);
*/
static void push(struct fixalloc *f, uint32_t id)
{
    f->stack[f->depth] = id;
    f->depth++;
    f->where[id] = f->depth;
}

uint32_t fixalloc_take(struct fixalloc *f)
{
    if (f->depth > 0) {
        uint32_t id = pop(f);
        /*@ assert one_less: FixallocCounts(f); */
        return id;
    }
    if (f->used + 1 >= f->capacity) return 0;
    f->used++;
    return f->used;
}

void fixalloc_give(struct fixalloc *f, uint32_t id)
{
    push(f, id);
}

/* Is the stack's every entry where it says? */
/*@ requires memory: FixallocMemory(f);
    requires used: f->used < f->capacity;
    requires depth: f->depth <= f->used;
    assigns \nothing;
    ensures checked: \result == true <==> FixallocStack(f);
*/
static bool stack_valid(const struct fixalloc *f)
{
    /*@ loop invariant range: 0 <= p <= f->depth;
        loop invariant places: \forall integer q; 0 <= q < p ==>
          1 <= f->stack[q] <= f->used && f->where[f->stack[q]] == q + 1;
        loop assigns p;
        loop variant f->depth - p;
    */
    for (uint32_t p = 0; p < f->depth; p++) {
        uint32_t id = f->stack[p];
        if (id < 1 || id > f->used || f->where[id] != p + 1) return false;
    }
    return true;
}

/* Is every id with a place on the stack there? */
/*@ requires memory: FixallocMemory(f);
    requires used: f->used < f->capacity;
    requires depth: f->depth <= f->used;
    assigns \nothing;
    ensures checked: \result == true <==> FixallocPlaces(f);
*/
static bool places_valid(const struct fixalloc *f)
{
    /*@ loop invariant range: 0 <= id <= f->capacity;
        loop invariant places: \forall integer i; 0 <= i < id ==> f->where[i] != 0 ==>
          f->where[i] <= f->depth && f->stack[f->where[i] - 1] == i;
        loop assigns id;
        loop variant f->capacity - id;
    */
    for (uint32_t id = 0; id < f->capacity; id++) {
        uint32_t place = f->where[id];
        if (place != 0 && (place > f->depth || f->stack[place - 1] != id)) return false;
    }
    return true;
}

/* Ids up to the last used that are on the stack. */
/*@ requires memory: FixallocMemory(f);
    requires used: f->used < f->capacity;
    assigns \nothing;
    ensures count: \result == FreeIds(f->where, f->used + 1);
*/
static uint32_t count_free(const struct fixalloc *f)
{
    uint32_t count = 0;
    /*@ loop invariant range: 0 <= id <= f->used + 1;
        loop invariant count: count == FreeIds(f->where, id);
        loop assigns id, count;
        loop variant f->used + 1 - id;
    */
    for (uint32_t id = 0; id <= f->used; id++) count += f->where[id] != 0;
    return count;
}

bool fixalloc_valid(const struct fixalloc *f)
{
    if (f->used >= f->capacity || f->where[0] != 0 || f->depth != count_free(f)) return false;
    return stack_valid(f) && places_valid(f);
}
