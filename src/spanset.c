/* spanset.c -- see spanset.h */
#include "spanset.h"

#include "../spec/spanset.acsl"

void spanset_push(struct wpm_heap *h, uint32_t n, uint32_t s)
{
    int32_t tail = h->set[n].tail;
    h->span[s].next = NO_SPAN;
    h->span[s].prev = tail;
    if (tail != NO_SPAN) {
        h->span[tail].next = (int32_t)s;
    } else {
        h->set[n].head = (int32_t)s;
    }
    h->set[n].tail = (int32_t)s;
    h->span[s].place = PLACE_SET + (int32_t)n;
    //@ assert pushed: SetPushed{Pre,Here}(h, n, s);
}

void spanset_remove(struct wpm_heap *h, uint32_t s)
{
    int32_t n = h->span[s].place - PLACE_SET;
    int32_t next = h->span[s].next;
    int32_t prev = h->span[s].prev;
    if (next != NO_SPAN) {
        h->span[next].prev = prev;
    } else {
        h->set[n].tail = prev;
    }
    if (prev != NO_SPAN) {
        h->span[prev].next = next;
    } else {
        h->set[n].head = next;
    }
    h->span[s].place = PLACE_HAND;
}

uint32_t spanset_pop(struct wpm_heap *h, uint32_t n)
{
    int32_t s = h->set[n].head;
    if (s != NO_SPAN) spanset_remove(h, (uint32_t)s);
    return (uint32_t)s;
}
