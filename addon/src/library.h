// What the library says of itself: versions, directories, providers.

#ifndef TSOPENSSL_LIBRARY_H_
#define TSOPENSSL_LIBRARY_H_

#include <napi.h>

namespace tsopenssl {

// Starts the library without reading any configuration and without leaving a handler for the end of the process.
void StartLibrary(Napi::Env env);

// libraryVersion(kind: number): string. OpenSSL_version(3).
Napi::Value LibraryVersion(const Napi::CallbackInfo& info);

// libraryNumbers(): {number, major, minor, patch, preRelease, buildMetadata, headers}.
Napi::Value LibraryNumbers(const Napi::CallbackInfo& info);

// defaultPaths(): {certDir, certDirVariable, certFile, certFileVariable, privateDir, area}. X509_get_default_cert_dir(3).
Napi::Value DefaultPaths(const Napi::CallbackInfo& info);

// environmentVariable(name: string): string | undefined, as OpenSSL reads it: nothing in a set-user-ID process.
Napi::Value EnvironmentVariable(const Napi::CallbackInfo& info);

// isSecureExecution(): boolean. The process has more rights than who started it, so its environment is not trusted.
Napi::Value IsSecureExecution(const Napi::CallbackInfo& info);

// providers(): [{name, version, buildInfo, running}], every provider that is loaded.
Napi::Value Providers(const Napi::CallbackInfo& info);

// isProviderAvailable(name: string): boolean.
Napi::Value IsProviderAvailable(const Napi::CallbackInfo& info);

// isDigestAvailable(name: string): boolean.
Napi::Value IsDigestAvailable(const Napi::CallbackInfo& info);

}  // namespace tsopenssl

#endif  // TSOPENSSL_LIBRARY_H_
