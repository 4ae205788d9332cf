/*
 * Loads the addon without Node, to try it on a C library for which there is no Node at hand: `host <manycore.node>`.
 *
 * As much of Node-API as the calls below need. What else the addon imports of Node is added by native-host.ts, so that the loader resolves all symbols, and ends the program when it is called. Values are
 * never freed.
 */
#define NAPI_VERSION 8
#include <node_api.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHECK(condition, ...)                                      \
  do {                                                             \
    if (!(condition)) {                                            \
      fprintf(stderr, __VA_ARGS__), fprintf(stderr, " (%s)\n", #condition); \
      exit(1);                                                     \
    }                                                              \
  } while (0)

enum { MOST_ARGUMENTS = 5, MOST_ITEMS = 128 };

/* A number or boolean, a function, an array or object of items, or words in memory. */
struct napi_value__ {
  double number;
  napi_callback function;
  struct { const char *name; napi_value value; } items[MOST_ITEMS];
  size_t count;
  void *data;
  size_t length;
};

struct napi_callback_info__ {
  napi_value arguments[MOST_ARGUMENTS];
  size_t count;
};

static napi_value new_value(double number) {
  napi_value value = calloc(1, sizeof *value);
  CHECK(value != NULL, "no memory");
  value->number = number;
  return value;
}

static napi_status put(napi_value *result, napi_value value) {
  *result = value;
  return napi_ok;
}

napi_status napi_create_int32(napi_env env, int32_t number, napi_value *result) { return (void)env, put(result, new_value(number)); }
napi_status napi_create_double(napi_env env, double number, napi_value *result) { return (void)env, put(result, new_value(number)); }
napi_status napi_get_boolean(napi_env env, bool is, napi_value *result) { return (void)env, put(result, new_value(is)); }
napi_status napi_create_array_with_length(napi_env env, size_t length, napi_value *result) { return (void)env, (void)length, put(result, new_value(0)); }

napi_status napi_create_function(napi_env env, const char *name, size_t length, napi_callback function, void *data, napi_value *result) {
  (void)env, (void)name, (void)length, (void)data;
  put(result, new_value(0));
  (*result)->function = function;
  return napi_ok;
}

napi_status napi_create_external_arraybuffer(napi_env env, void *data, size_t length, napi_finalize finalize, void *hint, napi_value *result) {
  (void)env, (void)finalize, (void)hint;
  put(result, new_value(0));
  (*result)->data = data;
  (*result)->length = length;
  return napi_ok;
}

napi_status napi_set_named_property(napi_env env, napi_value object, const char *name, napi_value value) {
  (void)env;
  CHECK(object->count < MOST_ITEMS, "more than %d functions", MOST_ITEMS);
  object->items[object->count].name = name;
  object->items[object->count++].value = value;
  return napi_ok;
}

napi_status napi_set_element(napi_env env, napi_value array, uint32_t index, napi_value value) {
  (void)env;
  array->items[index].value = value;
  array->count = index + 1;
  return napi_ok;
}

napi_status napi_get_value_int32(napi_env env, napi_value value, int32_t *result) { return (void)env, *result = (int32_t)value->number, napi_ok; }
napi_status napi_get_value_double(napi_env env, napi_value value, double *result) { return (void)env, *result = value->number, napi_ok; }
napi_status napi_get_value_bool(napi_env env, napi_value value, bool *result) { return (void)env, *result = value->number != 0, napi_ok; }

napi_status napi_get_typedarray_info(napi_env env, napi_value array, napi_typedarray_type *type, size_t *length, void **data, napi_value *buffer, size_t *offset) {
  (void)env, (void)buffer, (void)offset;
  if (type != NULL) *type = napi_int32_array;
  *length = array->length / sizeof(int32_t);
  *data = array->data;
  return napi_ok;
}

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t *count, napi_value *arguments, napi_value *self, void **data) {
  (void)env, (void)self, (void)data;
  memcpy(arguments, info->arguments, info->count * sizeof *arguments);
  *count = info->count;
  return napi_ok;
}

napi_status napi_throw_error(napi_env env, const char *code, const char *message) {
  (void)env;
  CHECK(code == NULL, "%s: %s", code, message);
  return napi_ok;
}

/* This program ends, and all with it. */
napi_status napi_add_env_cleanup_hook(napi_env env, napi_cleanup_hook hook, void *data) { return (void)env, (void)hook, (void)data, napi_ok; }
napi_status napi_remove_env_cleanup_hook(napi_env env, napi_cleanup_hook hook, void *data) { return (void)env, (void)hook, (void)data, napi_ok; }

/* --- what is tried --- */

static napi_value exported(napi_value exports, const char *name) {
  for (size_t i = 0; i < exports->count; i++) {
    if (strcmp(exports->items[i].name, name) == 0) return exports->items[i].value;
  }
  CHECK(false, "the addon has no %s", name);
  return NULL;
}

