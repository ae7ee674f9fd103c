#define _GNU_SOURCE
#include "CPOSIX_clone.h"
#include "CPOSIX_digest.h"
#include "clone_bytes.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* One process clones one file at a time. */
static uint8_t buffer[1 << 18];

static void fill(cposix_stat_data *data, const struct stat *st)
{
    data->ctime = (uint32_t)CHANGED(st).tv_sec;
    data->ctime_nsec = (uint32_t)CHANGED(st).tv_nsec;
    data->mtime = (uint32_t)MODIFIED(st).tv_sec;
    data->mtime_nsec = (uint32_t)MODIFIED(st).tv_nsec;
    data->dev = (uint32_t)st->st_dev;
    data->ino = (uint32_t)st->st_ino;
    data->uid = st->st_uid;
    data->gid = st->st_gid;
    /* git says 0 for "not known", so it writes another number for files of a multiple of 4 GiB (statinfo.c). */
    data->size = (uint32_t)st->st_size;
    if (!data->size && st->st_size)
        data->size = 0x80000000u;
}

/* Whether nobody wrote between two looks. A change sets ctime to a clock that ticks every 10 ms or faster: a change as
 * young as that may hide another. */
static int is_unwritten(const struct stat *before, const struct stat *after)
{
    struct timespec now, changed = CHANGED(after);

    clock_gettime(CLOCK_REALTIME, &now);
    return before->st_size == after->st_size && same_time(MODIFIED(before), MODIFIED(after)) &&
           same_time(CHANGED(before), changed) &&
           (now.tv_sec - changed.tv_sec) * 1000 + (now.tv_nsec - changed.tv_nsec) / 1000000 > 20;
}

static void start_blob(cposix_digest *digest, int algorithm, int64_t size)
{
    char head[32];
    int length = snprintf(head, sizeof(head), "blob %lld", (long long)size);

    cposix_digest_start(digest, algorithm);
    cposix_digest_add(digest, head, (size_t)length + 1);
}

static int is_blob(cposix_digest *digest, const uint8_t *id)
{
    uint8_t result[32];

    return !memcmp(result, id, cposix_digest_finish(digest, result));
}

/* Reads `from` to its end, hashing, and writing to `to` unless it is -1. 1: it is the blob; 0: it is not. */
static int pass(int from, int to, const struct stat *st, const cposix_clone_order *order)
{
    cposix_digest digest;
    int64_t rest = st->st_size;

    start_blob(&digest, order->algorithm, rest);
    while (rest > 0) {
        ssize_t got = read_all(from, buffer, rest < (int64_t)sizeof(buffer) ? (size_t)rest : sizeof(buffer));
        int error = 0;

        if (got <= 0)
            return 0;
        cposix_digest_add(&digest, buffer, (size_t)got);
        if (to >= 0)
            error = write_all(to, buffer, (size_t)got);
        if (error)
            return -error;
        rest -= got;
    }
    return is_blob(&digest, order->id);
}

static int64_t nanoseconds(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Whether what was looked at before anything was read is the blob, by its times alone. We gave it an older mtime: what
 * was written when the clock had been set back has one of that time. */
static int is_proven(const struct stat *before, const cposix_clone_order *order)
{
    int64_t changed = nanoseconds(CHANGED(before));

    return changed >= order->proven_from && changed < order->proven_to &&
           nanoseconds(MODIFIED(before)) < order->proven_from;
}

/* Reads a small file into the buffer. 1: it is the blob; 0: it is not. */
static int take(int from, const struct stat *before, const cposix_clone_order *order)
{
    struct stat after;

    if (is_proven(before, order)) {
        if (read_all(from, buffer, (size_t)before->st_size) == before->st_size && !fstat(from, &after) &&
            is_unwritten(before, &after))
            return 1;
        if (lseek(from, 0, SEEK_SET))
            return 0;
    }
    return pass(from, -1, before, order) == 1;
}

/* The order proves that the shared bytes are the blob: sharing writes back, and makes read-only, what other processes
 * have mapped; what is read after it is what was shared unless ctime tells of a change. 1: shared; 0: these are other
 * bytes; -1: nothing is proven. */
static int clone_shared(int from, int to, const struct stat *before, const cposix_clone_order *order)
{
    int rc = is_proven(before, order);
    struct stat after;

    if (share_blocks(from, to))
        return -1;
    if (!rc)
        rc = pass(from, -1, before, order);
    if (rc < 0 || fstat(from, &after) || !is_unwritten(before, &after))
        return -1;
    return rc;
}

/* 1: `to` has the bytes of `from`, and they are the blob; 0: they are others; negative: an errno value of `to`. */
static int clone_bytes(int from, int to, const struct stat *st, int is_known, const cposix_clone_order *order)
{
    int error;

    if (order->share && st->st_size) {
        int shared = clone_shared(from, to, st, order);

        if (shared > 0)
            return CPOSIX_CLONE_SHARED;
        if (!shared)
            return CPOSIX_CLONE_OTHER;
        if (ftruncate(to, 0) || lseek(from, 0, SEEK_SET))
            return -errno;
    }
    if (!is_known)
        return pass(from, to, st, order);
    error = write_all(to, buffer, (size_t)st->st_size);
    return error ? -error : CPOSIX_CLONE_MADE;
}

int cposix_clone_blob(int from, int to, const char *name, const cposix_clone_order *order, cposix_stat_data *made)
{
    struct stat st;
    int rc = CPOSIX_CLONE_OTHER, source = open_regular(from, name, &st), target = -1, is_known;

    if (source < 0)
        return CPOSIX_CLONE_OTHER;
    /* A small file is made only once its bytes are known; a large one is taken away again if they are wrong. */
    is_known = !order->share && st.st_size <= (off_t)sizeof(buffer);
    if (is_known && !take(source, &st, order))
        goto out;
    target = create(to, name, order->executable ? 0777 : 0666);
    if (target < 0) {
        rc = -errno;
        goto out;
    }
    rc = clone_bytes(source, target, &st, is_known, order);
    if (rc > 0) {
        struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, MODIFIED(&st)};

        if (futimens(target, times) || fstat(target, &st))
            rc = -errno;
        else
            fill(made, &st);
    }
    if (rc <= 0)
        unlinkat(to, name, 0);
out:
    if (target >= 0)
        close(target);
    close(source);
    return rc;
}

int cposix_clone_link(int from, int to, const char *name, const cposix_clone_order *order, cposix_stat_data *made)
{
    struct stat st;
    char path[PATH_MAX];
    cposix_digest digest;
    ssize_t length;

    if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) || !S_ISLNK(st.st_mode))
        return CPOSIX_CLONE_OTHER;
    length = readlinkat(from, name, path, sizeof(path) - 1);
    if (length <= 0 || length == sizeof(path) - 1)
        return CPOSIX_CLONE_OTHER;
    path[length] = 0;
    start_blob(&digest, order->algorithm, length);
    cposix_digest_add(&digest, path, (size_t)length);
    if (!is_blob(&digest, order->id))
        return CPOSIX_CLONE_OTHER;
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, MODIFIED(&st)};
    if (symlinkat(path, to, name) || utimensat(to, name, times, AT_SYMLINK_NOFOLLOW) ||
        fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW))
        return -errno;
    fill(made, &st);
    return CPOSIX_CLONE_MADE;
}
