/* A provider without algorithms that leaves a file behind as soon as Windows loads it. */

#include <openssl/core_dispatch.h>
#include <windows.h>

static const OSSL_DISPATCH nothing[] = {{0, NULL}};

__declspec(dllexport) int OSSL_provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
                                             const OSSL_DISPATCH **out, void **context) {
  (void)in;
  *out = nothing;
  *context = (void *)handle;
  return 1;
}

BOOL WINAPI DllMain(HINSTANCE instance, DWORD reason, LPVOID reserved) {
  (void)instance, (void)reserved;
  if (reason == DLL_PROCESS_ATTACH) {
    CloseHandle(CreateFileW(L"C:\\marker.txt", GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL));
  }
  return TRUE;
}
