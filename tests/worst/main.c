/* main.c -- what the programs of tests/worst can be asked to do, one allocator each.
 *
 *   search REGION SEED MILLIONS [nothing]  the worst calls, with their sequences (search.h)
 *   play FILE                            the costs of the sequences that FILE holds, one a line,
 *                                        the region's bytes before it
 *   space WORKLOAD REGION                requests, those that failed, most bytes alive (space.h)
 *   least WORKLOAD                       the least region for it
 */
#include "search.h"
#include "space.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int play(const char *name)
{
    static char line[2 * RECORD_BYTES * MOST_RECORDS + 32];
    struct sequence s;
    char *text;
    FILE *f = fopen(name, "r");
    if (f == NULL) return 1;
    while (fgets(line, sizeof line, f) != NULL) {
        size_t region = strtoul(line, &text, 10);
        if (region == 0 || region > REGION_MOST || !search_parse(text + 1, &s)) return 1;
        struct costs c = sequence_play(&s, region);
        printf("played");
        for (unsigned k = 0; k < CALLS; k++) printf(" %lu", (unsigned long)c.most[k]);
        printf(" %lu %lu\n", (unsigned long)c.calls, (unsigned long)c.failed);
    }
    fclose(f);
    return 0;
}

static int space(int count, char **words)
{
    if (!space_choose(words[2])) return 1;
    if (strcmp(words[1], "least") == 0) {
        printf("least %lu\n", (unsigned long)space_least());
        return 0;
    }
    if (count < 4) return 1;
    struct space s = space_run(strtoul(words[3], NULL, 10));
    printf("space %lu %lu %lu\n", (unsigned long)s.asked, (unsigned long)s.failed,
           (unsigned long)s.peak_bytes);
    return 0;
}

int main(int count, char **words)
{
    if (count < 3) return 2;
    if (strcmp(words[1], "space") == 0 || strcmp(words[1], "least") == 0)
        return space(count, words);
    if (!sequence_calibrate()) {
        printf("the count of instructions is not exact\n");
        return 1;
    }
    if (strcmp(words[1], "play") == 0) return play(words[2]);
    if (strcmp(words[1], "search") != 0 || count < 5) return 2;
    size_t region = strtoul(words[2], NULL, 10);
    if (region == 0 || region > REGION_MOST) return 2;
    search_run(region, (uint32_t)strtoul(words[3], NULL, 10),
               (uint32_t)strtoul(words[4], NULL, 10), count > 5);
    return 0;
}
