/* plugin_test.c -- objects cross the border between a program and what it loads, both ways.
 *
 * Arguments: the path of plugin.c's object, and of cxx_plugin.cc's, which a C program loads into a
 * scope of its own, run-time and all, and whose failing `new` must still end in bad_alloc. A third
 * one, `deep`: the first object is to find its own symbols before the program's.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const char *path;
static int mode = RTLD_NOW | RTLD_LOCAL;

static void *load_and_use(void *unused)
{
    for (int i = 0; i < 30; i++) {
        void *plugin = dlopen(path, mode);
        if (plugin == NULL) return "cannot be loaded";
        char *(*make)(size_t) = (char *(*)(size_t))dlsym(plugin, "plugin_make");
        void (*end)(char *) = (void (*)(char *))dlsym(plugin, "plugin_end");
        char *theirs = make(1000), *ours = malloc(1000);
        if (strcmp(theirs, "plug-in") != 0) return "made nothing";
        end(ours);
        dlclose(plugin);
        if (strcmp(theirs, "plug-in") != 0) return "object died with its maker";
        free(theirs);
    }
    return unused;
}

int main(int count, char **arguments)
{
    pthread_t t;
    void *wrong = "";
    if (count < 3) return 2;
    path = arguments[1];
    if (count > 3) mode |= RTLD_DEEPBIND;
    CHECK(load_and_use(NULL) == NULL);
    CHECK_EQ(pthread_create(&t, NULL, load_and_use, NULL), 0);
    CHECK_EQ(pthread_join(t, &wrong), 0);
    CHECK(wrong == NULL);

    void *cxx = dlopen(arguments[2], RTLD_NOW | RTLD_LOCAL);
    if (!CHECK(cxx != NULL)) fprintf(stderr, "%s\n", dlerror());
    else {
        int (*run)(void) = (int (*)(void))dlsym(cxx, "cxx_plugin_run");
        CHECK_EQ(run(), 0);
        CHECK_EQ(dlclose(cxx), 0);
    }
    return unit_report("plugin");
}
