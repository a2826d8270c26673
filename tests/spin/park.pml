/* park.pml -- an owner parks a full span while strangers free slots of it.
 *
 * Mirrors, of src/mcache.c: put_away, park, mcache_unpark, look_at_queue, drain_queue, drain_one,
 * reclaim, take_pending, make_current, dispatch, mcache_notify; of src/alloc.c: mark_freed,
 * free_remote, free_owned; of src/mspan.c: mspan_merge_word; of src/window.h: window_claim_word.
 *
 * The claim: the owner writes `owner` (parked), then reads `freed`; a stranger sets `freed`, then
 * reads `owner`; each with a full fence between. So one of the two sees the other.
 *
 * Abstracted: one cache, one span of one word with two or three slots. Slots 0 and 1 are freed by
 * a stranger each, slot 2 by the owner or never. What the owner allocates anew it keeps. `used` is
 * the count of live slots, as the window is empty wherever it is read. The last pending span of a
 * class is kept, so free_owned never gives the span back; reclaim does. The queue has one span.
 * `live` is the owner's own (here nobody frees twice: that is freed.pml).
 *
 * Property: when all threads have come to their end, a span that has a free slot is not parked, or
 * it is in the owner's queue. A span that is neither is stranded.
 *
 * Seeded faults: NO_FENCE (of the owner), NO_STRANGER_FENCE, NO_RECHECK (put_away does not look
 * again), NO_QUEUE (dispatch does nothing for a parked span).
 */
#define THREADS 3   /* 0 the owner, 1 and 2 strangers */
#define WORDS 2
#define OWNER 0     /* word: span->owner */
#define HEAD 1      /* word: c->remote_head, 1: the span */
#include "memory.pml"

#define NONE 0      /* OWNER_NONE */
#define OWN 2       /* c->owner */
#define PARKED 3    /* c->owner + 1 */
#define UNREAD 9
#define ROUNDS 3

byte freed;             /* h->freed[w] */
byte all;               /* the slots of the span: three, or two */
byte live;              /* h->live[w] */
bool queued;            /* span->remote_next != 0 */
bool pending;           /* span->place is the cache's pending set */
bool gone;              /* mcentral_free has taken the span */
byte done;

/* mspan_merge_word; atomic_clear64 is a release as well. */
inline merge() {
    seen = freed;
    live = live & ~seen;
    atomic { drained -> freed = freed & ~seen };
    seen = 0
}

inline mcache_unpark() { store(OWNER, OWN); pending = true }

/* put_away, of a current span that is in no entry. */
inline put_away() {
    if
    :: live == all ->
        store(OWNER, PARKED);   /* park */
#ifndef NO_FENCE
        fence();
#endif
#ifndef NO_RECHECK
        if
        :: freed == 0           /* mspan_has_freed */
        :: else -> merge(); mcache_unpark()
        fi
#else
        skip
#endif
    :: else -> pending = true   /* file_pending */
    fi
}

/* drain_one, of the only span. */
inline drain_one() {
    store(HEAD, 0); queued = false;             /* queue_pop */
    load(OWNER, owner);
    if
    :: owner == PARKED ->                       /* reclaim */
        merge();
        if
        :: live == 0 -> store(OWNER, NONE); gone = true
        :: live != 0 && live != all -> mcache_unpark()
        :: else
        fi
    :: else                                     /* dispatch: an even owner needs nothing */
    fi
}

inline look_at_queue() {
    load(HEAD, head);
    if
    :: head == 0
    :: else ->
        lock_take();
        load(HEAD, head);                       /* drain_queue */
        if
        :: head != 0 -> drain_one()
        :: else
        fi;
        lock_give()
    fi
}

/* free_owned, of slot 2. */
inline free_owned() {
    assert((freed & 4) == 0);
    live = live & ~4;                           /* end_slot */
    load(OWNER, owner);
    if
    :: owner != OWN -> mcache_unpark()
    :: else
    fi
}

/* make_current, of the pending span: what is free is handed out, and the span is used up. */
inline take_pending() {
    pending = false;                            /* unfile */
    store(OWNER, OWN);                          /* install */
    if
    :: freed != 0 -> merge()                    /* window_claim_word, window_claim_merged */
    :: else
    fi;
    live = all
}

proctype cache() {
    byte me = 0, seen, owner, head, round;
    bool mine = all == 7;                       /* slot 2 is its own still */
    do
    :: round < ROUNDS && !gone ->
        round++;
        if
        :: !pending -> put_away()
        :: else
        fi;
        look_at_queue();
        if
        :: mine && !gone -> mine = false; free_owned()
        :: true
        fi;
        if
        :: pending -> take_pending()
        :: else -> break                        /* another span is current from now on */
        fi
    :: else -> break
    od;
    /* After its last round the span is current. The thread may look once more, or never again. */
    if
    :: look_at_queue()
    :: true
    fi;
    atomic { fence(); seen = 0; owner = 0; head = 0; round = 0; done++ }
}

/* free_remote, of slot `i`. */
proctype stranger(byte me, i) {
    byte owner = UNREAD;
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
#ifndef NO_QUEUE
        if
        :: owner % 2 == 1 && !queued -> store(HEAD, 1); queued = true   /* queue_push */
        :: else                                 /* OWNER_NONE: gone, so not in a full set */
        fi;
#endif
        lock_give()
    fi;
    atomic { owner = 0; done++ }
}

init {
    byte t, w;
    atomic {
        if
        :: all = 7
        :: all = 3
        fi;
        live = all;
        word[OWNER] = OWN;
        start_memory(THREADS);
        run cache(); run stranger(1, 0); run stranger(2, 1)
    };
    done == THREADS && waits[0] == 0 && waits[1] == 0 && waits[2] == 0;
    assert(queued == (word[HEAD] != 0));
    /* No span is stranded. */
    assert(gone || word[OWNER] != PARKED || queued || (freed == 0 && live == all));
    /* A span that is not parked is pending or current: what is freed is seen by the next claim. */
    assert(gone || word[OWNER] == PARKED || word[OWNER] == OWN)
}
