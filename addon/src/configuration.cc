#include "configuration.h"

#include <openssl/conf.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "error.h"
#include "platform.h"
#include "pointers.h"
#include "values.h"

namespace tsopenssl {

namespace {

// The configuration belongs to the process, not to an environment. Never freed: threads may outlive any destructor.
struct Applied {
  std::mutex mutex;
  bool done = false;
  bool succeeded = false;
  std::string record;
  std::vector<QueuedError> errors;
  std::vector<std::string> module_errors;
};

Applied& TheApplied() {
  static Applied* const applied = new Applied();
  return *applied;
}

struct Parsed {
  ConfPointer configuration;
  long line = 0;
};

Parsed Parse(const Bytes& text) {
  const BioPointer memory = ReadingBio(text);
  Parsed parsed{ConfPointer(NCONF_new(nullptr))};
  if (memory == nullptr || parsed.configuration == nullptr ||
      NCONF_load_bio(parsed.configuration.get(), memory.get(), &parsed.line) != 1) {
    parsed.configuration.reset();
  }
  return parsed;
}

Napi::Array EntriesOf(Napi::Env env, const CONF* configuration, const char* section) {
  Napi::Array entries = Napi::Array::New(env);
  STACK_OF(CONF_VALUE)* values = NCONF_get_section(configuration, section);
  for (int i = 0; i < sk_CONF_VALUE_num(values); i++) {
    const CONF_VALUE* value = sk_CONF_VALUE_value(values, i);
    Napi::Array entry = Napi::Array::New(env, 2);
    entry.Set(0u, value->name);
    entry.Set(1u, value->value);
    entries.Set(static_cast<uint32_t>(i), entry);
  }
  return entries;
}

void FreeNames(STACK_OF(OPENSSL_CSTRING)* names) { sk_OPENSSL_CSTRING_free(names); }

Napi::Array SectionsOf(Napi::Env env, const CONF* configuration) {
  Napi::Array sections = Napi::Array::New(env);
  const Pointer<STACK_OF(OPENSSL_CSTRING), FreeNames> names(NCONF_get_section_names(configuration));
  for (int i = 0; i < sk_OPENSSL_CSTRING_num(names.get()); i++) {
    const char* name = sk_OPENSSL_CSTRING_value(names.get(), i);
    Napi::Array section = Napi::Array::New(env, 2);
    section.Set(0u, name);
    section.Set(1u, EntriesOf(env, configuration, name));
    sections.Set(static_cast<uint32_t>(i), section);
  }
  return sections;
}

std::vector<std::string> TextsOf(const Napi::Value& value, const char* name) {
  if (!value.IsArray()) throw Napi::TypeError::New(value.Env(), std::string("Expected an array for ") + name);
  const auto array = value.As<Napi::Array>();
  std::vector<std::string> texts;
  for (uint32_t i = 0; i < array.Length(); i++) texts.push_back(TextOf(array.Get(i), name));
  return texts;
}

// Before OpenSSL opens them: whoever opens a library first decides what its calls bind to
std::vector<std::string> LoadModules(const std::vector<std::string>& modules) {
  std::vector<std::string> errors;
  for (const std::string& module : modules) {
    if (const std::optional<std::string> error = LoadModule(module)) errors.push_back(*error);
  }
  return errors;
}

Napi::Value Describe(Napi::Env env, const Applied& applied, bool first) {
  Napi::Object result = Napi::Object::New(env);
  result.Set("first", Napi::Boolean::New(env, first));
  result.Set("record", applied.record);
  result.Set("succeeded", Napi::Boolean::New(env, applied.succeeded));
  result.Set("queue", ArrayOf(env, applied.errors));
  Napi::Array module_errors = Napi::Array::New(env);
  for (const std::string& error : applied.module_errors) module_errors.Set(module_errors.Length(), error);
  result.Set("moduleErrors", module_errors);
  return result;
}

}  // namespace

CONF* EmptyConfiguration() {
  static CONF* const empty = NCONF_new(nullptr);
  return empty;
}

ConfPointer ConfigurationOf(Napi::Env env, const Bytes& text) {
  Parsed parsed = Parse(text);
  if (parsed.configuration == nullptr) throw OpenSSLErrorOf(env, "reading a configuration");
  return std::move(parsed.configuration);
}

Napi::Value ParseConfiguration(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const Parsed parsed = Parse(BytesOf(info[0], "text"));
  Napi::Object result = Napi::Object::New(env);
  if (parsed.configuration != nullptr) {
    result.Set("sections", SectionsOf(env, parsed.configuration.get()));
  } else {
    result.Set("line", Napi::Number::New(env, static_cast<double>(parsed.line)));
    result.Set("queue", ArrayOf(env, DrainErrors()));
  }
  return result;
}

Napi::Value ApplyConfiguration(const Napi::CallbackInfo& info) {
  const ErrorScope scope;
  const Napi::Env env = info.Env();
  const Bytes text = BytesOf(info[0], "text");
  const std::vector<std::string> modules = TextsOf(info[1], "modules");
  const std::string record = TextOf(info[2], "record");
  Applied& applied = TheApplied();
  const std::lock_guard<std::mutex> lock(applied.mutex);
  const bool first = !applied.done;
  if (first) {
    const Parsed parsed = Parse(text);
    applied.module_errors = LoadModules(modules);
    // a module of the configuration itself (not a provider) would be handed our CONF and pass it to another OpenSSL
    applied.succeeded = parsed.configuration != nullptr &&
                        CONF_modules_load(parsed.configuration.get(), nullptr, CONF_MFLAGS_NO_DSO) == 1;
    applied.errors = DrainErrors();
    applied.record = record;
    applied.done = true;
  }
  return Describe(env, applied, first);
}

Napi::Value AppliedConfiguration(const Napi::CallbackInfo& info) {
  Applied& applied = TheApplied();
  const std::lock_guard<std::mutex> lock(applied.mutex);
  if (!applied.done) return info.Env().Undefined();
  return Describe(info.Env(), applied, false);
}

}  // namespace tsopenssl
