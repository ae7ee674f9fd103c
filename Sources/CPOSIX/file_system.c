#include "CPOSIX.h"

#include <sys/statvfs.h>

#ifdef __linux__
#include <sys/vfs.h>
#endif

int64_t cposix_free_bytes(const char *path)
{
    struct statvfs fs;

    return statvfs(path, &fs) ? -1 : (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
}

uint64_t cposix_file_system_magic(const char *path)
{
#ifdef __linux__
    struct statfs fs;

    return statfs(path, &fs) ? 0 : (uint64_t)fs.f_type & 0xffffffffu;
#else
    (void)path;
    return 0;
#endif
}
