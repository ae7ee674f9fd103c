#define _GNU_SOURCE
#include "CPOSIX.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static volatile int signal_bell = -1;

static void note_signal(int number, siginfo_t *info, void *context)
{
    int saved = errno;
    struct cposix_note note = {number, info->si_code <= 0 ? info->si_pid : 0};

    (void)context;
    /* A full pipe rings already. */
    if (signal_bell >= 0 && write(signal_bell, &note, sizeof(note)) < 0)
        errno = saved;
    errno = saved;
}

void cposix_ring_signals(int bell, const int *numbers, size_t count)
{
    struct sigaction action = {0}, before;

    signal_bell = bell;
    action.sa_sigaction = note_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (size_t i = 0; i < count; i++) {
        /* What `nohup` or a shell's `&` had us ignore, our children ignore too. */
        if (sigaction(numbers[i], NULL, &before) || (before.sa_handler == SIG_IGN && numbers[i] != SIGCHLD))
            continue;
        sigaction(numbers[i], &action, NULL);
    }
}

int cposix_stop_signal(int status)
{
    return WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
}

int cposix_adopt_orphans(void)
{
#ifdef __linux__
    return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#else
    errno = ENOSYS;
    return -1;
#endif
}

int cposix_yield_processor(pid_t pid)
{
    int now;

    errno = 0;
    now = getpriority(PRIO_PROCESS, (id_t)pid);
    return errno ? -1 : now >= 10 ? 0 : setpriority(PRIO_PROCESS, (id_t)pid, 10);
}

int64_t cposix_own_peak_bytes(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) ? 0 : (int64_t)usage.ru_maxrss * 1024;
}

int cposix_processors(void)
{
    long online;
#ifdef __linux__
    cpu_set_t set;

    if (!sched_getaffinity(0, sizeof(set), &set) && CPU_COUNT(&set) > 0)
        return CPU_COUNT(&set);
#endif
    online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

void cposix_lower_priority(void)
{
    setpriority(PRIO_PROCESS, 0, 19);
#if defined(__linux__) && defined(SYS_ioprio_set)
    /* IOPRIO_WHO_PROCESS, and IOPRIO_CLASS_IDLE in the upper bits (ioprio_set(2)). */
    syscall(SYS_ioprio_set, 1, 0, 3 << 13);
#elif defined(PRIO_DARWIN_BG)
    setpriority(PRIO_DARWIN_PROCESS, 0, PRIO_DARWIN_BG);
#endif
}
