#include "CPOSIX.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/fs.h>
#endif

int cposix_copy_file(int from, int to)
{
    static char buffer[1 << 16];
    ssize_t got;

#ifdef FICLONE
    if (!ioctl(to, FICLONE, from))
        return 0;
#endif
    for (;;) {
        got = read(from, buffer, sizeof(buffer));
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -1 : 0;
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, buffer + done, (size_t)(got - done));

            if (put < 0 && errno != EINTR)
                return -1;
            done += put > 0 ? put : 0;
        }
    }
}
