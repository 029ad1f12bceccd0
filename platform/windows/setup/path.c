/*
 * The system's PATH. NSIS holds at most 1,023 characters in a variable, and a longer PATH would come back cut: so the value
 * is changed here, in memory of its own size, with its type as it was.
 */
#include "setup.h"

#include <shlwapi.h>

static const wchar_t *const environmentKey = L"SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";

/* Windows takes no longer value. */
enum { maxPathLength = 32767 };

typedef struct {
  HKEY key;
  DWORD type;
  wchar_t *value;
} Path;

static LSTATUS openPath(Path *path) {
  DWORD sizeBytes = 0;
  path->value = NULL;
  LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, environmentKey, 0, KEY_QUERY_VALUE | KEY_SET_VALUE, &path->key);
  if (status != ERROR_SUCCESS) return status;
  status = RegQueryValueExW(path->key, L"Path", NULL, &path->type, NULL, &sizeBytes);
  if (status == ERROR_FILE_NOT_FOUND) {
    path->type = REG_EXPAND_SZ;
    sizeBytes = 0;
    status = ERROR_SUCCESS;
  }
  if (status == ERROR_SUCCESS && path->type != REG_SZ && path->type != REG_EXPAND_SZ) status = ERROR_INVALID_DATA;
  if (status == ERROR_SUCCESS) {
    path->value = LocalAlloc(LPTR, sizeBytes + sizeof(wchar_t)); /* a value need not end with NUL */
    if (path->value == NULL) status = ERROR_OUTOFMEMORY;
  }
  if (status == ERROR_SUCCESS && sizeBytes > 0) {
    status = RegQueryValueExW(path->key, L"Path", NULL, NULL, (BYTE *)path->value, &sizeBytes);
  }
  if (status != ERROR_SUCCESS) RegCloseKey(path->key);
  return status;
}

static LSTATUS writePath(const Path *path, const wchar_t *value) {
  DWORD_PTR ignored;
  LSTATUS status = RegSetValueExW(path->key, L"Path", 0, path->type, (const BYTE *)value, textBytes(value));
  if (status == ERROR_SUCCESS) {
    SendMessageTimeoutW(HWND_BROADCAST, WM_SETTINGCHANGE, 0, (LPARAM)L"Environment", SMTO_ABORTIFHUNG, 2000, &ignored);
  }
  return status;
}

/* The place of a whole element in a list that is divided by semicolons, or NULL. */
static wchar_t *findElement(wchar_t *list, const wchar_t *element) {
  int length = lstrlenW(element);
  for (wchar_t *at = StrStrIW(list, element); at != NULL; at = StrStrIW(at + 1, element)) {
    if ((at == list || at[-1] == L';') && (at[length] == L';' || at[length] == 0)) return at;
  }
  return NULL;
}

static void closePath(Path *path) {
  LocalFree(path->value);
  RegCloseKey(path->key);
}

int addToPath(const wchar_t *element, wchar_t *message) {
  Path path;
  LSTATUS status = openPath(&path);
  if (status != ERROR_SUCCESS) return refuse(message, L"The system's PATH could not be read (error %ld).", status);
  if (findElement(path.value, element) != NULL) {
    closePath(&path);
    return 0;
  }
  int length = lstrlenW(path.value), added = lstrlenW(element) + 1;
  if (length + added > maxPathLength) {
    closePath(&path);
    return refuse(message, L"The system's PATH has %d characters and no room for more; it was left as it is.", length);
  }
  wchar_t *longer = LocalAlloc(LPTR, textBytes(path.value) + textBytes(element) + sizeof *longer);
  if (longer != NULL) {
    lstrcpyW(longer, path.value);
    if (length > 0 && longer[length - 1] != L';') lstrcatW(longer, L";");
    lstrcatW(longer, element);
    status = writePath(&path, longer);
  }
  LocalFree(longer);
  closePath(&path);
  if (longer == NULL || status != ERROR_SUCCESS) return refuse(message, L"The system's PATH could not be written.");
  RegSetKeyValueW(HKEY_LOCAL_MACHINE, KEY, L"PathElement", REG_SZ, element, textBytes(element));
  return 0;
}

int removeFromPath(wchar_t *message) {
  Path path;
  wchar_t element[MAX_PATH];
  DWORD sizeBytes = sizeof element;
  if (RegGetValueW(HKEY_LOCAL_MACHINE, KEY, L"PathElement", RRF_RT_REG_SZ, NULL, element, &sizeBytes) != ERROR_SUCCESS) {
    return 0; /* it is not we who put it there */
  }
  LSTATUS status = openPath(&path);
  if (status != ERROR_SUCCESS) return refuse(message, L"The system's PATH could not be read (error %ld).", status);
  wchar_t *at = findElement(path.value, element);
  if (at != NULL) {
    wchar_t *behind = at + lstrlenW(element);
    if (*behind == L';') behind++;
    else if (at > path.value) at--;
    MoveMemory(at, behind, textBytes(behind));
    status = writePath(&path, path.value);
  }
  closePath(&path);
  if (status != ERROR_SUCCESS) return refuse(message, L"The system's PATH could not be written (error %ld).", status);
  RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, KEY, L"PathElement");
  return 0;
}
