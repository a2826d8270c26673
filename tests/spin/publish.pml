/* publish.pml -- the page table and the records of spans, read without a lock.
 *
 * Mirrors, of src/heapspan.c: heapspan_begin (set_run, set_slots, set_place, then name_pages),
 * heapspan_end (name_pages, then clear_shape, clear_place), and the id given after that
 * (mheap_free_span, under the heap lock); of src/mcache.c: install; of src/alloc.h:
 * alloc_free_short; of src/alloc.c: alloc_free_slow; of src/objects.c: object_describe.
 *
 * Owners are written by relaxed stores, shapes by plain ones, names with release, which matters to
 * readers of stray addresses alone (RELAXED_NAME leaves it out). Two readers are safe without. Who
 * holds an object got it from malloc through some hand-over of the program, which
 * orders all that was written before. And the short free, which may get any address, goes on only
 * when the owner of the span is its own cache: it has taken the id under the heap lock then, so it
 * sees no name from before; that is why names are taken before the id is given.
 *
 * Abstracted: two pages and one id. Cache 1 begins a span of page 0, hands an object of it to a
 * holder, gets it back and ends the span. Cache 2 takes the id for a span of page 1 (small, or with
 * LARGE a large one), and frees addresses of both pages the short way, before and after. Stores
 * wait in buffers and become visible in any order (memory.pml); loads are done in order, which is
 * more than the relaxed loads of the short free promise.
 *
 * Properties: who holds an object sees the name of its span and its shape; the short free goes on
 * only with the name of a span that covers the page.
 *
 * With ANY_ADDRESS a thread that holds nothing looks at page 0, as a free or wpm_describe of a
 * stray address does. While the span lives it must see its shape. This does not hold when an id of a
 * small span becomes that of a large one between two of the reader's loads (LARGE: a limit): it sees
 * a small span without a slot size, which describe_small, for that reason, does not divide by.
 *
 * Seeded faults: NAME_LATE_TAKEN (names are taken after the id is given), NO_HAND_OVER (the object
 * gets to its holder by a relaxed store), NAME_FIRST (names before shapes, with ANY_ADDRESS),
 * RELAXED_NAME (with ANY_ADDRESS).
 */
#define THREADS 4       /* 0 begins and ends, 1 takes the id, 2 holds an object, 3 holds none */
#define WORDS 7
#define NAME 0          /* words 0 and 1: h->page_span[0], [1] */
#define START 2         /* span->start, and first; 9: never set */
#define CLASS 3         /* span->span_class */
#define BYTES 4         /* span->slot_bytes */
#define OWNER 5         /* span->owner */
#define GIVEN 6         /* a word of the program: the object */
#include "memory.pml"

#define NO_SPAN 0
#define SPAN 1
#define OWNED(c) (2 * (c))
bool id_free = true;    /* the pool of ids; under the heap lock */
bool back;              /* the object has come back, by a hand-over */
bool ended;             /* the first span has */
byte done;

/* name_pages, of one page. */
inline name_pages(p, s) {
#ifndef RELAXED_NAME
    drained;
#endif
    store(p, s)
}

inline set_record(p, k, size) {
    store(START, p);                            /* set_run */
    store(BYTES, size); store(CLASS, k);        /* set_slots */
    store(OWNER, 0)                             /* set_place: OWNER_NONE */
}

/* heapspan_begin, of the span of page `p`; under the heap lock. */
inline heapspan_begin(p, k, size) {
    id_free = false;                            /* heapspan_take_id */
#ifdef NAME_FIRST
    name_pages(p, SPAN);
    set_record(p, k, size)
#else
    set_record(p, k, size);
    name_pages(p, SPAN)
#endif
}

proctype maker() {
    byte me = 0;
    lock_take();
    heapspan_begin(0, 1, 16);
#ifdef NO_HAND_OVER
    store(OWNER, OWNED(1)); store(GIVEN, 1);    /* and the lock is still to be given back */
    lock_give();
#else
    lock_give();
    store(OWNER, OWNED(1));                     /* install */
    fence(); store(GIVEN, 1);                   /* the program hands the object over */
#endif
    back;
    lock_take();
#ifndef NAME_LATE_TAKEN
    name_pages(0, NO_SPAN);                     /* heapspan_end */
#endif
    store(OWNER, 0);                            /* clear_place; the class and the size stay */
    id_free = true;                             /* heapspan_give_id */
    ended = true;
    lock_give();
#ifdef NAME_LATE_TAKEN
    name_pages(0, NO_SPAN);
#endif
    fence();
    done++
}

/* alloc_free_short, of an address in page `p`. */
inline alloc_free_short(p) {
    load(NAME + p, s);
    if
    :: s == SPAN ->
        load(OWNER, owner);
        if
        :: owner == OWNED(2) ->
            load(START, start);
            assert(start == p);                 /* else the slot lies outside the span */
            load(BYTES, bytes);
            assert(bytes == 32)
        :: else
        fi
    :: else
    fi;
    d_step { s = 0; owner = 0; start = 0; bytes = 0 }
}

proctype taker() {
    byte me = 1, s, owner, start, bytes;
    if
    :: alloc_free_short(0)
    :: true
    fi;
    atomic { !locked && ended -> locked = true };
    assert(id_free);
#ifdef LARGE
    heapspan_begin(1, 0, 0);
    lock_give();
#else
    heapspan_begin(1, 2, 32);
    lock_give();
    store(OWNER, OWNED(2));                     /* install */
    if
    :: alloc_free_short(0)
    :: alloc_free_short(1)
    fi;
#endif
    fence();
    done++
}

/* Frees the object that it has been given. */
proctype holder() {
    byte me = 2, s, k, start, bytes, owner;
    do
    :: load(GIVEN, s);
        if
        :: s == 1 -> break
        :: else
        fi
    od;
    load(NAME, s); assert(s == SPAN);
    load(CLASS, k); load(START, start); load(BYTES, bytes);
    assert(k == 1 && start == 0 && bytes == 16);
    load(OWNER, owner); assert(owner == OWNED(1));
    d_step { s = 0; k = 0; start = 0; bytes = 0; owner = 0; back = true };
    done++
}

/* Describes an address in page 0 that it knows from nobody. */
proctype passer() {
    byte me = 3, s, k, bytes;
#ifdef ANY_ADDRESS
    load(NAME, s);                              /* atomic_read32_acquire */
    if
    :: s == SPAN ->
        load(CLASS, k);
        load(BYTES, bytes);
        assert(k == 0 || bytes != 0);           /* describe_small: slot_bytes */
        if
        :: !ended -> assert(k == 1 && bytes == 16)
        :: else
        fi
    :: else
    fi;
#endif
    d_step { s = 0; k = 0; bytes = 0; done++ }
}

init {
    byte t, w;
    atomic {
        word[START] = 9;
        start_memory(2);
        run maker(); run taker(); run holder(); run passer()
    };
    done == THREADS && waits[0] == 0 && waits[1] == 0;
    assert(word[NAME] == NO_SPAN && word[NAME + 1] == SPAN && word[START] == 1)
}