static napi_value call_with(napi_value exports, const char *name, size_t count, const napi_value *arguments) {
  struct napi_callback_info__ info = {.count = count};
  memcpy(info.arguments, arguments, count * sizeof *arguments);
  napi_value result = exported(exports, name)->function(NULL, &info);
  CHECK(result != NULL, "%s() gave nothing", name);
  return result;
}

#define CALL(name, ...) \
  call_with(exports, name, sizeof((napi_value[]){__VA_ARGS__}) / sizeof(napi_value), (napi_value[]){__VA_ARGS__})
#define N(number) new_value(number)
#define EXPECT(name, expected, ...)                                                                    \
  do {                                                                                                 \
    double found = CALL(name, __VA_ARGS__)->number;                                                     \
    CHECK(found == (expected), "%s(%s) gave %g", name, #__VA_ARGS__, found);                            \
  } while (0)

enum { CHANGED = 1, TIMED_OUT = 2, WINDOW_BYTES = 65536 };

/* Memory, liveness and waiting, as two threads of a session use them. */
static void try_memory(napi_value exports) {
  napi_value memory = CALL("createMemory", N(1 << 20));
  CHECK(memory->number >= 0, "createMemory() gave %g", memory->number);
  napi_value own = CALL("reopenMemory", memory);
  CHECK(own->number > memory->number, "reopenMemory() gave %g", own->number);
  EXPECT("fileIdentity", CALL("fileIdentity", memory)->number, own);
  EXPECT("claim", 1, own, N(7));
  EXPECT("isClaimed", 1, memory, N(7));
  EXPECT("claim", 0, memory, N(7));
  EXPECT("release", 0, own, N(7));
  EXPECT("isClaimed", 0, memory, N(7));

  napi_value words = CALL("mapWindow", memory, N(0), N(WINDOW_BYTES), N(false));
  napi_value again = CALL("mapWindow", own, N(0), N(WINDOW_BYTES), N(false));
  CHECK(words->data != NULL && again->data != NULL && words->data != again->data, "mapWindow() gave no two windows");
  ((int32_t *)words->data)[5] = 42;
  CHECK(((int32_t *)again->data)[5] == 42, "two windows do not show the same memory");
  EXPECT("wait", CHANGED, words, N(5), N(1), N(1000));
  EXPECT("wait", TIMED_OUT, words, N(5), N(42), N(1));
  EXPECT("wake", 0, words, N(5), N(1));
  CHECK(CALL("allocatedBytes", memory)->number >= 4096, "nothing was allocated");
  EXPECT("punch", 0, memory, N(0), N(WINDOW_BYTES));
  CHECK(((int32_t *)words->data)[5] == 0, "punch() left what was there");
}

static void try_system(napi_value exports) {
  CHECK(exported(exports, "cpuCount")->number >= 1, "cpuCount");
  CHECK(exported(exports, "pageSize")->number >= 4096, "pageSize");
  CHECK(exported(exports, "isMainThread")->number == true, "isMainThread");
  CHECK(CALL("affinity", N(0))->count >= 1, "affinity() gave no CPU");

  napi_value bell = CALL("createBell", N(0));
  CHECK(bell->count == 4, "createBell() gave %g", bell->number);
  napi_value opened = CALL("openBell", N(getpid()), bell->items[0].value, bell->items[2].value, bell->items[3].value);
  CHECK(opened->number >= 0, "openBell() gave %g", opened->number);
  EXPECT("ringBell", 0, opened);
  CHECK(CALL("drainBell", bell->items[0].value)->number >= 0, "drainBell");
  EXPECT("closeSocket", 0, opened);

  napi_value process = CALL("openProcess", N(getpid()));
  CHECK(process->number >= 0, "openProcess() gave %g", process->number);
  EXPECT("close", 0, process);
  napi_value ends = CALL("pipe", N(0));
  CHECK(ends->count == 2, "pipe() gave %g", ends->number);
  EXPECT("pollFd", 0, ends->items[0].value, N(1), N(1));
  pid_t child = fork();
  if (child == 0) _exit(3);
  napi_value end = CALL("waitProcess", N(child), N(10000));
  CHECK(end->count == 2 && end->items[0].value->number == 3, "waitProcess() gave %g", end->number);
}

int main(int count, char **arguments) {
  CHECK(count == 2, "usage: host <manycore.node>");
  void *addon = dlopen(arguments[1], RTLD_NOW);
  CHECK(addon != NULL, "%s", dlerror());
  napi_addon_register_func begin = (napi_addon_register_func)dlsym(addon, "napi_register_module_v1");
  CHECK(begin != NULL, "the addon has nothing to begin with");
  napi_value exports = new_value(0);
  CHECK(begin(NULL, exports) == exports, "the addon refused to begin");
  try_memory(exports);
  try_system(exports);
  printf("%g\n", exported(exports, "version")->number);
  return 0;
}
