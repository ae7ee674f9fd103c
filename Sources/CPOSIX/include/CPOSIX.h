/* What the C library has and Swift's Glibc module hides (it is built without _GNU_SOURCE), and what needs a macro. */
#ifndef CPOSIX_H
#define CPOSIX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "CPOSIX_clone.h"
#include "CPOSIX_digest.h"

enum {
    CPOSIX_SPAWN_NEW_SESSION = 1, /* setsid(2) in the child */
    CPOSIX_SPAWN_NEW_GROUP = 2,   /* its own process group, so that a terminal's Ctrl-C does not reach it */
    CPOSIX_SPAWN_CLOSE_REST = 4,  /* nothing above descriptor 2 reaches the child, not even what we inherited */
};

/* posix_spawn(3) with the file actions git-pool needs. `in`, `out` and `err` become 0, 1 and 2; -1 leaves one as it is.
 * `inherited` stay open under their own numbers. Returns 0 or an errno value. */
int cposix_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], const char *directory,
                 int in, int out, int err, const int *inherited, size_t inherited_count, int flags);

int cposix_pipe_cloexec(int ends[2]);
int cposix_rename_no_replace(const char *from, const char *to);
int cposix_random(void *buffer, size_t length);

/* -1 with ENOSYS where the system has no process descriptors. */
int cposix_pidfd_open(pid_t pid);
/* The inode of a process descriptor if it is one of pidfs (Linux 6.9), which is unique for a boot; else 0. */
uint64_t cposix_pidfd_inode(int fd);

int cposix_exited(int status);
int cposix_exit_status(int status);
int cposix_term_signal(int status);

/* Outlives SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, and holds the last of them for a child to come. */
void cposix_hold_signals(void);
/* Passes on to `pid` the signal that was held, and from now on those that a process sent. */
void cposix_forward_signals(pid_t pid);
/* Back to what was done about these signals before; the number of one that came meanwhile and ends a process, or 0. */
int cposix_stop_forwarding(void);

/* Makes the empty file `to` hold the bytes of `from`, shared with it where the disk can, else copied. 0, or -1. */
int cposix_copy_file(int from, int to);

/* What a signal leaves in the bell that cposix_ring_signals was given. */
struct cposix_note {
    int32_t number;
    int32_t sender; /* 0 if the kernel sent it, as a terminal's driver does, to a whole process group */
};

/* From now on each of these signals only leaves a note in `bell`; one that is ignored already stays so. Once a process;
 * -1 leaves no note any more. */
void cposix_ring_signals(int bell, const int *numbers, size_t count);

/* The signal that stopped a child, or 0. */
int cposix_stop_signal(int status);

/* From now on descendants whose parent ends become children of this process. 0, or -1 where there is no such thing. */
int cposix_adopt_orphans(void);

/* Asks the scheduler to serve `pid` after others; a request, no limit. */
int cposix_yield_processor(pid_t pid);

/* Whether a process waits in open(2) for somebody to open the other end of a FIFO, and of which: its path is put into
 * `path`. 0 as well where that is not told. */
int cposix_awaited_fifo(pid_t pid, char *path, size_t size);

/* The largest resident set this process ever had. */
int64_t cposix_own_peak_bytes(void);

/* Processors this process may run on, at least 1. */
int cposix_processors(void);

/* From now on SIGTERM, SIGINT and SIGHUP only leave a note and write a byte to `bell`. */
void cposix_catch_termination(int bell);
int cposix_termination_caught(void);

/* Unmaps the program's own code until it is used again, so that a process that waits for hours counts for what it
 * holds and not for what it ran. */
void cposix_drop_text(void);

/* What `main` was given, ended by a null; nobody has to ask /proc for it, which may not be there. */
char **cposix_arguments(void);

/* Columns and rows of the terminal at `fd`, or 0. */
int cposix_terminal_columns(int fd);
int cposix_terminal_rows(int fd);

/* Bytes an unprivileged user may still write to the file system that holds `path`; -1 on error. */
int64_t cposix_free_bytes(const char *path);

/* Subvolumes of btrfs (btrfs-subvolume(8)); 0 or an error number, ENOTSUP where there are none. */
int cposix_make_subvolume(int folder, const char *name);
int cposix_snapshot(int subvolume, int folder, const char *name);
int cposix_set_read_only(int subvolume, int is_read_only);
int cposix_is_read_only(int subvolume);

/* One number for all subvolumes of a btrfs, each of which is a device of its own to stat(2); 0 on any other disk. */
uint64_t cposix_file_system_of(int fd);

/* Both must be there; each has the other's name then. */
int cposix_rename_exchange(const char *one, const char *other);

/* Opens the folder `name` of the folder `parent`, no link, for reading. EXDEV where something else is mounted on it,
 * from the same disk too, if the kernel can tell. */
int cposix_open_folder(int parent, const char *name);

/* Lowest priority for the processor, and the idle class for the disk; inherited by children. */
void cposix_lower_priority(void);

/* The magic number of the file system that holds `path` (statfs(2)); 0 where it cannot be told. */
uint64_t cposix_file_system_magic(const char *path);

enum {
    CPOSIX_EXTENT_SHARED = 1, /* other files have it too */
    CPOSIX_EXTENT_LAST = 2,
};

/* A run of a file's blocks. */
struct cposix_extent {
    uint64_t logical, physical, length;
    int flags;
};

/* Extents of an open file from `offset` on, at the most `limit` of them; -1 where the file system does not tell. */
int cposix_extents(int fd, uint64_t offset, struct cposix_extent *found, int limit);

/* Makes the empty file `to` one that has the bytes of `from` without a copy of them; -1 where the disk cannot. */
int cposix_share_blocks(int from, int to);

#endif
