/* What both ways of cloning do with bytes and descriptors. */
#ifndef CPOSIX_CLONE_BYTES_H
#define CPOSIX_CLONE_BYTES_H

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#define MODIFIED(st) ((st)->st_mtim)
#define CHANGED(st) ((st)->st_ctim)
#else
#define MODIFIED(st) ((st)->st_mtimespec)
#define CHANGED(st) ((st)->st_ctimespec)
#endif

static inline int same_time(struct timespec one, struct timespec other)
{
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

static inline int write_all(int fd, const uint8_t *bytes, size_t count)
{
    while (count) {
        ssize_t written = write(fd, bytes, count);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return errno;
        bytes += written;
        count -= (size_t)written;
    }
    return 0;
}

/* Reads at most `limit` bytes, fewer only at the end. */
static inline ssize_t read_all(int fd, uint8_t *bytes, size_t limit)
{
    size_t count = 0;

    while (count < limit) {
        ssize_t got = read(fd, bytes + count, limit - count);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (!got)
            break;
        count += (size_t)got;
    }
    return (ssize_t)count;
}

static inline int open_regular(int folder, const char *name, struct stat *st)
{
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

    if (fd >= 0 && (fstat(fd, st) || !S_ISREG(st->st_mode))) {
        close(fd);
        return -1;
    }
    return fd;
}

static inline int create(int folder, const char *name, mode_t mode)
{
    return openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

static inline int share_blocks(int from, int to)
{
#ifdef FICLONE
    return ioctl(to, FICLONE, from);
#else
    (void)from;
    (void)to;
    errno = EOPNOTSUPP;
    return -1;
#endif
}

#endif
