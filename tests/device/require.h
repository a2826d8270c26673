/* require.h -- claims that must hold, for the programs of a device: one that does not ends it. */
#ifndef WPM_DEVICE_REQUIRE_H
#define WPM_DEVICE_REQUIRE_H

#include <stdio.h>
#include <stdlib.h>

#define REQUIRE(claim)                                                                             \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            printf("%s:%d: not true: %s\n", __FILE__, __LINE__, #claim);                          \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

#endif
