#include "credit.h"

uint64_t credit_bytes(struct ratio assist, uint64_t work)
{
    if (assist.num == 0) return UINT64_MAX;
    return ratio_sum(ratio_times((struct ratio){assist.den, assist.num}, work), 1);
}

uint64_t credit_claim(struct credit *c, struct bank *b, struct ratio assist)
{
    if (c->owed == 0) return 0;
    uint64_t work = ratio_max(CREDIT_LEAST_WORK, ratio_times(assist, c->owed));
    uint64_t claimed = bank_claim(b, work);
    if (claimed == 0) return work;
    uint64_t bytes = credit_bytes(assist, claimed);
    credit_give(c, claimed == work ? ratio_max(c->owed, bytes) : bytes);
    return work - claimed;
}
