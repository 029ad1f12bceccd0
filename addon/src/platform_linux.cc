#include <sys/auxv.h>

#include "platform.h"

namespace tsopenssl {

bool HasExtraRights() { return getauxval(AT_SECURE) != 0; }

// It is linked with -z nodelete
bool KeepLoaded() { return true; }

}  // namespace tsopenssl
