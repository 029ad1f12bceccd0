// The entry of the addon: checks the isolation before anything of OpenSSL is called, then hands out the functions.

#include <napi.h>

#include <memory>

#include "certificate.h"
#include "certificate_setters.h"
#include "configuration.h"
#include "configured_extensions.h"
#include "crl.h"
#include "crl_signing.h"
#include "error.h"
#include "export.h"
#include "extension.h"
#include "instance.h"
#include "isolation.h"
#include "key.h"
#include "key_format.h"
#include "key_generation.h"
#include "library.h"
#include "name.h"
#include "pkcs12.h"
#include "pkcs12_reader.h"
#include "pkcs7.h"
#include "platform.h"
#include "rand.h"
#include "request.h"
#include "revoked.h"
#include "signature.h"
#include "spki.h"
#include "ssl_connection.h"
#include "ssl_context.h"
#include "ssl_facts.h"
#include "ssl_session.h"
#include "ssl_settings.h"
#include "store.h"
#include "store_context.h"

namespace tsopenssl {

namespace {

// Raised whenever a function here changes its meaning: a library of another release must not call this binary
constexpr int kBindingVersion = 2;

}  // namespace

Napi::Object Start(Napi::Env env, Napi::Object exports) {
  RequireIsolation(env);
  if (!KeepLoaded()) throw Napi::Error::New(env, "the system refused to keep the addon loaded until the process ends");
  env.SetInstanceData(std::make_unique<Instance>().release());
  StartLibrary(env);
  exports.Set("bindingVersion", Napi::Number::New(env, kBindingVersion));
  Export<SetErrorClass>(exports, "setErrorClass");
  Export<DrainedErrors>(exports, "drainErrors");
  Export<Isolation>(exports, "isolation");
  Export<LibraryVersion>(exports, "libraryVersion");
  Export<LibraryNumbers>(exports, "libraryNumbers");
  Export<DefaultPaths>(exports, "defaultPaths");
  Export<EnvironmentVariable>(exports, "environmentVariable");
  Export<IsSecureExecution>(exports, "isSecureExecution");
  Export<Providers>(exports, "providers");
  Export<IsProviderAvailable>(exports, "isProviderAvailable");
  Export<IsDigestAvailable>(exports, "isDigestAvailable");
  Export<ParseConfiguration>(exports, "parseConfiguration");
  Export<ApplyConfiguration>(exports, "applyConfiguration");
  Export<AppliedConfiguration>(exports, "appliedConfiguration");
  ExportCertificate(exports);
  ExportCertificateSetters(exports);
  ExportConfiguredExtensions(exports);
  ExportCrl(exports);
  ExportCrlSigning(exports);
  ExportExtension(exports);
  ExportKey(exports);
  ExportKeyFormat(exports);
  ExportKeyGeneration(exports);
  ExportName(exports);
  ExportPkcs12(exports);
  ExportPkcs12Reader(exports);
  ExportPkcs7(exports);
  ExportRand(exports);
  ExportRequest(exports);
  ExportRevoked(exports);
  ExportSignature(exports);
  ExportSpki(exports);
  ExportSslConnection(exports);
  ExportSslContext(exports);
  ExportSslFacts(exports);
  ExportSslSession(exports);
  ExportSslSettings(exports);
  ExportStore(exports);
  ExportStoreContext(exports);
  ExportPlatform(env, exports);
  return exports;
}

}  // namespace tsopenssl

namespace {

Napi::Object Init(Napi::Env env, Napi::Object exports) { return tsopenssl::Start(env, exports); }

}  // namespace

NODE_API_MODULE(tsopenssl, Init)
