#define _GNU_SOURCE
#include "CPOSIX.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#endif

int cposix_open_folder(int parent, const char *name)
{
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
#ifdef __linux__
    /* struct open_how with RESOLVE_NO_XDEV (openat2(2), Linux 5.6). */
    struct {
        uint64_t flags, mode, resolve;
    } how = {(uint64_t)flags, 0, 1};
    int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));

    /* EPERM: a filter of system calls that does not know this one. */
    if (fd >= 0 || (errno != ENOSYS && errno != EPERM))
        return fd;
#endif
    return openat(parent, name, flags);
}
