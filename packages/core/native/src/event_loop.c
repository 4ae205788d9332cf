/*
 * Watching a descriptor on the event loop of the calling thread.
 *
 * libuv is not part of Node-API and its header is not in node-api-headers, so the few functions and the two constants that are needed are declared
 * here. They have been stable through libuv 1.x; the size of a handle is asked for at run time.
 */
#include "binding.h"

#include <stdlib.h>

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef void (*uv_poll_cb)(uv_handle_t *handle, int status, int events);
typedef void (*uv_close_cb)(uv_handle_t *handle);
enum { UV_HANDLE_POLL = 8, UV_EVENT_READABLE = 1 };

extern size_t uv_handle_size(int type);
extern int uv_poll_init(uv_loop_t *loop, uv_handle_t *handle, int fd);
extern int uv_poll_start(uv_handle_t *handle, int events, uv_poll_cb callback);
extern void uv_ref(uv_handle_t *handle);
extern void uv_unref(uv_handle_t *handle);
extern void uv_close(uv_handle_t *handle, uv_close_cb callback);
extern void *uv_handle_get_data(const uv_handle_t *handle);
extern void uv_handle_set_data(uv_handle_t *handle, void *data);
extern const char *uv_strerror(int error);

typedef struct watcher {
  napi_env env;
  uv_handle_t *handle;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle cleanup;
  int closing;
} watcher;

static void on_closed(uv_handle_t *handle) {
  watcher *self = uv_handle_get_data(handle);
  /* Tells the environment that nothing of ours is left on its loop. */
  if (self->cleanup != NULL) napi_remove_async_cleanup_hook(self->cleanup);
  free(handle);
  free(self);
}

static void close_watcher(watcher *self) {
  if (self->closing) return;
  self->closing = 1;
  napi_delete_reference(self->env, self->callback);
  napi_async_destroy(self->env, self->context);
  uv_close(self->handle, on_closed);
}

/* The environment ends (a worker is terminated, the process exits) with the watcher still open. */
static void on_environment_end(napi_async_cleanup_hook_handle handle, void *data) {
  watcher *self = data;
  self->cleanup = handle;
  close_watcher(self);
}

static void on_ready(uv_handle_t *handle, int status, int events) {
  (void)status;
  watcher *self = uv_handle_get_data(handle);
  napi_env env = self->env;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  napi_value callback, receiver, result;
  if (napi_get_reference_value(env, self->callback, &callback) == napi_ok && napi_get_global(env, &receiver) == napi_ok) {
    /* make_callback also runs the microtasks, so that a promise resolved here continues at once. */
    napi_value ready = mc_from_int(env, events);
    napi_make_callback(env, self->context, receiver, callback, 1, &ready, &result);
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (pending) {
      napi_value error;
      napi_get_and_clear_last_exception(env, &error);
      napi_fatal_exception(env, error);
    }
  }
  napi_close_handle_scope(env, scope);
}

/*
 * watch(fd, callback, events = readable) -> watcher; starts unreferenced: it does not keep the loop alive. The callback is given the events, 0 after an error on the
 * descriptor: then nothing is watched until the next `setWatch`.
 */
static napi_value watch(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  uv_loop_t *loop;
  if (napi_get_uv_event_loop(env, (struct uv_loop_s **)&loop) != napi_ok) return mc_throw(env, "no event loop in this environment");
  watcher *self = calloc(1, sizeof *self);
  uv_handle_t *handle = calloc(1, uv_handle_size(UV_HANDLE_POLL));
  if (self == NULL || handle == NULL) {
    free(self);
    free(handle);
    return mc_throw(env, "out of memory");
  }
  int error = uv_poll_init(loop, handle, mc_int(env, arguments[0]));
  if (error != 0) {
    free(self);
    free(handle);
    return mc_throw(env, uv_strerror(error));
  }
  self->env = env;
  self->handle = handle;
  uv_handle_set_data(handle, self);
  napi_value name, result;
  napi_create_string_utf8(env, "manycore", NAPI_AUTO_LENGTH, &name);
  napi_create_reference(env, arguments[1], 1, &self->callback);
  napi_async_init(env, NULL, name, &self->context);
  napi_add_async_cleanup_hook(env, on_environment_end, self, &self->cleanup);
  uv_unref(handle);
  error = uv_poll_start(handle, argument_count > 2 ? mc_int(env, arguments[2]) : UV_EVENT_READABLE, on_ready);
  if (error != 0) {
    close_watcher(self);
    return mc_throw(env, uv_strerror(error));
  }
  napi_create_external(env, self, NULL, NULL, &result);
  return result;
}

static watcher *watcher_of(napi_env env, napi_value value) {
  void *self = NULL;
  if (napi_get_value_external(env, value, &self) != napi_ok) mc_throw(env, "not a watcher");
  return self;
}

/* refWatcher(watcher, on): whether the watcher keeps the event loop alive. */
static napi_value ref_watcher(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  watcher *self = watcher_of(env, arguments[0]);
  bool on = false;
  napi_get_value_bool(env, arguments[1], &on);
  if (self != NULL && !self->closing) (on ? uv_ref : uv_unref)(self->handle);
  return NULL;
}

/* setWatch(watcher, events): watches for these from now on; 0: for none. */
static napi_value set_watch(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  watcher *self = watcher_of(env, arguments[0]);
  if (self == NULL || self->closing) return NULL;
  int error = uv_poll_start(self->handle, mc_int(env, arguments[1]), on_ready);
  return error == 0 ? NULL : mc_throw(env, uv_strerror(error));
}

/* unwatch(watcher): for the last time; the watcher must not be used afterwards. */
static napi_value unwatch(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  watcher *self = watcher_of(env, arguments[0]);
  if (self != NULL) close_watcher(self);
  return NULL;
}

napi_status mc_event_loop_init(napi_env env, napi_value exports) {
  mc_define(env, exports, "watch", watch);
  mc_define(env, exports, "setWatch", set_watch);
  mc_define(env, exports, "refWatcher", ref_watcher);
  mc_define(env, exports, "unwatch", unwatch);
  return napi_ok;
}
