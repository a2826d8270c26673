/* plugin.c -- a shared object that is loaded and unloaded; see plugin_test.c */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

static char *own;

__attribute__((constructor)) static void load(void) { own = strdup("plug-in"); }
__attribute__((destructor)) static void unload(void) { free(own); }

char *plugin_make(size_t bytes);
char *plugin_make(size_t bytes)
{
    char *p = calloc(1, bytes);
    if (p != NULL && bytes > strlen(own)) strcpy(p, own);
    return p;
}

void plugin_end(char *object);
void plugin_end(char *object) { free(object); }
