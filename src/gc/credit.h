/* credit.h -- who allocates while a collection marks pays for it with marking.
 *
 * Each thread has an account in bytes. What it allocates is charged; when it owes, it must have
 * work done: what others have done in the background and nobody has claimed yet comes from the
 * bank, the rest it does itself, and both are credited by the pacer's ratio. Nothing is credited
 * that was not done, nothing that was done is credited twice; accounts stop at UINT64_MAX on either
 * side. A thread's account is its own; whoever shares a bank guards it by a lock. Rules and
 * figures: Go 1.24, runtime/mgcmark.go (gcAssistAlloc) and malloc.go (deductAssistCredit).
 */
#ifndef WPM_GC_CREDIT_H
#define WPM_GC_CREDIT_H

#include <stdint.h>

#include "ratio.h"

#define CREDIT_LEAST_WORK ((uint64_t)64 << 10) /* bytes to scan in one turn, at least */

/* An account, bytes; one of the two is 0. */
struct credit {
    uint64_t spare; /* that may be allocated before anything is owed */
    uint64_t owed;  /* that have been allocated and not paid for */
};

/* Work that was done in the background and that nobody has claimed, bytes scanned. */
struct bank {
    uint64_t work;
};

#include "../../spec/credit.acsl"

/* Charge `bytes`: those asked for before an allocation, and the rest of the slot behind it. */
/*@ requires account: \valid(c) && CreditOk(*c);
    assigns *c;
    ensures account: CreditOk(*c);
    ensures charged: Balance(*c) == Held(\old(Balance(*c)) - bytes);
*/
static inline void credit_charge(struct credit *c, uint64_t bytes)
{
    uint64_t held = ratio_min(c->spare, bytes);
    c->spare -= held;
    c->owed = ratio_sum(c->owed, bytes - held);
}

/* Give `bytes` back: of an object that the program has freed itself, or that work has paid for. */
/*@ requires account: \valid(c) && CreditOk(*c);
    assigns *c;
    ensures account: CreditOk(*c);
    ensures given: Balance(*c) == Held(\old(Balance(*c)) + bytes);
*/
static inline void credit_give(struct credit *c, uint64_t bytes)
{
    uint64_t paid = ratio_min(c->owed, bytes);
    c->owed -= paid;
    c->spare = ratio_sum(c->spare, bytes - paid);
}

/* Bytes that `work` bytes of scanning pay for. */
/*@ requires ok: RatioOk(assist);
    assigns \nothing;
    ensures bytes: \result == CreditBytes(assist, work);
*/
uint64_t credit_bytes(struct ratio assist, uint64_t work);

/* Work was done in the background. */
/*@ requires bank: \valid(b);
    assigns b->work;
    ensures added: b->work == Capped(\old(b->work) + work);
*/
static inline void bank_add(struct bank *b, uint64_t work) { b->work = ratio_sum(b->work, work); }

/* Take up to `work` from the bank; how much it was. */
/*@ requires bank: \valid(b);
    assigns b->work;
    ensures most: \result == Smaller(\old(b->work), work);
    ensures conserved: b->work + \result == \old(b->work);
*/
static inline uint64_t bank_claim(struct bank *b, uint64_t work)
{
    uint64_t claimed = ratio_min(b->work, work);
    b->work -= claimed;
    return claimed;
}

/* A thread that owes claims work from the bank. Returns the work that it must do itself: 0 without
 * a debt, or when the bank had enough, and then it owes nothing any more. */
/*@ requires account: \valid(c) && CreditOk(*c);
    requires bank: \valid(b) && \separated(b, c);
    requires ok: RatioOk(assist);
    assigns *c, b->work;
    ensures account: CreditOk(*c);
    ensures none: \old(c->owed) == 0 ==> \result == 0 && *c == \old(*c) &&
      b->work == \old(b->work);
    ensures conserved: \old(c->owed) > 0 ==>
      \result + (\old(b->work) - b->work) == CreditWork(assist, \old(c->owed));
    ensures enough: \old(c->owed) > 0 && \result == 0 ==> c->owed == 0;
    ensures part: \old(c->owed) > 0 && \result > 0 ==> b->work == 0 && Balance(*c) ==
      Held(-\old(c->owed) + (\old(b->work) == 0 ? 0 : CreditBytes(assist, \old(b->work))));
*/
uint64_t credit_claim(struct credit *c, struct bank *b, struct ratio assist);

/* The thread has done `work` itself. */
/*@ requires account: \valid(c) && CreditOk(*c);
    requires ok: RatioOk(assist);
    assigns *c;
    ensures account: CreditOk(*c);
    ensures paid: Balance(*c) == Held(\old(Balance(*c)) + CreditBytes(assist, work));
*/
static inline void credit_done(struct credit *c, struct ratio assist, uint64_t work)
{
    credit_give(c, credit_bytes(assist, work));
}

#endif
