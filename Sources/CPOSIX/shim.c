#define _GNU_SOURCE
#include "CPOSIX.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <link.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE 1
#define RENAME_EXCHANGE 2
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define PIDFS_MAGIC 0x50494446L
#endif

int cposix_spawn(pid_t *pid, const char *path, char *const argv[], char *const envp[], const char *directory,
                 int in, int out, int err, const int *inherited, size_t inherited_count, int flags)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t set;
    short spawn_flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
    int standard[3] = {in, out, err};
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc)
        return rc;
    rc = posix_spawnattr_init(&attributes);
    if (rc) {
        posix_spawn_file_actions_destroy(&actions);
        return rc;
    }
    for (int i = 0; !rc && i < 3; i++)
        if (standard[i] >= 0)
            rc = posix_spawn_file_actions_adddup2(&actions, standard[i], i);
    /* dup2 onto itself clears the close-on-exec flag in the child alone (POSIX.1-2024, glibc 2.29). */
    for (size_t i = 0; !rc && i < inherited_count; i++)
        rc = posix_spawn_file_actions_adddup2(&actions, inherited[i], inherited[i]);
    if (!rc && directory)
        rc = posix_spawn_file_actions_addchdir_np(&actions, directory);
#ifdef __linux__
    if (!rc && (flags & CPOSIX_SPAWN_CLOSE_REST))
        rc = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#else
    if (flags & CPOSIX_SPAWN_CLOSE_REST)
        spawn_flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    if (flags & CPOSIX_SPAWN_NEW_SESSION)
        spawn_flags |= POSIX_SPAWN_SETSID;
    if (flags & CPOSIX_SPAWN_NEW_GROUP)
        spawn_flags |= POSIX_SPAWN_SETPGROUP;
    /* We ignore SIGPIPE and SIGXFSZ ourselves; no child shall inherit that. A new session also starts with default handling of
     * everything else, whatever `nohup` or a shell's `&` had it ignore. */
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    sigaddset(&set, SIGXFSZ);
    if (flags & CPOSIX_SPAWN_NEW_SESSION)
        sigfillset(&set);
    if (!rc)
        rc = posix_spawnattr_setsigdefault(&attributes, &set);
    sigemptyset(&set);
    if (!rc)
        rc = posix_spawnattr_setsigmask(&attributes, &set);
    if (!rc)
        rc = posix_spawnattr_setflags(&attributes, spawn_flags);
    if (!rc)
        rc = posix_spawn(pid, path, &actions, &attributes, argv, envp);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

int cposix_pipe_cloexec(int ends[2])
{
#ifdef __linux__
    return pipe2(ends, O_CLOEXEC);
#else
    if (pipe(ends))
        return -1;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
#endif
}

int cposix_rename_no_replace(const char *from, const char *to)
{
#ifdef __linux__
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
#else
    return renamex_np(from, to, RENAME_EXCL);
#endif
}

int cposix_rename_exchange(const char *one, const char *other)
{
#ifdef __linux__
    return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE);
#else
    return renamex_np(one, other, RENAME_SWAP);
#endif
}

int cposix_random(void *buffer, size_t length)
{
    return getentropy(buffer, length);
}

int cposix_pidfd_open(pid_t pid)
{
#ifdef __linux__
    return (int)syscall(SYS_pidfd_open, pid, 0);
#else
    (void)pid;
    errno = ENOSYS;
    return -1;
#endif
}

uint64_t cposix_pidfd_inode(int fd)
{
#ifdef __linux__
    struct statfs fs;
    struct stat st;

    if (fstatfs(fd, &fs) || fs.f_type != PIDFS_MAGIC || fstat(fd, &st))
        return 0;
    return st.st_ino;
#else
    (void)fd;
    return 0;
#endif
}

int cposix_exited(int status)
{
    return WIFEXITED(status);
}

int cposix_exit_status(int status)
{
    return WEXITSTATUS(status);
}

int cposix_term_signal(int status)
{
    return WTERMSIG(status);
}

static volatile pid_t forward_to;
static volatile sig_atomic_t held, forwarded;
static const int forwarded_numbers[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2};
enum { FORWARDED_COUNT = sizeof(forwarded_numbers) / sizeof(forwarded_numbers[0]) };
static struct sigaction before_forwarding[FORWARDED_COUNT];

static void forward(int number, siginfo_t *info, void *context)
{
    int saved = errno;

    (void)context;
    if (number != SIGUSR1 && number != SIGUSR2)
        forwarded = number;
    if (forward_to <= 0)
        held = number;
    else if (info->si_code <= 0)
        kill(forward_to, number);
    errno = saved;
}

void cposix_hold_signals(void)
{
    struct sigaction action = {0};

    held = 0;
    forwarded = 0;
    action.sa_sigaction = forward;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (size_t i = 0; i < FORWARDED_COUNT; i++) {
        /* The child is to ignore what `nohup` had us ignore, and would not do so if it were caught when it starts. */
        if (!sigaction(forwarded_numbers[i], NULL, &before_forwarding[i])
            && before_forwarding[i].sa_handler != SIG_IGN)
            sigaction(forwarded_numbers[i], &action, NULL);
    }
}

void cposix_forward_signals(pid_t pid)
{
    forward_to = pid;
    /* Of the terminal's the child may have had it already: twice is better than not at all. */
    if (held)
        kill(pid, held);
}

int cposix_stop_forwarding(void)
{
    forward_to = 0;
    for (size_t i = 0; i < FORWARDED_COUNT; i++)
        sigaction(forwarded_numbers[i], &before_forwarding[i], NULL);
    return forwarded;
}

static volatile sig_atomic_t termination;
static volatile int termination_bell = -1;

static void note_termination(int number)
{
    int saved = errno;

    (void)number;
    termination = 1;
    /* A full pipe wakes its reader as well. */
    if (write(termination_bell, "", 1) < 0)
        termination = 1;
    errno = saved;
}

void cposix_catch_termination(int bell)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {0};

    termination_bell = bell;
    action.sa_handler = note_termination;
    action.sa_flags = SA_RESTART;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        sigaction(numbers[i], &action, NULL);
}

int cposix_termination_caught(void)
{
    return termination;
}

#ifdef __linux__
static int drop_text(struct dl_phdr_info *info, size_t size, void *context)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    (void)size;
    (void)context;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + part->p_vaddr;
        uintptr_t end = start + part->p_filesz;

        /* Only what can be executed and not written: it is as the file has it, so it can be read again. */
        if (part->p_type != PT_LOAD || (part->p_flags & (PF_X | PF_W)) != PF_X)
            continue;
        start = (start + page - 1) & ~(page - 1);
        end &= ~(page - 1);
        if (end > start)
            madvise((void *)start, end - start, MADV_DONTNEED);
    }
    /* The first object is the program itself; libraries are shared with others anyway. */
    return 1;
}
#endif

void cposix_drop_text(void)
{
#ifdef __linux__
    dl_iterate_phdr(drop_text, NULL);
#endif
}

int cposix_terminal_columns(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_col;
}

int cposix_terminal_rows(int fd)
{
    struct winsize size;

    return ioctl(fd, TIOCGWINSZ, &size) ? 0 : size.ws_row;
}
