/* A thread as a child: what belongs to it until its end, and the CPUs it may run on. */
#include "binding.h"

#include <stdatomic.h>

enum { MOST_CPUS = 8192 };

static void close_at_exit(void *fd) { mc_close((int)(intptr_t)fd); }

/*
 * takeDescriptors(fds, words, index, from, to): when the word is `from` it becomes `to`, and the descriptors (Int32Array, those below 0 are none) are this thread's, closed when its environment ends: after
 * whatever came later in it. Both or neither, also when the thread is terminated meanwhile, which stops JavaScript only. Returns whether.
 */
static napi_value take_descriptors(napi_env env, napi_callback_info info) {
  ARGUMENTS(5);
  int32_t *fds, *words;
  size_t count, length;
  if (napi_get_typedarray_info(env, arguments[0], NULL, &count, (void **)&fds, NULL, NULL) != napi_ok) return mc_throw(env, "expected an Int32Array of descriptors");
  if (napi_get_typedarray_info(env, arguments[1], NULL, &length, (void **)&words, NULL, NULL) != napi_ok) return mc_throw(env, "expected an Int32Array");
  int32_t index = mc_int(env, arguments[2]);
  if (index < 0 || (size_t)index >= length) return mc_throw(env, "index out of range");
  int expected = mc_int(env, arguments[3]);
  bool taken = atomic_compare_exchange_strong((_Atomic int32_t *)&words[index], &expected, mc_int(env, arguments[4]));
  for (size_t i = 0; taken && i < count; i++) {
    if (fds[i] >= 0) napi_add_env_cleanup_hook(env, close_at_exit, (void *)(intptr_t)fds[i]);
  }
  napi_value result = NULL;
  napi_get_boolean(env, taken, &result);
  return result;
}

/* duplicate(fd) -> a descriptor that nobody closes by himself. */
static napi_value duplicate(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_dup(mc_int(env, arguments[0])));
}

/* affinity() -> the CPUs that the calling thread may run on, or a negative errno. */
static napi_value affinity(napi_env env, napi_callback_info info) {
  (void)info;
  int cpus[MOST_CPUS];
  int count = mc_affinity(cpus, MOST_CPUS);
  if (count < 0) return mc_from_int(env, count);
  napi_value result = NULL;
  napi_create_array_with_length(env, (size_t)count, &result);
  for (int i = 0; i < count; i++) napi_set_element(env, result, (uint32_t)i, mc_from_int(env, cpus[i]));
  return result;
}

/* setAffinity(cpus): of the calling thread, and so of the threads and processes that it starts from now on. */
static napi_value set_affinity(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int cpus[MOST_CPUS];
  uint32_t count = 0;
  napi_get_array_length(env, arguments[0], &count);
  if (count > MOST_CPUS) return mc_throw(env, "too many CPUs");
  for (uint32_t i = 0; i < count; i++) {
    napi_value cpu;
    napi_get_element(env, arguments[0], i, &cpu);
    cpus[i] = mc_int(env, cpu);
  }
  return mc_from_int(env, mc_set_affinity(cpus, (int)count));
}

static napi_value wake_elsewhere(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_wake_elsewhere(mc_int(env, arguments[0])));
}

void mc_thread_init(napi_env env, napi_value exports) {
  mc_define(env, exports, "takeDescriptors", take_descriptors);
  mc_define(env, exports, "duplicate", duplicate);
  mc_define(env, exports, "affinity", affinity);
  mc_define(env, exports, "setAffinity", set_affinity);
  mc_define(env, exports, "wakeElsewhere", wake_elsewhere);
}
