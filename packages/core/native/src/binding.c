/*
 * The Node-API surface: checks arguments, calls the operating-system interface, hands back numbers. A negative number is an errno; TypeScript makes
 * the errors, because only it knows which call of the user this was.
 *
 * Words are passed as (Int32Array, index), never as addresses: the array keeps its mapping alive for the duration of the call.
 */
#define _GNU_SOURCE
#include "binding.h"

#include <dlfcn.h>
#include <stdlib.h>

napi_value mc_throw(napi_env env, const char *message) {
  napi_throw_error(env, "ERR_MANYCORE_NATIVE", message);
  return NULL;
}

int32_t mc_int(napi_env env, napi_value value) {
  int32_t result = 0;
  if (napi_get_value_int32(env, value, &result) != napi_ok) mc_throw(env, "expected a number");
  return result;
}

double mc_double(napi_env env, napi_value value) {
  double result = 0;
  if (napi_get_value_double(env, value, &result) != napi_ok) mc_throw(env, "expected a number");
  return result;
}

napi_value mc_from_int(napi_env env, int32_t value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

napi_value mc_from_double(napi_env env, double value) {
  napi_value result = NULL;
  napi_create_double(env, value, &result);
  return result;
}

void mc_define(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

static void set_number(napi_env env, napi_value array, uint32_t index, double value) {
  napi_set_element(env, array, index, mc_from_double(env, value));
}

/* --- memory --- */

static napi_value create_memory(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_memory_create((uint64_t)mc_double(env, arguments[0])));
}

static void close_at_exit(void *fd) { mc_close((int)(intptr_t)fd); }

/* reopenMemory(fd) -> fd of a description of this thread's own, closed when its environment ends: that frees its byte locks (trap T12). */
static napi_value reopen_memory(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int fd = mc_memory_reopen(mc_int(env, arguments[0]));
  if (fd >= 0) napi_add_env_cleanup_hook(env, close_at_exit, (void *)(intptr_t)fd);
  return mc_from_int(env, fd);
}

static napi_value allocated_bytes(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_double(env, (double)mc_memory_allocated(mc_int(env, arguments[0])));
}

static napi_value punch(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  return mc_from_int(env, mc_memory_punch(mc_int(env, arguments[0]), (uint64_t)mc_double(env, arguments[1]), (uint64_t)mc_double(env, arguments[2])));
}

typedef napi_status(NAPI_CDECL *create_external_shared)(napi_env, void *, size_t, void (*)(void *, void *), void *, napi_value *);

/* In Node 22.23, 24.16, 26.1 and later, and in no header we could build against: looked up when the addon is loaded. */
static create_external_shared external_shared(void) {
  return (create_external_shared)dlsym(RTLD_DEFAULT, "node_api_create_external_sharedarraybuffer");
}

/* Runs on any thread, after the environment that made the buffer may be gone; the addon is linked never to be unloaded (trap T1). */
static void unmap_shared(void *data, void *length) { mc_unmap(data, (size_t)(uintptr_t)length); }

static void unmap_external(napi_env env, void *data, void *length) {
  (void)env;
  mc_unmap(data, (size_t)(uintptr_t)length);
}

/* mapWindow(fd, offset, length, shared) -> SharedArrayBuffer or ArrayBuffer, or a negative errno. `shared` needs `canShare`. */
static napi_value map_window(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  size_t length = (size_t)mc_double(env, arguments[2]);
  bool shared = false;
  napi_get_value_bool(env, arguments[3], &shared);
  int error = 0;
  void *address = mc_map(mc_int(env, arguments[0]), (uint64_t)mc_double(env, arguments[1]), length, NULL, &error);
  if (address == NULL) return mc_from_int(env, error);
  napi_value buffer = NULL;
  napi_status status;
  if (shared) {
    create_external_shared create = external_shared();
    status = create == NULL ? napi_generic_failure : create(env, address, length, unmap_shared, (void *)(uintptr_t)length, &buffer);
  } else {
    status = napi_create_external_arraybuffer(env, address, length, unmap_external, (void *)(uintptr_t)length, &buffer);
  }
  if (status == napi_ok) return buffer;
  mc_unmap(address, length);
  return mc_throw(env, "this runtime does not allow buffers over external memory");
}

/* mapOver(bytes, fd, offset): replaces the pages of a reserved, still unused buffer by a window. -EINVAL when they are not whole pages. */
static napi_value map_over(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  void *data;
  size_t length;
  if (napi_get_typedarray_info(env, arguments[0], NULL, &length, &data, NULL, NULL) != napi_ok) return mc_throw(env, "expected a Uint8Array");
  size_t page = mc_page_size();
  if ((uintptr_t)data % page != 0 || length % page != 0) return mc_from_int(env, -22);
  int error = 0;
  void *address = mc_map(mc_int(env, arguments[1]), (uint64_t)mc_double(env, arguments[2]), length, data, &error);
  return mc_from_int(env, address == NULL ? error : 0);
}

static napi_value keep_freed_memory(napi_env env, napi_callback_info info) {
  (void)env;
  (void)info;
  mc_keep_freed_memory();
  return NULL;
}

/* --- parking --- */

/* The address of words[index], or NULL with an exception pending. */
static int32_t *word_at(napi_env env, napi_value words, napi_value index) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  int32_t at = mc_int(env, index);
  if (napi_get_typedarray_info(env, words, &type, &length, &data, NULL, NULL) != napi_ok || type != napi_int32_array || at < 0 || (size_t)at >= length) {
    mc_throw(env, "expected an Int32Array and an index inside it");
    return NULL;
  }
  return (int32_t *)data + at;
}

