/* Processes on Linux: waiting for a child without taking its exit status from libuv, and ending with the parent. */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int mc_pipe(int fds[2]) { return pipe2(fds, O_CLOEXEC) == 0 ? 0 : -errno; }

int mc_process_open(int pid) {
  int fd = (int)syscall(SYS_pidfd_open, pid, 0);
  return fd < 0 ? -errno : fd;
}

/* WNOWAIT leaves the zombie for libuv, which reaps it and emits `exit` as always. */
static int peek_exit(int pid, int *code, int *signal_number) {
  siginfo_t info = {0};
  if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) return -errno;
  if (info.si_pid == 0) return 0;
  *code = info.si_code == CLD_EXITED ? info.si_status : -1;
  *signal_number = info.si_code == CLD_EXITED ? -1 : info.si_status;
  return 1;
}

int mc_process_wait(int pid, int ms, int *code, int *signal_number) {
  int ended = peek_exit(pid, code, signal_number);
  if (ended != 0 || ms <= 0) return ended;
  int fd = mc_process_open(pid);
  if (fd < 0) {
    /* Linux before 5.3 has no pidfd: look every millisecond. */
    struct timespec pause = {0, 1000000};
    for (int waited = 0; waited < ms && ended == 0; waited++) {
      nanosleep(&pause, NULL);
      ended = peek_exit(pid, code, signal_number);
    }
    return ended;
  }
  struct pollfd event = {.fd = fd, .events = POLLIN};
  /* EINTR ends the slice early; the caller looks again. */
  poll(&event, 1, ms);
  close(fd);
  return peek_exit(pid, code, signal_number);
}

int mc_is_main_thread(void) { return (pid_t)syscall(SYS_gettid) == getpid(); }

int mc_cpu_count(void) {
  /* Room for 8192 CPUs: with fewer than the kernel has, the call fails. */
  cpu_set_t set[8192 / CPU_SETSIZE];
  if (sched_getaffinity(0, sizeof set, set) != 0) return (int)sysconf(_SC_NPROCESSORS_ONLN);
  return CPU_COUNT_S(sizeof set, set);
}

struct parent_watch {
  int fd;
  int grace_ms;
};

static void *watch_parent(void *argument) {
  struct parent_watch watch = *(struct parent_watch *)argument;
  free(argument);
  /* Of nothing but a hang-up, which needs no asking: a standby is told by this very descriptor what to do. Whatever ends the poll other than a signal is the death of the parent. */
  struct pollfd event = {.fd = watch.fd, .events = 0};
  while (poll(&event, 1, -1) < 0 && errno == EINTR) {
  }
  kill(getpid(), SIGTERM);
  struct timespec grace = {watch.grace_ms / 1000, (long)(watch.grace_ms % 1000) * 1000000};
  nanosleep(&grace, NULL);
  kill(getpid(), SIGKILL);
  /* Process 1 of a pid namespace cannot be killed from inside. */
  _exit(128 + SIGKILL);
}

int mc_watch_parent(int fd, int grace_ms) {
  struct parent_watch *watch = malloc(sizeof *watch);
  if (watch == NULL) return -ENOMEM;
  watch->fd = fd;
  watch->grace_ms = grace_ms;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 64 * 1024);
  /* Signals go to the threads that expect them: this one takes none. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, watch_parent, watch);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (error != 0) free(watch);
  return -error;
}
