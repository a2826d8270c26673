/* freed.pml -- the `live` and `freed` bits of one word: strangers free slots while the owner merges
 * them and hands them out again.
 *
 * Mirrors, of src/alloc.c: free_small (its look at `live`), mark_freed, free_remote, free_owned; of
 * src/mspan.c: mspan_merge_word; of src/window.h: window_claim_word; of src/mcache.h:
 * mcache_take_bit. The step order is that of the C; `freed` is touched by read-modify-writes and
 * loads only, `live` and `used` have one writer.
 *
 * Abstracted: a word has three slots, all handed out at the start. The span stays its owner's and
 * current, so nobody is notified (park.pml). The program is a set of objects: who takes an object
 * out of `objects` frees it, once. An object that the owner hands out goes there by a hand-over of
 * the program, so its live bit is seen by who gets it.
 *
 * Properties: a slot is never handed out while the program has it; the free of an object is never
 * refused; at the end, after one more merge, no `freed` bit is left, the live slots are exactly the
 * objects, and `used` is their number and the window's: no slot is lost.
 *
 * With TWICE, strangers 1 and 2 both free slot 0, an error of the program, and the owner merges
 * meanwhile but hands nothing out. Property: at least one is done; when no merge clears
 * bits between a stranger's look at `live` and its fetch-or, exactly one. When it does, both may be
 * done, and then the next merge notes the slot (h->stray). With TWICE_HANDED_OUT the owner also
 * hands slots out: then the second free may end an object that the slot has had since. No
 * allocator without a mark on the address can tell; spin shows it (run.sh: a limit).
 *
 * Seeded faults: LOST_UPDATE (mark_freed in two steps), CLEAR_ALL (the merge clears bits that it
 * has not seen), MERGE_TWO_READS (live loses bits read anew, not those that are cleared),
 * CLEAR_FIRST (with TWICE: `freed` is cleared before `live`).
 */
#define SLOTS 3
#define ALL 7
#if defined(TWICE_HANDED_OUT) && !defined(TWICE)
#define TWICE
#endif

byte live = ALL, freed, window, used = SLOTS;
byte objects = ALL;     /* that the program holds */
bool stray;             /* h->stray != 0 */
byte ok, refused;       /* what frees have said */
byte done;
byte merges;            /* how often a merge has cleared `freed` bits */
bool between;           /* one did so between a look and a fetch-or */

#define count(m) (((m) & 1) + (((m) >> 1) & 1) + (((m) >> 2) & 1))

inline mspan_merge_word() {
    f = freed;                              /* atomic_read64 */
    l = live;
    if
    :: f & ~l -> stray = true
    :: else
    fi;
    used = used - count(l & f);
#ifdef CLEAR_FIRST
    d_step { freed = freed & ~f; merges++ };
#endif
#ifdef MERGE_TWO_READS
    live = l & ~freed;
#else
    live = l & ~f;                          /* atomic_write64 */
#endif
#ifdef CLEAR_ALL
    freed = 0;
#elif !defined(CLEAR_FIRST)
    d_step { freed = freed & ~f; merges++ };    /* atomic_clear64 */
#endif
    f = 0; l = 0
}

/* Hand out slot `i` of the window: mcache_take_bit. */
inline take_bit(i) {
    window = window & ~(1 << i);
    l = live;
    live = l | (1 << i);
    l = 0;
    d_step {
        assert((objects & (1 << i)) == 0);  /* not handed out twice */
        objects = objects | (1 << i)
    }
}

proctype owner() {
    byte f, l, n;
    do
    :: n < 2 ->
        n++;
        if                                  /* window_claim_word */
        :: freed != 0 -> mspan_merge_word()
        :: else
        fi;
#if !defined(TWICE) || defined(TWICE_HANDED_OUT)
        if
        :: window == 0 ->
            window = ALL & ~live;           /* mspan_free_slots, window_set */
            used = used + count(window)
        :: else
        fi;
        do                                  /* malloc, as often as the program likes */
        :: window & 1 -> take_bit(0)
        :: !(window & 1) && (window & 2) -> take_bit(1)
        :: !(window & 3) && (window & 4) -> take_bit(2)
        :: true -> break
        od
#endif
#ifndef TWICE
        if                                  /* free_owned, of an object of its own */
        :: atomic { objects & 4 -> objects = objects & ~4 };
            assert((freed & 4) == 0);
            live = live & ~4;               /* mspan_clear_slot */
            used = used - 1
        :: true
        fi
#endif
    :: else -> break
    od;
    n = 0;
    done++
}

/* free_small, of live slot `i` of a span that the thread does not own. */
inline free_remote(i) {
    d_step { seen_live = (live >> i) & 1; at = merges };
    if
    :: seen_live == 0 -> refused++          /* WPM_DOUBLE_FREE */
    :: else ->
#ifdef LOST_UPDATE
        before = freed;
        freed = before | (1 << i);
#else
        d_step {                            /* mark_freed: atomic_or64 */
            before = freed;
            freed = freed | (1 << i);
            between = between || at != merges
        };
#endif
        if
        :: (before >> i) & 1 -> refused++   /* WPM_DOUBLE_FREE */
        :: else -> ok++
        fi
    fi;
    d_step { before = 0; seen_live = 0; at = 0 }
}

proctype stranger() {
    byte before, seen_live, at, n;
#ifdef TWICE
    free_remote(0);
#else
    do                                      /* some object of slot 0 or 1 */
    :: n < 2 ->
        n++;
        if
        :: atomic { objects & 1 -> objects = objects & ~1 }; free_remote(0)
        :: atomic { objects & 2 -> objects = objects & ~2 }; free_remote(1)
        :: true
        fi
    :: else -> break
    od;
#endif
    n = 0;
    done++
}

init {
    byte f, l;
#ifdef TWICE
    objects = ALL & ~1;
#endif
    atomic { run owner(); run stranger(); run stranger() };
    done == 3;
    mspan_merge_word();
    assert(freed == 0);
    assert(used == count(live) + count(window) && (live & window) == 0);
#ifdef TWICE
    assert(ok + refused == 2 && ok >= 1);
    assert(ok == 1 || (between && stray));
#ifndef TWICE_HANDED_OUT
    assert((ok == 2) == stray);
#endif
#else
    assert(refused == 0 && !stray);
#endif
    assert(live == objects)
}
