#include "CPOSIX.h"

#ifdef __linux__
#include <stdbool.h>

/* Two files of Swift's runtime whose work before `main` is of no use here. Where their functions stand, a static executable
 * gets none of them (measured: a seventh of the time of a short command); weak, should a later runtime have more in them,
 * and hidden from a runtime that is shared. */
#define INSTEAD __attribute__((weak, visibility("hidden")))

/* CommandLine.cpp reads /proc/self/maps to know the words of the command line, for a type that nobody uses. */
INSTEAD char **_swift_stdlib_getUnsafeArgvArgc(int *count)
{
    char **words = cposix_arguments();

    for (*count = 0; words && words[*count];)
        ++*count;
    return words;
}

INSTEAD void _swift_stdlib_overrideUnsafeArgvArgc(char **words, int count)
{
    (void)words, (void)count;
}

/* Backtrace.cpp looks for another program of the toolchain, to be run after a crash, and aborts where there is no /proc.
 * All zero, its settings say that there is none. */
INSTEAD char _swift_backtraceSettings[512];

INSTEAD bool _swift_spawnBacktracer(const void *crash)
{
    (void)crash;
    return false;
}

INSTEAD void _swift_displayCrashMessage(int number, const void *place)
{
    (void)number, (void)place;
}

INSTEAD bool _swift_backtrace_isThunkFunction(const char *name)
{
    (void)name;
    return false;
}

INSTEAD char *_swift_backtrace_demangle(const char *name, size_t length, char *result, size_t *size)
{
    (void)name, (void)length, (void)result, (void)size;
    return NULL;
}
#endif
