/* heappool.c -- see heappool.h */
#include "heappool.h"

#include "../spec/heappool.acsl"

uint32_t heappool_claim_at(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    uint32_t released;
    /*@ assert here: PageallocMemory(&h->pages); */
    /*@ assert words: (page + npages - 1) / 64 < h->pages.npages / 64; */
    /*@ assert opened: Opened(0); */
    pagealloc_take(&h->pages, page, npages, &released);
    h->released_pages -= released;
    h->span_pages += npages;
    return released;
}

void heappool_free(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    h->span_pages -= npages;
    /*@ assert words: (page + npages - 1) / 64 < h->pages.npages / 64; */
    /*@ assert opened: Opened(0); */
    /*@ assert kept: BitsAre(h->pages.released, page, page + npages, 0); */
    pagealloc_free(&h->pages, page, npages);
}

void heappool_add(struct wpm_heap *h, uint32_t page, uint32_t npages, bool fresh)
{
    /*@ assert words: (page + npages - 1) / 64 < h->pages.npages / 64; */
    /*@ assert opened: Opened(0); */
    /*@ assert kept: BitsAre(h->pages.released, page, page + npages, 0); */
    /*@ assert none: BitCount(h->pages.released, page, npages) == 0; */
    if (fresh) {
        pagealloc_grow(&h->pages, page, npages);
        /*@ assert fresh: PagesSound(h); */
        h->released_pages += npages;
    } else {
        pagealloc_free(&h->pages, page, npages);
        /*@ assert used: PagesSound(h); */
    }
}

void heappool_mark_released(struct wpm_heap *h, uint32_t page, uint32_t npages)
{
    /*@ assert words: (page + npages - 1) / 64 < h->pages.npages / 64; */
    /*@ assert opened: Opened(0); */
    /*@ assert none: BitCount(h->pages.released, page, npages) == 0; */
    pagealloc_mark_released(&h->pages, page, npages);
    h->released_pages += npages;
}

uint32_t heappool_find(const struct wpm_heap *h, uint32_t npages)
{
    /*@ assert opened: Opened(0); */
    return pagealloc_find(&h->pages, npages);
}

uint32_t heappool_free_run(const struct wpm_heap *h, uint32_t page, uint32_t limit)
{
    /*@ assert opened: Opened(0); */
    return pagealloc_free_run(&h->pages, page, limit);
}

int64_t heappool_kept_pages(const struct wpm_heap *h)
{
    /*@ assert opened: Opened(0); */
    return h->pages.free_pages - h->released_pages;
}

uint32_t heappool_take_id(struct wpm_heap *h)
{
    /*@ assert opened: Opened(0); */
    return fixalloc_take(&h->ids);
}

void heappool_give_id(struct wpm_heap *h, uint32_t s)
{
    /*@ assert opened: Opened(0); */
    fixalloc_give(&h->ids, s);
}
