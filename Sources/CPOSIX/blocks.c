#include "CPOSIX.h"

#include <errno.h>
#include <sys/ioctl.h>

#ifdef __linux__
#include <linux/fiemap.h>
#include <linux/fs.h>
#endif

int cposix_extents(int fd, uint64_t offset, struct cposix_extent *found, int limit)
{
#ifdef __linux__
    enum { MOST = 64 };
    union {
        struct fiemap map;
        char room[sizeof(struct fiemap) + MOST * sizeof(struct fiemap_extent)];
    } answer = {0};
    struct fiemap *map = &answer.map;

    map->fm_start = offset;
    map->fm_length = FIEMAP_MAX_OFFSET - offset;
    map->fm_extent_count = (uint32_t)(limit < MOST ? limit : MOST);
    if (ioctl(fd, FS_IOC_FIEMAP, map))
        return -1;
    for (uint32_t i = 0; i < map->fm_mapped_extents; i++) {
        const struct fiemap_extent *extent = &map->fm_extents[i];
        /* Not written yet, or kept within the metadata: it lies nowhere that could be shared. */
        int is_placed = !(extent->fe_flags & (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_DATA_INLINE));

        found[i].logical = extent->fe_logical;
        found[i].physical = extent->fe_physical;
        found[i].length = extent->fe_length;
        found[i].flags = (is_placed && extent->fe_flags & FIEMAP_EXTENT_SHARED ? CPOSIX_EXTENT_SHARED : 0) |
                         (extent->fe_flags & FIEMAP_EXTENT_LAST ? CPOSIX_EXTENT_LAST : 0);
    }
    return (int)map->fm_mapped_extents;
#else
    (void)fd, (void)offset, (void)found, (void)limit;
    errno = ENOTSUP;
    return -1;
#endif
}

int cposix_share_blocks(int from, int to)
{
#ifdef __linux__
    return ioctl(to, FICLONE, from);
#else
    (void)from, (void)to;
    errno = ENOTSUP;
    return -1;
#endif
}
