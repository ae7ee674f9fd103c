/* Making one file from another: a blob whose bytes are proven by its object id, or any file as it is. */
#ifndef CPOSIX_CLONE_H
#define CPOSIX_CLONE_H

#include <stddef.h>
#include <stdint.h>

/* What git keeps of stat(2) in an index entry, in its order; the mode, which lies between, is not part of it. */
typedef struct {
    uint32_t ctime, ctime_nsec, mtime, mtime_nsec, dev, ino, uid, gid, size;
} cposix_stat_data;

enum {
    CPOSIX_CLONE_MADE = 1,   /* with bytes of its own */
    CPOSIX_CLONE_SHARED = 2, /* with the blocks of the other file */
    CPOSIX_CLONE_OTHER = 0,  /* there is no such file, or its bytes are others: nothing was made */
};

/* What is wanted of a clone, and what is known of the other file. */
typedef struct {
    int algorithm;
    const uint8_t *id; /* of the blob */
    int executable;
    int share;
    /* Nanoseconds since 1970: a file whose last change of any kind lies between the two is the blob, unread. */
    int64_t proven_from, proven_to;
} cposix_clone_order;

/* Makes the regular file `name` of the folder `to` from the one in the folder `from`, if its bytes are the blob, and
 * gives it the other's modification time. Negative: an errno value of the new file. */
int cposix_clone_blob(int from, int to, const char *name, const cposix_clone_order *order, cposix_stat_data *made);

/* The same for a symbolic link, whose blob is its target. */
int cposix_clone_link(int from, int to, const char *name, const cposix_clone_order *order, cposix_stat_data *made);

/* Makes a file or symbolic link with the bytes, permissions and modification time of another, whatever they are;
 * `CPOSIX_CLONE_OTHER` for any other kind of file, and for one that was written meanwhile. */
int cposix_clone_file(int from, int to, const char *name, int share);

/* Gives the folder `to` the permissions and modification time of the folder `from`. */
int cposix_clone_times(int from, int to);

/* Whether files in the folder `folder` can share blocks: tried out with two files of these names. */
int cposix_can_share(int folder, const char *one, const char *other);

#endif
