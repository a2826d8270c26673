/* caches.c -- threads with caches of their own on one heap: no lock most of the time. */
#include "wpmalloc.h"

#include <pthread.h>
#include <stdio.h>

#define THREADS 4
#define OBJECTS 20000

static wpm_heap *heap;
static void *handed[THREADS][OBJECTS];

static void *make(void *number)
{
    void **mine = handed[(size_t)number];
    wpm_cache *cache = wpm_cache_attach(heap);
    if (cache == NULL) return "no cache left";
    for (size_t i = 0; i < OBJECTS; i++) mine[i] = wpm_cache_malloc(heap, cache, i % 500);
    wpm_cache_detach(heap, cache);
    return NULL;
}

static void *end(void *number)
{
    void **theirs = handed[((size_t)number + 1) % THREADS]; /* another thread's objects */
    wpm_cache *cache = wpm_cache_attach(heap);
    if (cache == NULL) return "no cache left";
    for (size_t i = 0; i < OBJECTS; i++)
        if (wpm_cache_free(heap, cache, theirs[i]) != WPM_OK) return "a free was refused";
    wpm_cache_detach(heap, cache);
    return NULL;
}

static void run(void *(*work)(void *))
{
    pthread_t t[THREADS];
    void *wrong;
    for (size_t i = 0; i < THREADS; i++) pthread_create(&t[i], NULL, work, (void *)i);
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(t[i], &wrong);
        if (wrong != NULL) printf("thread %zu: %s\n", i, (char *)wrong);
    }
}

int main(void)
{
    heap = wpm_heap_create(0);
    if (heap == NULL) return 1;
    run(make);
    run(end);
    wpm_statistics figures;
    wpm_stats(heap, &figures);
    printf("%llu allocations, %llu objects left\n", (unsigned long long)figures.mallocs,
           (unsigned long long)figures.live_objects);
    wpm_heap_destroy(heap);
    return 0;
}