static napi_value wait_word(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  int32_t *word = word_at(env, arguments[0], arguments[1]);
  return word == NULL ? NULL : mc_from_int(env, mc_wait(word, mc_int(env, arguments[2]), mc_double(env, arguments[3])));
}

static napi_value wake_word(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  int32_t *word = word_at(env, arguments[0], arguments[1]);
  return word == NULL ? NULL : mc_from_int(env, mc_wake(word, mc_int(env, arguments[2])));
}

/* --- liveness --- */

static napi_value claim(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  return mc_from_int(env, mc_claim(mc_int(env, arguments[0]), (uint64_t)mc_double(env, arguments[1])));
}

static napi_value release(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  return mc_from_int(env, mc_release(mc_int(env, arguments[0]), (uint64_t)mc_double(env, arguments[1])));
}

static napi_value is_claimed(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  return mc_from_int(env, mc_is_claimed(mc_int(env, arguments[0]), (uint64_t)mc_double(env, arguments[1])));
}

/* --- doorbell; identities are 64 bits and travel as two halves --- */

/* createBell() -> [owner's end, ringing end, identity low, identity high]; closed when the environment ends. */
static napi_value create_bell(napi_env env, napi_callback_info info) {
  (void)info;
  int fds[2];
  uint64_t identity;
  int error = mc_bell_create(fds, &identity);
  if (error < 0) return mc_from_int(env, error);
  napi_add_env_cleanup_hook(env, close_at_exit, (void *)(intptr_t)fds[0]);
  napi_add_env_cleanup_hook(env, close_at_exit, (void *)(intptr_t)fds[1]);
  napi_value result;
  napi_create_array_with_length(env, 4, &result);
  set_number(env, result, 0, fds[0]);
  set_number(env, result, 1, fds[1]);
  set_number(env, result, 2, (int32_t)(uint32_t)identity);
  set_number(env, result, 3, (int32_t)(uint32_t)(identity >> 32));
  return result;
}

