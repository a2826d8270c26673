/* seeds.h -- sequences by hand from which a search begins: what is known to be bad for allocators.
 *
 * Included by search.c alone. A record is a kind and three bytes (sequence.h); an object's size is
 * 2^b * (256 + c) / 256.
 */
#ifndef WPM_WORST_SEEDS_H
#define WPM_WORST_SEEDS_H

#include "sequence.h"

#define FILL_4097 DO_FILL, 255
#define FILL_257 DO_FILL, 63
#define FILL_17 DO_FILL, 15
#define THIN(stride) DO_THIN, (stride)-1, 0, 0

static const struct sequence seeds[] = {
    /* A checkerboard of the shortest objects; a longer one finds no room, an equal one a hole. */
    {6, {{FILL_4097, 4, 0}, {THIN(2)}, {DO_MALLOC, 0, 5, 0}, {DO_MALLOC, 0, 4, 0},
         {DO_MALLOC, 0, 12, 0}, {THIN(2)}}},
    {11, {{FILL_4097, 4, 0}, {FILL_4097, 4, 0}, {FILL_4097, 4, 0}, {FILL_4097, 4, 0},
          {FILL_4097, 5, 0}, {FILL_4097, 5, 0}, {FILL_4097, 6, 0}, {FILL_4097, 6, 0}, {THIN(2)},
          {DO_MALLOC, 0, 5, 0}, {DO_MALLOC, 0, 7, 0}}},
    /* The same of middle-sized ones, and the ends between holes, which merge. */
    {6, {{FILL_4097, 6, 80}, {THIN(2)}, {DO_MALLOC, 0, 6, 80}, {DO_MALLOC, 0, 8, 0}, {THIN(1)},
         {DO_MALLOC, 0, 15, 0}}},
    /* A class is exhausted, then another has no room. */
    {4, {{FILL_4097, 5, 128}, {DO_MALLOC, 0, 5, 128}, {DO_MALLOC, 0, 9, 0}, {DO_LAST, 255, 0, 0}}},
    /* One object of each size, so that each class has a span; then one of them runs out. */
    {16, {{DO_MALLOC, 0, 4, 0}, {DO_MALLOC, 0, 5, 0}, {DO_MALLOC, 0, 5, 128}, {DO_MALLOC, 0, 6, 0},
          {DO_MALLOC, 0, 6, 64}, {DO_MALLOC, 0, 7, 0}, {DO_MALLOC, 0, 7, 128},
          {DO_MALLOC, 0, 8, 0}, {DO_MALLOC, 0, 8, 128}, {DO_MALLOC, 0, 9, 0},
          {DO_MALLOC, 0, 9, 128}, {DO_MALLOC, 0, 10, 0}, {DO_MALLOC, 0, 10, 128},
          {DO_MALLOC, 0, 11, 0}, {FILL_257, 7, 0}, {FILL_4097, 4, 0}}},
    /* The longest objects: on an empty region, on a full one; too long. */
    {6, {{DO_MALLOC, 0, 15, 80}, {DO_LAST, 0, 0, 0}, {DO_MALLOC, 0, 19, 128}, {DO_LAST, 0, 0, 0},
         {FILL_4097, 10, 0}, {DO_MALLOC, 0, 15, 0}}},
    {3, {{FILL_4097, 8, 0}, {DO_MALLOC, 0, 15, 0}, {DO_MALLOC, 0, 20, 0}}},
    /* Full of spans that all have a hole of the wrong size: malloc looks everywhere, and fails. */
    {6, {{FILL_257, 4, 0}, {FILL_4097, 9, 0}, {THIN(8)}, {FILL_4097, 7, 0}, {FILL_4097, 4, 0},
         {DO_MALLOC, 0, 11, 0}}},
    /* Every other page; objects of two pages, and ends that join three runs. */
    {7, {{FILL_257, 11, 128}, {THIN(2)}, {DO_MALLOC, 0, 13, 0}, {DO_MALLOC, 0, 12, 0},
         {DO_FREE, 128, 0, 0}, {DO_FREE, 64, 0, 0}, {THIN(1)}}},
    {5, {{FILL_257, 11, 0}, {THIN(3)}, {FILL_17, 12, 0}, {THIN(2)}, {DO_MALLOC, 0, 14, 0}}},
    /* Growth in place to the end, and back. */
    {5, {{DO_MALLOC, 0, 12, 0}, {DO_GROW, 15, 12, 0}, {DO_REALLOC, 0, 8, 0}, {DO_GROW, 15, 4, 0},
         {DO_REALLOC, 0, 15, 0}}},
    {6, {{FILL_17, 11, 128}, {THIN(2)}, {DO_REALLOC, 128, 12, 128}, {DO_REALLOC, 128, 11, 128},
         {DO_GROW, 15, 6, 0}, {DO_REALLOC, 0, 4, 0}}},
    /* Alignment. */
    {6, {{DO_MALLOC, 0, 4, 0}, {DO_ALIGNED, 8, 12, 0}, {DO_ALIGNED, 4, 4, 0}, {FILL_257, 5, 0},
         {DO_ALIGNED, 8, 4, 0}, {DO_ALIGNED, 8, 14, 0}}},
    /* Spans that become empty one after the other, oldest first, and are made again. */
    {5, {{FILL_4097, 6, 0}, {THIN(1)}, {FILL_4097, 7, 0}, {THIN(1)}, {FILL_257, 4, 0}}},
};

#define SEEDS (sizeof seeds / sizeof *seeds)

#endif
