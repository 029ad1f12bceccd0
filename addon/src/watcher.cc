#include "watcher.h"

#include <dlfcn.h>

#include <cstddef>
#include <utility>

namespace tsopenssl {

namespace {

constexpr int kPollHandle = 8;  // UV_POLL; libuv 1 only ever appends to this list

// Of libuv: a handle is what uv_handle_size says, and nobody looks into it.
struct Libuv {
  size_t (*handle_size)(int type);
  int (*handle_get_type)(const void* handle);
  void* (*handle_get_data)(const void* handle);
  void (*handle_set_data)(void* handle, void* data);
  int (*poll_init)(void* loop, void* handle, int descriptor);
  int (*poll_start)(void* handle, int events, void (*callback)(void*, int, int));
  int (*poll_stop)(void* handle);
  void (*close)(void* handle, void (*callback)(void*));
  void (*ref)(void* handle);
  void (*unref)(void* handle);
};

template <typename Function>
bool Find(const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
  return *function != nullptr;
}

const Libuv* FindLibuv() {
  static Libuv found = {};
  const bool is_whole =
      Find("uv_handle_size", &found.handle_size) && Find("uv_handle_get_type", &found.handle_get_type) &&
      Find("uv_handle_get_data", &found.handle_get_data) && Find("uv_handle_set_data", &found.handle_set_data) &&
      Find("uv_poll_init", &found.poll_init) && Find("uv_poll_start", &found.poll_start) &&
      Find("uv_poll_stop", &found.poll_stop) && Find("uv_close", &found.close) && Find("uv_ref", &found.ref) &&
      Find("uv_unref", &found.unref);
  return is_whole ? &found : nullptr;
}

// Null where there is no libuv.
const Libuv* Uv() {
  static const Libuv* const libuv = FindLibuv();
  return libuv;
}

}  // namespace

Watcher::Watcher(Napi::Env env, std::function<void()> on_event)
    : env_(env), on_event_(std::move(on_event)), handle_(new char[Uv()->handle_size(kPollHandle)]()),
      context_(std::make_unique<Napi::AsyncContext>(env, "tsopenssl.Connection")) {}

Watcher::Pointer Watcher::Open(Napi::Env env, int descriptor, std::function<void()> on_event) {
  uv_loop_s* loop = nullptr;
  if (Uv() == nullptr || napi_get_uv_event_loop(env, &loop) != napi_ok || loop == nullptr) return nullptr;
  auto* const watcher = new Watcher(env, std::move(on_event));
  if (Uv()->poll_init(loop, watcher->handle_.get(), descriptor) != 0) {
    delete watcher;
    return nullptr;
  }
  Uv()->handle_set_data(watcher->handle_.get(), watcher);
  Pointer pointer(watcher);
  // a worker's loop must not end with a handle in it
  if (napi_add_async_cleanup_hook(env, OnEnd, watcher, &watcher->hook_) != napi_ok) return nullptr;
  return pointer;
}

bool Watcher::Watch(int32_t events, const Napi::Function& function) {
  if (is_closing_) return false;
  if (events == 0) {
    Stop();
    return true;
  }
  function_ = Napi::Persistent(function);
  return Uv()->poll_start(handle_.get(), events, OnEvent) == 0;
}

void Watcher::SetReferenced(bool is_referenced) {
  if (is_closing_) return;
  (is_referenced ? Uv()->ref : Uv()->unref)(handle_.get());
}

void Watcher::OnEvent(void* handle, int status, int events) {
  auto* const watcher = static_cast<Watcher*>(Uv()->handle_get_data(handle));
  const Napi::Env env(watcher->env_);
  const Napi::HandleScope scope(env);
  const Napi::Function function = watcher->function_.Value();
  watcher->on_event_();
  try {
    function.MakeCallback(env.Global(), {Napi::Number::New(env, status), Napi::Number::New(env, events)}, *watcher->context_);
  } catch (const Napi::Error& error) {
    napi_fatal_exception(env, error.Value());  // as of any callback of node
  }
}

void Watcher::Stop() {
  Uv()->poll_stop(handle_.get());
  function_.Reset();
}

void Watcher::BeginClose() {
  if (is_closing_) return;
  Stop();
  context_.reset();
  is_closing_ = true;
  Uv()->close(handle_.get(), OnClosed);
}

void Watcher::OnClosed(void* handle) {
  auto* const watcher = static_cast<Watcher*>(Uv()->handle_get_data(handle));
  watcher->is_closed_ = true;
  if (watcher->hook_ != nullptr) napi_remove_async_cleanup_hook(watcher->hook_);
  watcher->DeleteWhenDone();
}

void Watcher::OnEnd(napi_async_cleanup_hook_handle, void* self) { static_cast<Watcher*>(self)->BeginClose(); }

void Watcher::DeleteWhenDone() {
  if (is_closed_ && is_released_) delete this;
}

void Watcher::Close::operator()(Watcher* watcher) const {
  watcher->is_released_ = true;
  watcher->BeginClose();
  watcher->DeleteWhenDone();
}

}  // namespace tsopenssl