static napi_value open_bell(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  uint64_t identity = (uint64_t)(uint32_t)mc_int(env, arguments[2]) | (uint64_t)(uint32_t)mc_int(env, arguments[3]) << 32;
  return mc_owned(env, mc_bell_open(mc_int(env, arguments[0]), mc_int(env, arguments[1]), identity));
}

static napi_value ring_bell(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_bell_ring(mc_int(env, arguments[0])));
}

static napi_value drain_bell(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_bell_drain(mc_int(env, arguments[0])));
}

/* --- processes --- */

static napi_value make_pipe(napi_env env, napi_callback_info info) {
  (void)info;
  int fds[2];
  int error = mc_pipe(fds);
  if (error < 0) return mc_from_int(env, error);
  napi_value result;
  napi_create_array_with_length(env, 2, &result);
  set_number(env, result, 0, fds[0]);
  set_number(env, result, 1, fds[1]);
  return result;
}

/* waitProcess(pid, ms) -> [exit code or -1, signal or -1] once it has ended, 0 while it runs, or a negative errno. */
static napi_value wait_process(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  int code = -1, signal_number = -1;
  int ended = mc_process_wait(mc_int(env, arguments[0]), mc_int(env, arguments[1]), &code, &signal_number);
  if (ended != 1) return mc_from_int(env, ended);
  napi_value result;
  napi_create_array_with_length(env, 2, &result);
  set_number(env, result, 0, code);
  set_number(env, result, 1, signal_number);
  return result;
}

static napi_value open_process(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_process_open(mc_int(env, arguments[0])));
}

static napi_value watch_parent(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  return mc_from_int(env, mc_watch_parent(mc_int(env, arguments[0]), mc_int(env, arguments[1])));
}

static napi_value set_cloexec(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_set_cloexec(mc_int(env, arguments[0])));
}

/* fileIdentity(fd) -> a number that names the open file, 0 when there is none; 53 bits are plenty to tell a stranger. */
static napi_value file_identity(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_double(env, (double)(mc_file_identity(mc_int(env, arguments[0])) & 0x1fffffffffffffULL));
}

static napi_value close_fd(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_int(env, mc_close(mc_int(env, arguments[0])));
}

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback callback;
  } functions[] = {
      {"createMemory", create_memory}, {"reopenMemory", reopen_memory},
      {"allocatedBytes", allocated_bytes}, {"punch", punch},             {"mapWindow", map_window},
      {"mapOver", map_over},          {"wait", wait_word},               {"wake", wake_word},
      {"keepFreedMemory", keep_freed_memory}, {"claim", claim},          {"release", release},
      {"isClaimed", is_claimed},      {"createBell", create_bell},       {"openBell", open_bell},
      {"ringBell", ring_bell},        {"drainBell", drain_bell},         {"pipe", make_pipe},
      {"waitProcess", wait_process},  {"openProcess", open_process},     {"watchParent", watch_parent},
      {"setCloexec", set_cloexec},    {"fileIdentity", file_identity},   {"close", close_fd},
  };
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) mc_define(env, exports, functions[i].name, functions[i].callback);
  napi_value can_share;
  napi_get_boolean(env, external_shared() != NULL, &can_share);
  napi_set_named_property(env, exports, "canShare", can_share);
  napi_value is_main_thread;
  napi_get_boolean(env, mc_is_main_thread(), &is_main_thread);
  napi_set_named_property(env, exports, "isMainThread", is_main_thread);
  napi_set_named_property(env, exports, "version", mc_from_int(env, MC_INTERFACE_VERSION));
  napi_set_named_property(env, exports, "cpuCount", mc_from_int(env, mc_cpu_count()));
  napi_set_named_property(env, exports, "pageSize", mc_from_double(env, (double)mc_page_size()));
  mc_bytes_init(env, exports);
  mc_process_state_init(env, exports);
  mc_thread_init(env, exports);
  mc_socket_init(env, exports);
  mc_file_init(env, exports);
  if (mc_event_loop_init(env, exports) != napi_ok) return NULL;
  return exports;
}
