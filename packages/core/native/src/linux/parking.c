/* Parking on Linux: a futex that is not private, because the sleeper and the waker are usually in different processes (futex(2)). */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int mc_wait(int32_t *word, int32_t expected, double ms) {
  struct timespec timeout;
  timeout.tv_sec = (time_t)(ms / 1000);
  timeout.tv_nsec = (long)((ms - (double)timeout.tv_sec * 1000) * 1e6);
  if (syscall(SYS_futex, word, FUTEX_WAIT, expected, &timeout, NULL, 0) == 0) return MC_WOKEN;
  switch (errno) {
    case EAGAIN: return MC_CHANGED;
    case ETIMEDOUT: return MC_TIMED_OUT;
    /* Any signal, SIGCHLD above all; the caller loops on its condition. */
    case EINTR: return MC_INTERRUPTED;
    default: return -errno;
  }
}

int mc_wake(int32_t *word, int count) {
  long woken = syscall(SYS_futex, word, FUTEX_WAKE, count, NULL, NULL, 0);
  return woken < 0 ? -errno : (int)woken;
}
