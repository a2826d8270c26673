/* xmalloc.c -- all frees are foreign, after the pattern of xmalloc-test.
 *
 * Half of the threads only allocate and half only free; batches of objects travel between them
 * through one bounded queue. Every object takes the path of a remote free, and an allocator whose
 * remote frees never come home grows without end.
 * Arguments: batches of each producer, threads (even).
 */
#include "bench.h"

enum { BATCH = 512, QUEUE = 32, SIZES = 12 };

static const size_t sizes[SIZES] = { 8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512 };

typedef struct batch {
    char *objects[BATCH];
} batch;

static struct {
    pthread_mutex_t lock;
    pthread_cond_t not_full, not_empty;
    batch *waiting[QUEUE];
    int count;
} queue = { .lock = PTHREAD_MUTEX_INITIALIZER, .not_full = PTHREAD_COND_INITIALIZER,
            .not_empty = PTHREAD_COND_INITIALIZER };

typedef struct worker {
    rng random;
    long batches;
    bool produces;
    uint64_t sum;
    char pad[64];
} worker;

static void queue_put(batch *b)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == QUEUE) {
        pthread_cond_wait(&queue.not_full, &queue.lock);
    }
    queue.waiting[queue.count++] = b;
    pthread_cond_signal(&queue.not_empty);
    pthread_mutex_unlock(&queue.lock);
}

static batch *queue_take(void)
{
    pthread_mutex_lock(&queue.lock);
    while (queue.count == 0) {
        pthread_cond_wait(&queue.not_empty, &queue.lock);
    }
    batch *b = queue.waiting[--queue.count];
    pthread_cond_signal(&queue.not_full);
    pthread_mutex_unlock(&queue.lock);
    return b;
}

static void produce(worker *w)
{
    for (long i = 0; i < w->batches; i++) {
        batch *b = need(malloc(sizeof *b));
        for (int j = 0; j < BATCH; j++) {
            b->objects[j] = need(malloc(sizes[rng_below(&w->random, SIZES)]));
            b->objects[j][0] = (char)j;
        }
        queue_put(b);
    }
}

static void consume(worker *w)
{
    for (long i = 0; i < w->batches; i++) {
        batch *b = queue_take();
        for (int j = 0; j < BATCH; j++) {
            w->sum += (unsigned char)b->objects[j][0];
            free(b->objects[j]);
        }
        free(b);
    }
}

static void *work(void *argument_of_thread)
{
    worker *w = argument_of_thread;
    if (w->produces) {
        produce(w);
    } else {
        consume(w);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    worker workers[64] = { { .sum = 0 } };
    long batches = argument(argc, argv, 1, 20000);
    int threads = (int)argument(argc, argv, 2, 2);
    for (int i = 0; i < threads; i++) {
        workers[i].random = rng_seed((uint64_t)i);
        workers[i].batches = batches;
        workers[i].produces = i % 2 == 0;
    }
    run_threads(threads, work, workers, sizeof workers[0]);
    uint64_t sum = 0;
    for (int i = 0; i < threads; i++) {
        sum += workers[i].sum;
    }
    printf("xmalloc: %d threads, %ld batches, sum %" PRIu64 "\n", threads, batches, sum);
    return 0;
}
