#define _GNU_SOURCE
#include "CPOSIX.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#if defined(__linux__) && __has_include(<linux/btrfs.h>)
#include <linux/btrfs.h>

static int named(char *to, size_t size, const char *name)
{
    if (strlen(name) >= size)
        return ENAMETOOLONG;
    strcpy(to, name);
    return 0;
}

int cposix_make_subvolume(int folder, const char *name)
{
    struct btrfs_ioctl_vol_args args = {0};
    int error = named(args.name, sizeof(args.name), name);

    return error ? error : ioctl(folder, BTRFS_IOC_SUBVOL_CREATE, &args) ? errno : 0;
}

int cposix_snapshot(int subvolume, int folder, const char *name)
{
    struct btrfs_ioctl_vol_args_v2 args = {.fd = subvolume};
    int error = named(args.name, sizeof(args.name), name);

    return error ? error : ioctl(folder, BTRFS_IOC_SNAP_CREATE_V2, &args) ? errno : 0;
}

int cposix_set_read_only(int subvolume, int is_read_only)
{
    uint64_t flags = 0;

    if (ioctl(subvolume, BTRFS_IOC_SUBVOL_GETFLAGS, &flags))
        return errno;
    flags = is_read_only ? flags | BTRFS_SUBVOL_RDONLY : flags & ~(uint64_t)BTRFS_SUBVOL_RDONLY;
    return ioctl(subvolume, BTRFS_IOC_SUBVOL_SETFLAGS, &flags) ? errno : 0;
}

int cposix_is_read_only(int subvolume)
{
    uint64_t flags = 0;

    return !ioctl(subvolume, BTRFS_IOC_SUBVOL_GETFLAGS, &flags) && flags & BTRFS_SUBVOL_RDONLY;
}

uint64_t cposix_file_system_of(int fd)
{
    struct btrfs_ioctl_fs_info_args info = {0};
    uint64_t id = 0;

    if (ioctl(fd, BTRFS_IOC_FS_INFO, &info))
        return 0;
    memcpy(&id, info.fsid, sizeof(id));
    return id;
}
#else
uint64_t cposix_file_system_of(int fd)
{
    (void)fd;
    return 0;
}

int cposix_make_subvolume(int folder, const char *name)
{
    (void)folder, (void)name;
    return ENOTSUP;
}

int cposix_snapshot(int subvolume, int folder, const char *name)
{
    (void)subvolume, (void)folder, (void)name;
    return ENOTSUP;
}

int cposix_set_read_only(int subvolume, int is_read_only)
{
    (void)subvolume, (void)is_read_only;
    return ENOTSUP;
}

int cposix_is_read_only(int subvolume)
{
    (void)subvolume;
    return 0;
}
#endif
