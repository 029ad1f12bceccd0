/* Trees of files: whether one is in use, and moving one over another. */
#include "setup.h"

#include <shlwapi.h>
#include <stdarg.h>

/* What wsprintf can write. */
enum { maxPath = 1024 };

int refuse(wchar_t *message, const wchar_t *format, ...) {
  va_list words;
  va_start(words, format);
  wvsprintfW(message, format, words);
  va_end(words);
  return 1;
}

/* What to do with a file; answers 0, or what the walk ends with. */
typedef int (*Visit)(const wchar_t *file, const void *context, wchar_t *message);

static int isSpecial(const WIN32_FIND_DATAW *entry) {
  return lstrcmpW(entry->cFileName, L".") == 0 || lstrcmpW(entry->cFileName, L"..") == 0;
}

/* Visits every file, and every folder after what is in it; links are not followed. */
static int walk(const wchar_t *directory, Visit file, Visit folder, const void *context, wchar_t *message) {
  wchar_t place[maxPath];
  WIN32_FIND_DATAW entry;
  int result = 0;
  if (lstrlenW(directory) > maxPath - MAX_PATH - 2) return refuse(message, L"%.200s: the path is too long.", directory);
  wsprintfW(place, L"%s\\*", directory);
  HANDLE search = FindFirstFileW(place, &entry);
  if (search == INVALID_HANDLE_VALUE) return 0;
  do {
    if (isSpecial(&entry)) continue;
    wsprintfW(place, L"%s\\%s", directory, entry.cFileName);
    if (!(entry.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)) {
      result = file(place, context, message);
    } else if (!(entry.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT)) {
      result = walk(place, file, folder, context, message);
      if (result == 0 && folder != NULL) result = folder(place, context, message);
    }
  } while (result == 0 && FindNextFileW(search, &entry));
  FindClose(search);
  return result;
}

/* Asks for what an exchange needs. Whoever runs a program, or has a file open without sharing it, keeps us from that. */
static int fileInUse(const wchar_t *file, const void *context, wchar_t *message) {
  (void)context;
  if (lstrcmpiW(PathFindFileNameW(file), UNINSTALLER) == 0) return 0; /* it may be the one that asks */
  HANDLE opened = CreateFileW(file, GENERIC_WRITE | DELETE, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, OPEN_EXISTING, 0, NULL);
  DWORD error = GetLastError();
  if (opened != INVALID_HANDLE_VALUE) {
    CloseHandle(opened);
    return 0;
  }
  if (error != ERROR_SHARING_VIOLATION && error != ERROR_USER_MAPPED_FILE) return 0;
  return refuse(message,
                L"%.600s is in use, so nothing was changed. End the programs that use it, node and openssl among them, and "
                L"try again.",
                file);
}

int checkUse(const wchar_t *directory, wchar_t *message) { return walk(directory, fileInUse, NULL, NULL, message); }

typedef struct {
  const wchar_t *from;
  const wchar_t *to;
} Move;

static int moveFile(const wchar_t *file, const void *context, wchar_t *message) {
  const Move *move = context;
  wchar_t place[maxPath];
  const wchar_t *below = file + lstrlenW(move->from);
  if (lstrlenW(move->to) + lstrlenW(below) >= maxPath) return refuse(message, L"%.200s: the path is too long.", file);
  wsprintfW(place, L"%s%s", move->to, below);
  for (wchar_t *at = place + lstrlenW(move->to) + 1; *at != 0; at++) {
    if (*at != L'\\') continue;
    *at = 0;
    CreateDirectoryW(place, NULL);
    *at = L'\\';
  }
  if (MoveFileExW(file, place, MOVEFILE_REPLACE_EXISTING)) return 0;
  return refuse(message, L"%.600s could not be written (error %lu).", place, GetLastError());
}

static int removeFolder(const wchar_t *folder, const void *context, wchar_t *message) {
  (void)context;
  (void)message;
  RemoveDirectoryW(folder);
  return 0;
}

int moveTree(const wchar_t *from, const wchar_t *to, wchar_t *message) {
  const Move move = {from, to};
  CreateDirectoryW(to, NULL);
  int result = walk(from, moveFile, removeFolder, &move, message);
  if (result == 0) RemoveDirectoryW(from);
  return result;
}
