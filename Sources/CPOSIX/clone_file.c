#define _GNU_SOURCE
#include "CPOSIX_clone.h"
#include "clone_bytes.h"

#include <limits.h>

static uint8_t buffer[1 << 16];

/* The kernel copies, where it can; it may do less than it was asked for. */
static int copy_bytes(int from, int to, int64_t rest)
{
#ifdef __linux__
    while (rest > 0) {
        ssize_t copied = copy_file_range(from, NULL, to, NULL, (size_t)rest, 0);

        if (copied <= 0)
            break;
        rest -= copied;
    }
#endif
    while (rest > 0) {
        ssize_t got = read_all(from, buffer, sizeof(buffer));
        int error = got > 0 ? write_all(to, buffer, (size_t)got) : 0;

        if (got < 0 || error)
            return got < 0 ? errno : error;
        if (!got)
            break;
        rest -= got;
    }
    return 0;
}

int cposix_clone_file(int from, int to, const char *name, int share)
{
    struct stat st, after;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};
    int rc, source, target, error = 0;

    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW))
        return CPOSIX_CLONE_OTHER;
    times[1] = MODIFIED(&st);
    if (S_ISLNK(st.st_mode)) {
        char path[PATH_MAX];
        ssize_t length = readlinkat(from, name, path, sizeof(path) - 1);

        if (length <= 0)
            return CPOSIX_CLONE_OTHER;
        path[length] = 0;
        if (symlinkat(path, to, name))
            return -errno;
        utimensat(to, name, times, AT_SYMLINK_NOFOLLOW);
        return CPOSIX_CLONE_MADE;
    }
    source = open_regular(from, name, &st);
    if (source < 0)
        return CPOSIX_CLONE_OTHER;
    target = create(to, name, 0600);
    if (target < 0) {
        rc = -errno;
        close(source);
        return rc;
    }
    rc = share && !share_blocks(source, target) ? CPOSIX_CLONE_SHARED : CPOSIX_CLONE_MADE;
    if (rc == CPOSIX_CLONE_MADE)
        error = copy_bytes(source, target, st.st_size);
    if (error)
        rc = -error;
    else if (fstat(source, &after) || after.st_size != st.st_size || !same_time(CHANGED(&st), CHANGED(&after)))
        rc = CPOSIX_CLONE_OTHER;
    else if (fchmod(target, st.st_mode & 0777) || futimens(target, times))
        rc = -errno;
    if (rc <= 0)
        unlinkat(to, name, 0);
    close(target);
    close(source);
    return rc;
}

int cposix_clone_times(int from, int to)
{
    struct stat st;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};

    if (fstat(from, &st) || fchmod(to, st.st_mode & 0777))
        return errno;
    times[1] = MODIFIED(&st);
    return futimens(to, times) ? errno : 0;
}

int cposix_can_share(int folder, const char *one, const char *other)
{
    static const uint8_t bytes[4096] = {1};
    int from = openat(folder, one, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int to = create(folder, other, 0600);
    int can = from >= 0 && to >= 0 && !write_all(from, bytes, sizeof(bytes)) && !share_blocks(from, to);

    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
    unlinkat(folder, one, 0);
    unlinkat(folder, other, 0);
    return can;
}
