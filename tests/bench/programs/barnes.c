/* barnes.c -- a pointer program: bodies that attract each other, through an octree.
 *
 * Every step builds the tree anew, one heap object a cell and one a leaf, walks it once a body and
 * frees it in depth-first order: allocation in bursts, and time that depends on how close together
 * the allocator lays the cells.
 * Arguments: number of steps.
 */
#include "bench.h"

#include <math.h>

enum { BODIES = 6000, DEPTH_MAX = 40 };

typedef struct vector {
    double x, y, z;
} vector;

typedef struct body {
    vector place, speed, pull;
    double mass;
} body;

/* A cell, or a leaf when body is not NULL. */
typedef struct node {
    vector centre;       /* of mass */
    double mass;
    const body *body;
} node;

typedef struct cell {
    node head;
    double edge;
    node *child[8];
} cell;

static body *bodies[BODIES];

static node *leaf_new(const body *b)
{
    node *leaf = need(malloc(sizeof *leaf));
    *leaf = (node){ .centre = b->place, .mass = b->mass, .body = b };
    return leaf;
}

static cell *cell_new(double edge)
{
    cell *c = need(calloc(1, sizeof *c));
    c->edge = edge;
    return c;
}

/* Which child of a cell with the given middle holds the place; moves the middle into that child. */
static int octant(vector *middle, double edge, const vector *place)
{
    int x = place->x >= middle->x;
    int y = place->y >= middle->y;
    int z = place->z >= middle->z;
    middle->x += x ? edge / 4 : -edge / 4;
    middle->y += y ? edge / 4 : -edge / 4;
    middle->z += z ? edge / 4 : -edge / 4;
    return 4 * x + 2 * y + z;
}

/* Put the body into the tree; two in one place share the first leaf's mass. */
static void insert(cell *root, const body *b)
{
    cell *at = root;
    vector middle = { 0, 0, 0 };
    for (int depth = 0; depth < DEPTH_MAX; depth++) {
        node **slot = &at->child[octant(&middle, at->edge, &b->place)];
        if (*slot == NULL) {
            *slot = leaf_new(b);
            return;
        }
        if ((*slot)->body != NULL) {
            node *leaf = *slot;
            cell *inner = cell_new(at->edge / 2);
            vector inner_middle = middle;
            inner->child[octant(&inner_middle, inner->edge, &leaf->centre)] = leaf;
            *slot = &inner->head;
        }
        at = (cell *)(void *)*slot;
    }
    at->child[0] = at->child[0] == NULL ? leaf_new(b) : at->child[0];
}

/* Sum up masses and centres from the leaves. */
static void summarise(node *n)
{
    if (n->body != NULL) {
        return;
    }
    cell *c = (cell *)(void *)n;
    vector sum = { 0, 0, 0 };
    for (int i = 0; i < 8; i++) {
        node *child = c->child[i];
        if (child != NULL) {
            summarise(child);
            n->mass += child->mass;
            sum.x += child->mass * child->centre.x;
            sum.y += child->mass * child->centre.y;
            sum.z += child->mass * child->centre.z;
        }
    }
    n->centre = (vector){ sum.x / n->mass, sum.y / n->mass, sum.z / n->mass };
}

/* Add the pull of the tree on b: far cells count as one body. */
static void attract(const node *n, body *b)
{
    double x = n->centre.x - b->place.x;
    double y = n->centre.y - b->place.y;
    double z = n->centre.z - b->place.z;
    double square = x * x + y * y + z * z + 1e-4;
    const cell *c = (const cell *)(const void *)n;
    if (n->body != NULL || c->edge * c->edge < 2.0 * square) {
        double strength = n->mass / (square * sqrt(square));
        b->pull.x += strength * x;
        b->pull.y += strength * y;
        b->pull.z += strength * z;
        return;
    }
    for (int i = 0; i < 8; i++) {
        if (c->child[i] != NULL) {
            attract(c->child[i], b);
        }
    }
}

static void tree_free(node *n)
{
    if (n->body == NULL) {
        cell *c = (cell *)(void *)n;
        for (int i = 0; i < 8; i++) {
            if (c->child[i] != NULL) {
                tree_free(c->child[i]);
            }
        }
    }
    free(n);
}

static void step(double seconds)
{
    cell *root = cell_new(64.0);
    for (int i = 0; i < BODIES; i++) {
        insert(root, bodies[i]);
    }
    summarise(&root->head);
    for (int i = 0; i < BODIES; i++) {
        body *b = bodies[i];
        b->pull = (vector){ 0, 0, 0 };
        attract(&root->head, b);
    }
    for (int i = 0; i < BODIES; i++) {
        body *b = bodies[i];
        b->speed.x += seconds * b->pull.x;
        b->speed.y += seconds * b->pull.y;
        b->speed.z += seconds * b->pull.z;
        b->place.x += seconds * b->speed.x;
        b->place.y += seconds * b->speed.y;
        b->place.z += seconds * b->speed.z;
    }
    tree_free(&root->head);
}

static double unit(rng *random)
{
    return rng_below(random, 1000000) / 1000000.0;
}

int main(int argc, char **argv)
{
    long steps = argument(argc, argv, 1, 30);
    rng random = rng_seed(2);
    for (int i = 0; i < BODIES; i++) {
        bodies[i] = need(calloc(1, sizeof *bodies[i]));
        bodies[i]->place = (vector){ unit(&random) * 8 - 4, unit(&random) * 8 - 4,
                                     unit(&random) * 8 - 4 };
        bodies[i]->mass = (1 + unit(&random)) / BODIES;
    }
    for (long i = 0; i < steps; i++) {
        step(0.01);
    }
    double sum = 0;
    for (int i = 0; i < BODIES; i++) {
        sum += bodies[i]->place.x + bodies[i]->speed.y;
        free(bodies[i]);
    }
    printf("barnes: %ld steps, sum %.9f\n", steps, sum);
    return 0;
}
