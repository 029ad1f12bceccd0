// The addon asks node.exe for Node-API, and a host by another name has it as well (Electron, a renamed or packed node):
// whoever asks for node.exe gets the program itself, or libnode.dll where that has it. node-gyp brings its own such hook
// for Microsoft's compiler, so this file is for gcc alone.

#include <windows.h>
// after windows.h, whose types it needs
#include <delayimp.h>

namespace {

FARPROC WINAPI AnswerForNode(unsigned notification, PDelayLoadInfo info) {
  if (notification != dliNotePreLoadLibrary || lstrcmpiA(info->szDll, "node.exe") != 0) return nullptr;
  HMODULE host = GetModuleHandleW(nullptr);
  if (GetProcAddress(host, "napi_create_object") == nullptr) host = GetModuleHandleW(L"libnode.dll");
  return reinterpret_cast<FARPROC>(host);
}

}  // namespace

extern "C" {
PfnDliHook __pfnDliNotifyHook2 = AnswerForNode;
}
