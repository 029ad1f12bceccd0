#include "key_generation.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/params.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "error.h"
#include "export.h"
#include "key.h"
#include "platform.h"
#include "values.h"

namespace tsopenssl {

namespace {

struct Parameter {
  std::string name;
  std::string text;
  uint32_t number = 0;
  bool is_text = false;
};

using Parameters = std::vector<Parameter>;

// What is to be made. Nothing of JavaScript is in it, so that another thread can make it.
struct Wanted {
  std::string algorithm;
  Parameters parameters;
  Parameters domain;
  bool has_domain = false;
};

Parameters ParametersOf(const Napi::Value& value, const char* name) {
  const Napi::Env env = value.Env();
  const std::string text = std::string("Expected [name, value][] for ") + name;
  if (!value.IsArray()) throw Napi::TypeError::New(env, text);
  const auto list = value.As<Napi::Array>();
  Parameters parameters;
  for (uint32_t i = 0; i < list.Length(); i++) {
    const Napi::Value entry = list.Get(i);
    if (!entry.IsArray()) throw Napi::TypeError::New(env, text);
    Parameter parameter;
    parameter.name = TextOf(entry.As<Napi::Array>().Get(0u), name);
    const Napi::Value setting = entry.As<Napi::Array>().Get(1u);
    parameter.is_text = setting.IsString();
    if (parameter.is_text) {
      parameter.text = TextOf(setting, name);
    } else {
      const int32_t number = IntegerOf(setting, name);
      if (number < 0) throw Napi::RangeError::New(env, std::string("Expected a number from 0 for ") + name);
      parameter.number = static_cast<uint32_t>(number);
    }
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

Wanted WantedOf(const Napi::CallbackInfo& info) {
  Wanted wanted;
  wanted.algorithm = TextOf(info[0], "algorithm");
  wanted.parameters = ParametersOf(info[1], "parameters");
  wanted.has_domain = !info[2].IsUndefined();
  if (wanted.has_domain) wanted.domain = ParametersOf(info[2], "domain");
  return wanted;
}

bool SetParameters(EVP_PKEY_CTX* context, Parameters* parameters) {
  std::vector<OSSL_PARAM> list;
  for (Parameter& parameter : *parameters) {
    list.push_back(parameter.is_text
                       ? OSSL_PARAM_construct_utf8_string(parameter.name.c_str(), parameter.text.data(), 0)
                       : OSSL_PARAM_construct_uint32(parameter.name.c_str(), &parameter.number));
  }
  list.push_back(OSSL_PARAM_construct_end());
  return parameters->empty() || EVP_PKEY_CTX_set_params(context, list.data()) == 1;
}

// OpenSSL asks between its attempts whether to go on
int GoOn(EVP_PKEY_CTX* context) {
  return static_cast<std::atomic<bool>*>(EVP_PKEY_CTX_get_app_data(context))->load() ? 0 : 1;
}

KeyPointer Run(EVP_PKEY_CTX* context, int (*start)(EVP_PKEY_CTX*), Parameters* parameters,
               std::atomic<bool>* is_cancelled) {
  EVP_PKEY* made = nullptr;
  if (context == nullptr || start(context) != 1 || !SetParameters(context, parameters)) return nullptr;
  EVP_PKEY_CTX_set_app_data(context, is_cancelled);
  EVP_PKEY_CTX_set_cb(context, GoOn);
  if (EVP_PKEY_generate(context, &made) != 1) return nullptr;
  return KeyPointer(made);
}

// Null with an error in the queue.
KeyPointer Generate(Wanted* wanted, std::atomic<bool>* is_cancelled) {
  KeyContextPointer context(EVP_PKEY_CTX_new_from_name(nullptr, wanted->algorithm.c_str(), nullptr));
  if (wanted->has_domain) {
    const KeyPointer domain = Run(context.get(), EVP_PKEY_paramgen_init, &wanted->domain, is_cancelled);
    if (domain == nullptr) return nullptr;
    context.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, domain.get(), nullptr));
  }
  return Run(context.get(), EVP_PKEY_keygen_init, &wanted->parameters, is_cancelled);
}

Napi::Value GenerateKey(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  Wanted wanted = WantedOf(info);
  std::atomic<bool> is_cancelled{false};
  KeyPointer key = Generate(&wanted, &is_cancelled);
  if (key == nullptr) throw OpenSSLErrorOf(info.Env(), "generating a key");
  return KeyHandleOf(info.Env(), std::move(key));
}

using Flag = std::shared_ptr<std::atomic<bool>>;

// A key that is made in a thread of its own. What node's pool does, the end of a worker thread waits for, without a word to it.
class Generation {
 public:
  // Null with an error for JavaScript pending, or where the system has no more threads.
  static std::unique_ptr<Generation> Start(const Napi::Function& done, Wanted wanted, Flag is_cancelled) {
    const Napi::Env env = done.Env();
    std::unique_ptr<Generation> generation(new Generation(std::move(wanted), std::move(is_cancelled)));
    const Napi::String name = Napi::String::New(env, "tsopenssl.generateKey");
    if (napi_create_threadsafe_function(env, done, nullptr, name, 0, 1, nullptr, nullptr, nullptr, Finish,
                                        &generation->done_) != napi_ok) {
      return nullptr;
    }
    Generation* const self = generation.get();
    generation->thread_ = Thread::Start([self] { self->Execute(); });
    if (generation->thread_ == nullptr) {
      napi_release_threadsafe_function(generation->done_, napi_tsfn_abort);
      return nullptr;
    }
    // after the function above, and so before the end of that
    napi_add_env_cleanup_hook(env, End, self);
    return generation;
  }

