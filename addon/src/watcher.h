// Watches a descriptor in node's own event loop. Node-API has nothing for that, so libuv's functions are looked up in the process;
// not every runtime that has Node-API has them. POSIX alone: on Windows node tells nobody the handle of a socket.

#ifndef TSOPENSSL_WATCHER_H_
#define TSOPENSSL_WATCHER_H_

#include <napi.h>

#include <cstdint>
#include <functional>
#include <memory>

namespace tsopenssl {

// What is waited for; libuv's numbers.
enum WatchEvent : int32_t { kReadable = 1, kWritable = 2 };

class Watcher {
 public:
  // What ends a watcher: at once it sees nothing any more, and its memory goes when the loop has let go of it.
  struct Close {
    void operator()(Watcher* watcher) const;
  };
  using Pointer = std::unique_ptr<Watcher, Close>;

  // Null where the runtime has no event loop of libuv, or the system cannot watch the descriptor. The descriptor may be closed
  // when the watcher is.
  // `on_event` is called before each function that watches.
  static Pointer Open(Napi::Env env, int descriptor, std::function<void()> on_event);

  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Calls `function(status: number, events: number)` whenever one of the events is there: 0 and WatchEvent, or a negative errno.
  // While it watches, it keeps the function, and node running. No events: it stops. False where libuv refuses.
  bool Watch(int32_t events, const Napi::Function& function);

  // Whether watching keeps node running.
  void SetReferenced(bool is_referenced);

 private:
  Watcher(Napi::Env env, std::function<void()> on_event);
  ~Watcher() = default;

  static void OnEvent(void* handle, int status, int events);
  static void OnClosed(void* handle);
  static void OnEnd(napi_async_cleanup_hook_handle hook, void* self);

  void Stop();
  void BeginClose();
  void DeleteWhenDone();

  napi_env env_;
  const std::function<void()> on_event_;
  std::unique_ptr<char[]> handle_;  // a uv_poll_t, whose size libuv says
  std::unique_ptr<Napi::AsyncContext> context_;
  Napi::FunctionReference function_;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool is_closing_ = false;   // libuv was told
  bool is_closed_ = false;    // libuv has let go
  bool is_released_ = false;  // its owner has
};

}  // namespace tsopenssl

#endif  // TSOPENSSL_WATCHER_H_
