#include "CPOSIX.h"

static char **arguments;

/* glibc and dyld hand to constructors what they hand to `main`. */
__attribute__((constructor)) static void keep_arguments(int count, char **words)
{
    (void)count;
    arguments = words;
}

char **cposix_arguments(void)
{
    return arguments;
}
