/*
 * A process of nobody's, on Linux, and what it waits for.
 *
 * Two children, one inside of the other: the first makes a session of its own and ends when the second runs its program, so that the second is adopted by init. Both run in the memory of this process
 * while the thread that started them stands still (CLONE_VM, CLONE_VFORK), each on a stack of its own, as posix_spawn does it: nothing is copied, however large the process is, and an error needs no pipe
 * to come back. They may use only what a signal handler may.
 */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef F_OFD_SETLKW
#define F_OFD_SETLKW 38
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { STACK_BYTES = 32 * 1024, HANDED_FD = 3, MOST_FDS = 1 << 16, LAST_SIGNAL = 64 };

struct program {
  const char *path;
  char *const *argv;
  char *const *envp;
  int fd;
  _Alignas(16) char inner_stack[STACK_BYTES];
  _Alignas(16) char outer_stack[STACK_BYTES];
  /* Written by the children. */
  int error;
};

static void close_from(unsigned first) {
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  long most = sysconf(_SC_OPEN_MAX);
  if (most < 0 || most > MOST_FDS) most = MOST_FDS;
  for (long fd = first; fd < most; fd++) close((int)fd);
}

static int failed(struct program *program) {
  program->error = -errno;
  return 1;
}

static int run(void *argument) {
  struct program *program = argument;
  /* Above what is overwritten next. dup2 takes close-on-exec away. */
  int kept = fcntl(program->fd, F_DUPFD, HANDED_FD + 1);
  if (kept < 0) return failed(program);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return failed(program);
  for (int fd = 0; fd < HANDED_FD; fd++) {
    if (dup2(null, fd) < 0) return failed(program);
  }
  if (dup2(kept, HANDED_FD) < 0 || chdir("/") != 0) return failed(program);
  close_from(HANDED_FD + 1);
  /* What this process caught or ignored must not reach the program: the table is a copy of ours. */
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number <= LAST_SIGNAL; number++) sigaction(number, &standard, NULL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(program->path, program->argv, program->envp);
  return failed(program);
}

/* No signal at its end: it is nobody else's business (libuv's, say) that there was a child. */
static const int VIRTUAL_CHILD = CLONE_VM | CLONE_VFORK;

static int start(void *argument) {
  struct program *program = argument;
  if (setsid() < 0) return failed(program);
  if (clone(run, program->inner_stack + STACK_BYTES, VIRTUAL_CHILD | SIGCHLD, program) < 0) return failed(program);
  return 0;
}

int mc_spawn_detached(const char *path, char *const argv[], char *const envp[], int fd) {
  struct program *program = malloc(sizeof *program);
  if (program == NULL) return -ENOMEM;
  program->path = path;
  program->argv = argv;
  program->envp = envp;
  program->fd = fd;
  program->error = 0;
  /* A handler of ours must not run in a child that has our memory. */
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int child = clone(start, program->outer_stack + STACK_BYTES, VIRTUAL_CHILD, program);
  int error = child < 0 ? -errno : 0;
  if (child >= 0) {
    while (waitpid(child, NULL, __WALL) < 0 && errno == EINTR) {
    }
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (error == 0) error = program->error;
  free(program);
  return error;
}

int mc_claim_at_end(int fd, uint64_t byte) {
  signal(SIGINT, SIG_IGN);
  signal(SIGTERM, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  struct flock lock = {0};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = (off_t)byte;
  lock.l_len = 1;
  int result;
  do {
    result = fcntl(fd, F_OFD_SETLKW, &lock);
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : -errno;
}
