#define _GNU_SOURCE
#include "CPOSIX.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>

/* Reads at most `size` bytes of a file of /proc and ends them. */
static ssize_t read_at(const char *file, off_t offset, char *bytes, size_t size)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    ssize_t got = -1;

    if (fd < 0)
        return -1;
    got = pread(fd, bytes, size - 1, offset);
    close(fd);
    bytes[got < 0 ? 0 : got] = 0;
    return got;
}

int cposix_awaited_fifo(pid_t pid, char *path, size_t size)
{
    char file[64], line[256], name[4097], place[4200], folder[4097];
    unsigned long long words[2];
    long call;
    ssize_t length;
    struct stat status;
    int at = AT_FDCWD;

    snprintf(file, sizeof file, "/proc/%d/syscall", (int)pid);
    if (read_at(file, 0, line, sizeof line) <= 0 || sscanf(line, "%ld %llx %llx", &call, &words[0], &words[1]) != 3)
        return 0;
    if (call == SYS_openat)
        at = (int)words[0];
#ifdef SYS_open
    else if (call == SYS_open)
        words[1] = words[0];
#endif
    else
        return 0;
    snprintf(file, sizeof file, "/proc/%d/mem", (int)pid);
    if (read_at(file, (off_t)words[1], name, sizeof name) <= 0)
        return 0;
    if (name[0] == '/') {
        if (stat(name, &status) || !S_ISFIFO(status.st_mode))
            return 0;
        return (size_t)snprintf(path, size, "%s", name) < size;
    }
    if (at == AT_FDCWD)
        snprintf(file, sizeof file, "/proc/%d/cwd", (int)pid);
    else
        snprintf(file, sizeof file, "/proc/%d/fd/%d", (int)pid, at);
    snprintf(place, sizeof place, "%s/%s", file, name);
    length = readlink(file, folder, sizeof folder - 1);
    if (length < 0 || stat(place, &status) || !S_ISFIFO(status.st_mode))
        return 0;
    folder[length] = 0;
    return (size_t)snprintf(path, size, "%s/%s", folder, name) < size;
}
#else
int cposix_awaited_fifo(pid_t pid, char *path, size_t size)
{
    (void)pid, (void)path, (void)size;
    return 0;
}
#endif
