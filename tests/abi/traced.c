/* traced.c -- a double free, each step of it in a function and thread of its own.
 *
 * The names of the functions are to stand in the report, under what each has done. Many objects
 * come and go beside the one, which must not be forgotten.
 */
#include <pthread.h>
#include <stdlib.h>

#define STEP __attribute__((noinline)) void
#define END __asm__ volatile("") /* no jump to what is called last */

static void *volatile object;

STEP birth_of_it(void)
{
    object = malloc(100);
    END;
}

STEP first_end_of_it(void)
{
    free(object);
    END;
}

STEP second_end_of_it(void)
{
    free(object);
    END;
}

static void *run(void *step)
{
    ((void (*)(void))step)();
    END;
    return NULL;
}

static void in_thread(void (*step)(void))
{
    pthread_t t;
    if (pthread_create(&t, NULL, run, (void *)step) != 0) exit(99);
    pthread_join(t, NULL);
    for (int i = 0; i < 1000; i++) {
        void *volatile other = malloc(50 + i % 200);
        free(other);
    }
}

int main(void)
{
    in_thread(birth_of_it);
    in_thread(first_end_of_it);
    second_end_of_it();
    return 0;
}
