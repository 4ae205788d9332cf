/* The CPUs of a thread on Linux: children, threads and processes alike, begin with those of the thread that starts them. See sched_setaffinity(2). */
#define _GNU_SOURCE
#include "manycore.h"

#include <errno.h>
#include <sched.h>

/* Room for 8192 CPUs: with fewer than the kernel has, the calls fail. */
enum { MOST_CPUS = 8192 };

int mc_affinity(int *cpus, int capacity) {
  cpu_set_t set[MOST_CPUS / CPU_SETSIZE];
  if (sched_getaffinity(0, sizeof set, set) != 0) return -errno;
  int count = 0;
  for (int cpu = 0; cpu < MOST_CPUS && count < capacity; cpu++) {
    if (CPU_ISSET_S((size_t)cpu, sizeof set, set)) cpus[count++] = cpu;
  }
  return count;
}

int mc_set_affinity(const int *cpus, int count) {
  cpu_set_t set[MOST_CPUS / CPU_SETSIZE];
  CPU_ZERO_S(sizeof set, set);
  for (int i = 0; i < count; i++) {
    if (cpus[i] < 0 || cpus[i] >= MOST_CPUS) return -EINVAL;
    CPU_SET_S((size_t)cpus[i], sizeof set, set);
  }
  return sched_setaffinity(0, sizeof set, set) == 0 ? 0 : -errno;
}

int mc_wake_elsewhere(int pid) {
  cpu_set_t set[MOST_CPUS / CPU_SETSIZE];
  int here = sched_getcpu();
  if (here < 0 || here >= MOST_CPUS) return here < 0 ? -errno : -EINVAL;
  if (sched_getaffinity(pid, sizeof set, set) != 0) return -errno;
  CPU_CLR_S((size_t)here, sizeof set, set);
  /* Without a CPU that is left it is refused. */
  return sched_setaffinity(pid, sizeof set, set) == 0 ? 0 : -errno;
}
