// What a file or folder of Windows is and who may change it, read through one handle together with its content, so that
// the file that was judged is the file that is used. The judgement is made in TypeScript.

#ifndef TSOPENSSL_GUARDED_FILE_WINDOWS_H_
#define TSOPENSSL_GUARDED_FILE_WINDOWS_H_

#include <napi.h>

namespace tsopenssl {

// inspectPath(path: string, maxSizeBytes: number):
//   {kind: 'file' | 'directory' | 'other', isReparsePoint: boolean, finalPath: string, descriptor: string,
//    sizeBytes: number, content: Buffer | undefined}
// Does not follow a reparse point (symbolic link, junction) at the end of the path. `finalPath` is where the system found
// it, with \\?\ in front; `descriptor` its owner and DACL as SDDL; `content` what a file of at most maxSizeBytes holds, and
// undefined where maxSizeBytes is 0, it is larger or no file. Throws an error with `systemCode`, the number of Windows' error.
Napi::Value InspectPath(const Napi::CallbackInfo& info);

}  // namespace tsopenssl

#endif  // TSOPENSSL_GUARDED_FILE_WINDOWS_H_
