/* json.h -- a small reader of JSON files for the tests' tables.
 *
 * json_read gives the tree of a whole file; the functions below walk it. Any mistake, in the file
 * or in its use (a key that is missing, a string where a number is wanted), ends the program with a
 * line that names it: a test must not go on with data it does not have. The tree lives until
 * json_drop.
 */
#ifndef WPM_TESTS_JSON_H
#define WPM_TESTS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct json json;

json *json_read(const char *path);  /* the tree of the file; ends the program when there is none */
void json_drop(json *tree);         /* free a tree, from the root that json_read gave */

/* Objects and arrays. */
const json *json_get(const json *object, const char *key);  /* the member; must be there */
const json *json_find(const json *object, const char *key); /* the member, NULL when absent */
size_t json_len(const json *value);                         /* elements or members */
const json *json_at(const json *value, size_t index);       /* element, or member by position */
const char *json_key(const json *object, size_t index);     /* name of the member at `index` */

/* Leaves. Numbers may also stand as strings: "123", "-1", "0x1f". */
bool json_is_null(const json *value);
bool json_is_string(const json *value);
bool json_is_array(const json *value);
bool json_bool(const json *value);
const char *json_string(const json *value);
uint64_t json_uint(const json *value); /* an integer of 0 .. 2^64-1 */
int64_t json_int(const json *value);   /* an integer of -2^63 .. 2^63-1 */
double json_double(const json *value);

#endif