 private:
  Generation(Wanted wanted, Flag is_cancelled) : wanted_(std::move(wanted)), is_cancelled_(std::move(is_cancelled)) {}

  void Execute() {
    {
      const ErrorScope scope;
      key_ = Generate(&wanted_, is_cancelled_.get());
      if (key_ == nullptr) errors_ = DrainErrors();
    }
    is_told_ = napi_call_threadsafe_function(done_, this, napi_tsfn_blocking) == napi_ok;
    napi_release_threadsafe_function(done_, napi_tsfn_release);
  }

  // In the thread that asked for the key; without an environment where that is gone.
  static void Finish(napi_env environment, napi_value done, void* /*context*/, void* data) {
    const std::unique_ptr<Generation> generation(static_cast<Generation*>(data));
    if (environment == nullptr) return;
    napi_remove_env_cleanup_hook(environment, End, data);
    const Napi::Env env(environment);
    try {
      const bool has_failed = generation->key_ == nullptr;
      const Napi::Value error =
          has_failed ? OpenSSLErrorOf(env, "generating a key", generation->errors_).Value() : env.Undefined();
      const Napi::Value key = has_failed ? env.Undefined() : KeyHandleOf(env, std::move(generation->key_));
      Napi::Function(env, done).Call({error, key});
    } catch (const Napi::Error& error) {
      error.ThrowAsJavaScriptException();
    }
  }

  // The environment ends.
  static void End(void* data) {
    auto* const generation = static_cast<Generation*>(data);
    generation->is_cancelled_->store(true);
    generation->thread_.reset();
    // else Finish has it
    if (!generation->is_told_) delete generation;
  }

  Wanted wanted_;
  const Flag is_cancelled_;
  KeyPointer key_;
  std::vector<QueuedError> errors_;
  napi_threadsafe_function done_ = nullptr;
  bool is_told_ = false;
  std::unique_ptr<Thread> thread_;
};

Napi::Value GenerateKeyAsync(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  Wanted wanted = WantedOf(info);
  if (!info[3].IsFunction()) throw Napi::TypeError::New(env, "Expected a function for done");
  const auto is_cancelled = std::make_shared<std::atomic<bool>>(false);
  auto generation = Generation::Start(info[3].As<Napi::Function>(), std::move(wanted), is_cancelled);
  if (generation == nullptr) throw Napi::Error::New(env, "generating a key: the system has no more threads");
  generation.release();  // deletes itself when it is done
  return Napi::Function::New(
      env, [is_cancelled](const Napi::CallbackInfo&) { is_cancelled->store(true); }, "cancel");
}

Napi::Value CurveNames(const Napi::CallbackInfo& info) {
  std::vector<EC_builtin_curve> curves(EC_get_builtin_curves(nullptr, 0));
  EC_get_builtin_curves(curves.data(), curves.size());
  Napi::Array names = Napi::Array::New(info.Env());
  for (const EC_builtin_curve& curve : curves) names.Set(names.Length(), OBJ_nid2sn(curve.nid));
  return names;
}

}  // namespace

void ExportKeyGeneration(Napi::Object exports) {
  Export<GenerateKey>(exports, "generateKey");
  Export<GenerateKeyAsync>(exports, "generateKeyAsync");
  Export<CurveNames>(exports, "curveNames");
}

}  // namespace tsopenssl
