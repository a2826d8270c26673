/* leave.pml -- the queue of remote frees when a span's id changes hands.
 *
 * Mirrors, of src/mcache.c: mcache_detach, detach_all, drain_queue, drain_one, reclaim, dispatch,
 * mcache_notify, mcache_span_emptied, take_new, take_central, put_away; of src/mcentral.c:
 * mcentral_file, mcentral_refile; of src/alloc.c: mark_freed, free_remote, free_owned.
 *
 * A span may lie in a cache's queue when that cache has it no more: it was made pending by a free
 * of the owner, emptied, and ended, and its id is that of a new span of another cache. Who drains
 * the queue passes such an id on (drain_one, dispatch), else the new owner would never learn of a
 * free: strangers do not queue a span that is queued. A late stranger may also still be on its way
 * with the id of a span that has ended.
 *
 * Abstracted: one id; a span has one word of one or two slots. Cache 0 has it parked at the start;
 * a stranger frees slot 0, cache 0 itself slot 1 or none; then it leaves. Cache 1 makes the id its
 * own, from the partial set or as a new span, uses it up and parks it; another stranger frees slot
 * 0 of that. Stores to `owner` are seen late, as in park.pml; `place` is seen at once, as dispatch
 * reads it under the lock and acts only on the full set, which is filed under the lock too. Each
 * queue holds the one id or nothing.
 *
 * Property: when all have come to their end, a span parked by cache 1 that has a free slot is in
 * cache 1's queue; a full central span has no free slot; nothing is in the queue of cache 0, which
 * has left, and none is parked by it.
 *
 * Seeded faults: NO_PASS_ON (drain_one drops an id that has changed hands), NO_FENCE (of put_away
 * and mcentral_file), NO_RECHECK (put_away does not look again), DETACH_UNDRAINED (who leaves does
 * not look at its queue).
 */
#define THREADS 4       /* 0 and 1 the threads of the caches, 2 and 3 strangers */
#define WORDS 1
#define OWNER 0
#include "memory.pml"

#define NONE 0          /* OWNER_NONE */
#define CENTRAL 8       /* OWNER_CENTRAL */
#define OWNED(c) (2 * ((c) + 1))
#define PARKED_BY(c) (2 * ((c) + 1) + 1)

mtype = { ENDED, HAND, CURRENT, PARKED, PENDING, PARTIAL, FULL };
mtype place = PARKED;   /* written by who has the span: by the owner, else under the heap lock */
byte all;               /* the slots of the span: two, or one */
byte freed, live;
bool linked;            /* span->remote_next != 0 */
bool queue[2];          /* the id is in the queue of cache c */
bool second;            /* slot 0 of cache 1's span is an object that a stranger has got */
byte done;

inline merge() {
    seen = freed;
    live = live & ~seen;
    atomic { drained -> freed = freed & ~seen };
    seen = 0
}

/* mcentral_free, and heapspan_end: clear_place. */
inline mcentral_free() { store(OWNER, NONE); place = ENDED }

/* mcentral_refile: merge, unfile, settle. */
inline mcentral_refile() {
    merge();
    if
    :: live == all
    :: live == 0 -> mcentral_free()
    :: else -> store(OWNER, CENTRAL); place = PARTIAL
    fi
}

inline mcentral_file() {
    store(OWNER, NONE); place = FULL;
#ifndef NO_FENCE
    fence();
#endif
    mcentral_refile()
}

/* Under the heap lock. */
inline dispatch() {
    load(OWNER, owner);
    if
    :: owner == NONE && place == FULL -> mcentral_refile()
    :: owner % 2 == 1 && !linked -> d_step { linked = true; queue[owner / 2 - 1] = true }
    :: else
    fi
}

/* drain_queue of cache `c`, under the heap lock. */
inline drain_queue(c) {
    if
    :: queue[c] ->
        d_step { queue[c] = false; linked = false };    /* queue_pop */
        load(OWNER, owner);
        if
        :: owner == PARKED_BY(c) ->                     /* reclaim */
            merge();
            if
            :: live == 0 -> mcentral_free()
            :: live != 0 && live != all -> store(OWNER, OWNED(c)); place = PENDING
            :: else
            fi
        :: else ->
#ifdef NO_PASS_ON
            skip
#else
            dispatch()
#endif
        fi
    :: else
    fi
}

proctype first() {
    byte me = 0, seen, owner;
    if
    :: all == 3 ->                              /* free_owned */
        live = live & ~2;
        store(OWNER, OWNED(0)); place = PENDING;    /* mcache_unpark */
        if
        :: merge();                             /* mcache_span_emptied: not the last of its class */
            if
            :: live == 0 ->
                place = HAND;                   /* unfile */
                lock_take(); mcentral_free(); lock_give()
            :: else
            fi
        :: true
        fi
    :: true
    fi;
    lock_take();                                /* mcache_detach */
#ifndef DETACH_UNDRAINED
    drain_queue(0);                             /* detach_all */
#endif
    load(OWNER, owner);
    if
    :: owner / 2 == OWNED(0) / 2 ->             /* detach_span */
        store(OWNER, NONE); place = HAND;
        mcentral_file()
    :: else
    fi;
    lock_give();
    atomic { owner = 0; done++ }
}

proctype next() {
    byte me = 1, seen, owner;
    bool found;
    if
    :: atomic { !locked && (place == PARTIAL || place == ENDED) -> locked = true };
        if
        :: place == PARTIAL -> place = HAND                     /* mcentral_take */
        :: place == ENDED -> store(OWNER, NONE); place = HAND   /* mcentral_new: set_place */
        fi;
        lock_give();
        place = CURRENT; store(OWNER, OWNED(1));                /* install */
        if
        :: freed != 0 -> merge()                                /* window_claim_word */
        :: else
        fi;
        found = (live & 1) == 0;
        live = all;                                             /* all is handed out */
        second = found;
        place = PARKED; store(OWNER, PARKED_BY(1));             /* put_away: park */
#ifndef NO_FENCE
        fence();
#endif
#ifndef NO_RECHECK
        if
        :: freed != 0 -> merge(); place = PENDING; store(OWNER, OWNED(1))
        :: else
        fi
#else
        skip
#endif
    :: done == THREADS - 2 && !queue[0] && place != PARTIAL && place != ENDED
    fi;
    fence();
    atomic { found = false; done++ }
}

/* free_remote, of slot 0, when the program has handed its object over. */
inline free_remote() {
    freed = freed | 1;                          /* mark_freed: atomic_or64 */
    fence();                                    /* mcache_notify */
    load(OWNER, owner);
    if
    :: owner % 2 == 0 && owner != NONE
    :: else -> lock_take(); dispatch(); lock_give()
    fi
}

proctype stranger(byte me; bool late) {
    byte seen, owner;
    if
    :: !late || second -> free_remote()
    :: late                                     /* or never */
    fi;
    atomic { owner = 0; done++ }
}

init {
    byte t, w;
    atomic {
        if
        :: all = 3
        :: all = 1
        fi;
        live = all;
        word[OWNER] = PARKED_BY(0);
        start_memory(THREADS);
        run first(); run next(); run stranger(2, false); run stranger(3, true)
    };
    done == THREADS;
    waits[0] == 0 && waits[1] == 0 && waits[2] == 0 && waits[3] == 0;
    assert(!queue[0] && word[OWNER] / 2 != OWNED(0) / 2);
    assert(linked == (queue[0] || queue[1]));
    assert(place != FULL || (live == all && freed == 0));
    assert(word[OWNER] != PARKED_BY(1) || queue[1] || (live == all && freed == 0))
}
