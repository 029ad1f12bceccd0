#include <dlfcn.h>
#include <unistd.h>

#include "platform.h"

namespace tsopenssl {

namespace {

const char own_address = 0;

}  // namespace

bool HasExtraRights() { return issetugid() != 0; }

bool KeepLoaded() {
  return dlopen(PlaceOf(&own_address).file.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE) != nullptr;
}

}  // namespace tsopenssl
