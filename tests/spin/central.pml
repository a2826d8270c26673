/* central.pml -- a span is filed as central while strangers free slots of it.
 *
 * Mirrors, of src/mcache.c: detach_entry, detach_span, own, take_in_hand, dispatch, mcache_notify,
 * take_central; of src/mcentral.c: mcentral_file, put_in, mcentral_refile, settle; of src/alloc.c:
 * mark_freed, free_remote; of src/mspan.c: mspan_merge_word.
 *
 * A full central span has OWNER_NONE, and a stranger that frees a slot of it must file it anew,
 * under the heap lock. One with a free slot has OWNER_CENTRAL and needs no attention. Who files a
 * span writes OWNER_NONE, then reads `freed`; a stranger sets `freed`, then reads `owner`; each
 * with a full fence between. The filer has the lock all the time: that alone does not help, for a
 * stranger that still reads the owner from before never asks for it.
 *
 * Abstracted: one span of one word with two or three slots; it was current, pending or parked. A
 * window is given back empty. Slots 0 and 1 are freed by a stranger each, slot 2 never or by the
 * owner before it leaves. Another cache may take the span when it is in the partial set; it is
 * that cache's from then on, and what is between that cache and strangers is in park.pml. Queues
 * are in leave.pml.
 *
 * Property: when all threads have come to their end, a span in the full set has no free slot and no
 * `freed` bit; one in the partial set has a slot that is not live; one with no live slot has ended.
 *
 * Seeded faults: NO_FENCE (of mcentral_file), NO_STRANGER_FENCE, NO_RECHECK (mcentral_file does not
 * look for freed slots), NO_REFILE (dispatch does nothing for a full central span), PARTIAL_QUIET
 * (a full span is filed with OWNER_CENTRAL, which asks for no attention).
 */
#define THREADS 4       /* 0 the thread that leaves, 1 and 2 strangers, 3 another cache */
#define WORDS 2
#define OWNER 0         /* word: span->owner */
#define PLACE 1         /* word: span->place */
#include "memory.pml"

#define NONE 0          /* OWNER_NONE */
#define CENTRAL 8       /* OWNER_CENTRAL: even, not OWNER_NONE */
#define OWN 2           /* of the cache that leaves; OWN + 1: parked */
#define OTHER 4         /* of the other cache */
#define UNREAD 9

#define AWAY 0          /* PLACE_CURRENT, PLACE_PARKED, a pending set; of whatever cache */
#define HAND 1
#define FULL 2          /* PLACE_SET + set_full */
#define PARTIAL 3       /* PLACE_SET + set_partial */

byte all;               /* the slots of the span: three, or two */
byte freed, live;
bool gone;              /* mcentral_free: the span has ended */
byte done;

/* mspan_merge; under the heap lock, as the span is nobody's. */
inline merge() {
    seen = freed;
    live = live & ~seen;
    atomic { drained -> freed = freed & ~seen };
    seen = 0
}

/* mcentral_refile and settle, of a span in the full set. */
inline mcentral_refile() {
    merge();
    if
    :: live == all                              /* used == nslots */
    :: else ->
        store(PLACE, HAND);                     /* unfile */
        if
        :: live == 0 -> store(OWNER, NONE); store(PLACE, AWAY); gone = true
        :: else -> store(OWNER, CENTRAL); store(PLACE, PARTIAL)
        fi
    fi
}

inline mcentral_file() {
#ifdef PARTIAL_QUIET
    store(OWNER, CENTRAL);
#else
    store(OWNER, NONE);                         /* put_in: set_owner, spanset_push */
#endif
    store(PLACE, FULL);
#ifndef NO_FENCE
    fence();
#endif
#ifndef NO_RECHECK
    mcentral_refile()
#else
    skip
#endif
}

/* mcache_detach, as far as one span is concerned. */
proctype leaver() {
    byte me = 0, seen;
    if                                          /* free_owned, before it leaves */
    :: all == 7 -> live = live & ~4
    :: true
    fi;
    lock_take();
    if
    :: word[OWNER] == OWN + 1 -> store(OWNER, OWN); store(OWNER, NONE)  /* own, take_in_hand */
    :: word[OWNER] == OWN -> store(OWNER, NONE) /* detach_entry: take_in_hand */
    :: word[OWNER] == OWN                       /* detach_span, pending: unfile only */
    fi;
    store(PLACE, HAND);
    mcentral_file();
    lock_give();
    done++
}

/* free_remote, of slot `i`. */
proctype stranger(byte me, i) {
    byte owner = UNREAD, place, seen;
#ifdef NO_STRANGER_FENCE
    if
    :: load(OWNER, owner)                       /* the load may be done before the fetch-or */
    :: true
    fi;
#endif
    freed = freed | (1 << i);                   /* mark_freed: atomic_or64 */
    fence();                                    /* mcache_notify */
    if
    :: owner == UNREAD -> load(OWNER, owner)
    :: else
    fi;
    if
    :: owner % 2 == 0 && owner != NONE
    :: else ->
        lock_take();
        load(OWNER, owner);                     /* dispatch */
        if
        :: owner == NONE ->
            load(PLACE, place);
#ifndef NO_REFILE
            if
            :: place == FULL -> mcentral_refile()
            :: else
            fi
#endif
        :: else                                 /* queue_push, if odd: then it is drained */
        fi;
        lock_give()
    fi;
    atomic { owner = 0; place = 0; done++ }
}

/* take_central and make_current, of another cache, at any time or never. */
proctype other() {
    byte me = 3, place, seen;
    if
    :: lock_take();
        load(PLACE, place);
        if
        :: place == PARTIAL -> store(PLACE, HAND)       /* mcentral_take */
        :: else
        fi;
        lock_give();
        if
        :: place == PARTIAL ->
            store(PLACE, AWAY); store(OWNER, OTHER)     /* install */
        :: else
        fi
    :: true
    fi;
    fence();
    atomic { place = 0; done++ }
}

init {
    byte t, w;
    atomic {
        if
        :: all = 7
        :: all = 3
        fi;
        live = all;
        if
        :: word[OWNER] = OWN                    /* current or pending */
        :: word[OWNER] = OWN + 1                /* parked */
        fi;
        start_memory(THREADS);
        run leaver(); run stranger(1, 0); run stranger(2, 1); run other()
    };
    done == THREADS;
    waits[0] == 0 && waits[1] == 0 && waits[2] == 0 && waits[3] == 0;
    assert(word[PLACE] != HAND);
    assert(word[PLACE] != FULL || (live == all && freed == 0 && word[OWNER] == NONE));
    assert(word[PLACE] != PARTIAL || (live != all && word[OWNER] == CENTRAL));
    assert(!gone || (live == 0 && freed == 0));
    assert(word[PLACE] != AWAY || gone || word[OWNER] == OTHER)
}
