#include "CPOSIX.h"

static int count;
static char **arguments;

/* glibc and dyld hand to constructors what they hand to `main`. */
__attribute__((constructor)) static void keep_arguments(int number, char **words)
{
    count = number;
    arguments = words;
}

char **cposix_arguments(void)
{
    return arguments;
}

#ifdef __linux__
/* What Swift's `CommandLine` asks, which nobody here uses. Where these stand, a static executable gets none of the
 * runtime's own, which read /proc/self/maps before `main` (measured: a twentieth of the time of a short command). */
char **_swift_stdlib_getUnsafeArgvArgc(int *number);
void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int number);

__attribute__((weak)) char **_swift_stdlib_getUnsafeArgvArgc(int *number)
{
    *number = count;
    return arguments;
}

__attribute__((weak)) void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int number)
{
    count = number;
    arguments = words;
}
#endif
