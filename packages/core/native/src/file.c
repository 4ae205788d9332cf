/* Named files and the process that removes them, for JavaScript. */
#include "binding.h"

#include <errno.h>
#include <stdlib.h>

/* The UTF-8 bytes of a string, to be freed; NULL with an exception pending. No NUL is in it: TypeScript has looked. */
static char *text_of(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, NULL, 0, &length) != napi_ok) {
    mc_throw(env, "expected a string");
    return NULL;
  }
  char *text = malloc(length + 1);
  if (text == NULL) {
    mc_throw(env, "out of memory");
    return NULL;
  }
  napi_get_value_string_utf8(env, value, text, length + 1, &length);
  return text;
}

static napi_value make_file(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  double size = mc_double(env, arguments[1]);
  char *folder = text_of(env, arguments[0]);
  if (folder == NULL) return NULL;
  int fd = size < 9e18 ? mc_file_make(folder, (uint64_t)size) : -EFBIG;
  free(folder);
  return mc_from_int(env, fd);
}

static napi_value publish_file(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  int fd = mc_int(env, arguments[0]);
  char *path = text_of(env, arguments[1]);
  if (path == NULL) return NULL;
  int result = mc_file_publish(fd, path);
  free(path);
  return mc_from_int(env, result);
}

static napi_value open_file(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char *path = text_of(env, arguments[0]);
  if (path == NULL) return NULL;
  int fd = mc_file_open(path);
  free(path);
  return mc_from_int(env, fd);
}

static napi_value file_size(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  return mc_from_double(env, (double)mc_file_size(mc_int(env, arguments[0])));
}

static napi_value remove_file(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char *path = text_of(env, arguments[0]);
  if (path == NULL) return NULL;
  int result = mc_file_remove(path);
  free(path);
  return mc_from_int(env, result);
}

static napi_value remove_folder(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  char *path = text_of(env, arguments[0]);
  char *mark = path == NULL ? NULL : text_of(env, arguments[1]);
  char *inside = mark == NULL ? NULL : text_of(env, arguments[2]);
  napi_value result = inside == NULL ? NULL : mc_from_int(env, mc_folder_remove(path, mark, inside));
  free(inside);
  free(mark);
  free(path);
  return result;
}

/* fileMark(fd or path) -> text, or a negative errno. */
static napi_value file_mark(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  char mark[MC_FILE_MARK_LENGTH];
  napi_valuetype type;
  napi_typeof(env, arguments[0], &type);
  int result;
  if (type == napi_number) {
    result = mc_file_mark(mc_int(env, arguments[0]), NULL, mark);
  } else {
    char *path = text_of(env, arguments[0]);
    if (path == NULL) return NULL;
    result = mc_file_mark(-1, path, mark);
    free(path);
  }
  if (result < 0) return mc_from_int(env, result);
  napi_value text = NULL;
  napi_create_string_utf8(env, mark, NAPI_AUTO_LENGTH, &text);
  return text;
}

static void free_list(char **list) {
  if (list == NULL) return;
  for (char **item = list; *item != NULL; item++) free(*item);
  free(list);
}

/* The strings of an array, and NULL behind them. */
static char **list_of(napi_env env, napi_value array) {
  uint32_t length = 0;
  if (napi_get_array_length(env, array, &length) != napi_ok) {
    mc_throw(env, "expected an array");
    return NULL;
  }
  char **list = calloc((size_t)length + 1, sizeof *list);
  if (list == NULL) {
    mc_throw(env, "out of memory");
    return NULL;
  }
  for (uint32_t i = 0; i < length; i++) {
    napi_value item;
    napi_get_element(env, array, i, &item);
    list[i] = text_of(env, item);
    if (list[i] == NULL) {
      free_list(list);
      return NULL;
    }
  }
  return list;
}

/* A description of the memory of its own, with `byte` claimed through it: the claim is the program's from its first moment to its last. */
static int spawn_with_claim(const char *path, char *const argv[], char *const envp[], int memory, uint64_t byte) {
  int fd = mc_memory_reopen(memory);
  if (fd < 0) return fd;
  int claimed = mc_claim(fd, byte);
  int result = claimed == 1 ? mc_spawn_detached(path, argv, envp, fd) : claimed == 0 ? -EBUSY : claimed;
  mc_close(fd);
  return result;
}

/* spawnDetached(path, argv, envp, memory, byte) -> 0, -EBUSY when somebody has the byte, or another negative errno. */
static napi_value spawn_detached(napi_env env, napi_callback_info info) {
  ARGUMENTS(5);
  int memory = mc_int(env, arguments[3]);
  uint64_t byte = (uint64_t)mc_double(env, arguments[4]);
  char *path = text_of(env, arguments[0]);
  char **argv = path == NULL ? NULL : list_of(env, arguments[1]);
  char **envp = argv == NULL ? NULL : list_of(env, arguments[2]);
  napi_value result = envp == NULL ? NULL : mc_from_int(env, spawn_with_claim(path, argv, envp, memory, byte));
  free_list(envp);
  free_list(argv);
  free(path);
  return result;
}

static napi_value claim_at_end(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  return mc_from_int(env, mc_claim_at_end(mc_int(env, arguments[0]), (uint64_t)mc_double(env, arguments[1])));
}

void mc_file_init(napi_env env, napi_value exports) {
  mc_define(env, exports, "makeFile", make_file);
  mc_define(env, exports, "publishFile", publish_file);
  mc_define(env, exports, "openFile", open_file);
  mc_define(env, exports, "fileSize", file_size);
  mc_define(env, exports, "removeFile", remove_file);
  mc_define(env, exports, "removeFolder", remove_folder);
  mc_define(env, exports, "fileMark", file_mark);
  mc_define(env, exports, "spawnDetached", spawn_detached);
  mc_define(env, exports, "claimAtEnd", claim_at_end);
}
