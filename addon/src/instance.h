// What one JavaScript environment (the main thread, a worker) keeps. Nothing of JavaScript lives outside of it.

#ifndef TSOPENSSL_INSTANCE_H_
#define TSOPENSSL_INSTANCE_H_

#include <napi.h>

namespace tsopenssl {

struct Instance {
  Napi::FunctionReference error_class;
};

inline Instance& InstanceOf(Napi::Env env) { return *env.GetInstanceData<Instance>(); }

}  // namespace tsopenssl

#endif  // TSOPENSSL_INSTANCE_H_
