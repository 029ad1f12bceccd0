/*
 * The default folder of the configuration. Any user may create a folder in a drive's root, so one that is there already
 * can hold whatever its owner wants OpenSSL to load. It is ours when a key that only administrators may write says so, with
 * the number that the file system gave it.
 */
#include "setup.h"

#include <aclapi.h>
#include <sddl.h>

/* Administrators and the system may do everything, users may read; nothing is inherited from the drive's root. */
static const wchar_t *const folderRights =
    L"O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)";
static const wchar_t *const privateRights = L"O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)";

/* Administrators, the system, and the service that owns Windows' own files. */
static const wchar_t *const trustedOwners[] = {
    L"S-1-5-32-544",
    L"S-1-5-18",
    L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
};

/* Who a folder is: its owner, and its number on its volume, which another folder of the same name has not. */
typedef struct {
  wchar_t owner[200];
  wchar_t identity[64];
} Identity;

static int readIdentity(HANDLE folder, Identity *found) {
  BY_HANDLE_FILE_INFORMATION information;
  PSECURITY_DESCRIPTOR descriptor = NULL;
  PSID owner = NULL;
  LPWSTR text = NULL;
  if (!GetFileInformationByHandle(folder, &information)) return 0;
  wsprintfW(found->identity, L"%08x-%08x%08x", information.dwVolumeSerialNumber, information.nFileIndexHigh,
            information.nFileIndexLow);
  if (GetSecurityInfo(folder, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner, NULL, NULL, NULL, &descriptor) !=
      ERROR_SUCCESS) {
    return 0;
  }
  int done = ConvertSidToStringSidW(owner, &text) && lstrlenW(text) < 200;
  if (done) lstrcpyW(found->owner, text);
  LocalFree(text);
  LocalFree(descriptor);
  return done;
}

static int isTrusted(const wchar_t *owner) {
  for (size_t at = 0; at < sizeof trustedOwners / sizeof *trustedOwners; at++) {
    if (lstrcmpW(owner, trustedOwners[at]) == 0) return 1;
  }
  return 0;
}

static int readMark(const wchar_t *name, wchar_t *value, DWORD sizeBytes) {
  return RegGetValueW(HKEY_LOCAL_MACHINE, KEY, name, RRF_RT_REG_SZ, NULL, value, &sizeBytes) == ERROR_SUCCESS;
}

static int writeMark(const wchar_t *name, const wchar_t *value) {
  return RegSetKeyValueW(HKEY_LOCAL_MACHINE, KEY, name, REG_SZ, value, textBytes(value)) == ERROR_SUCCESS;
}

static HANDLE openFolder(void) {
  return CreateFileW(FOLDER, READ_CONTROL | FILE_READ_ATTRIBUTES, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                     NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

static int refuseFolder(wchar_t *message, const wchar_t *why) {
  return refuse(message,
                L"%s: wanted no such folder, or the one of an earlier installation; found %s. Nothing was installed. "
                L"Look at what is in it, rename or remove it, and install again.",
                FOLDER, why);
}

int checkFolder(wchar_t *message) {
  wchar_t why[messageLength], savedOwner[200], savedIdentity[64];
  Identity found;
  DWORD attributes = GetFileAttributesW(FOLDER);
  if (attributes == INVALID_FILE_ATTRIBUTES) {
    DWORD error = GetLastError();
    if (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND) return 0;
    wsprintfW(why, L"something that cannot be looked at (error %lu)", error);
    return refuseFolder(message, why);
  }
  if (!(attributes & FILE_ATTRIBUTE_DIRECTORY)) return refuseFolder(message, L"a file");
  if (attributes & FILE_ATTRIBUTE_REPARSE_POINT) return refuseFolder(message, L"a link to another place");
  HANDLE folder = openFolder();
  int known = folder != INVALID_HANDLE_VALUE && readIdentity(folder, &found);
  if (folder != INVALID_HANDLE_VALUE) CloseHandle(folder);
  if (!known) return refuseFolder(message, L"one whose owner cannot be read");
  if (!readMark(L"FolderIdentity", savedIdentity, sizeof savedIdentity) ||
      !readMark(L"FolderOwner", savedOwner, sizeof savedOwner) || lstrcmpW(savedIdentity, found.identity) != 0) {
    wsprintfW(why, L"one that somebody else made (owner %s)", found.owner);
    return refuseFolder(message, why);
  }
  if (!isTrusted(found.owner) && lstrcmpW(savedOwner, found.owner) != 0) {
    wsprintfW(why, L"one that now belongs to %s", found.owner);
    return refuseFolder(message, why);
  }
  return 0;
}

/* With its rights from its first moment on: nobody can put anything into it in between. */
static DWORD createWithRights(const wchar_t *folder, const wchar_t *rights) {
  SECURITY_ATTRIBUTES attributes = {sizeof attributes, NULL, FALSE};
  if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(rights, SDDL_REVISION_1, &attributes.lpSecurityDescriptor,
                                                            NULL)) {
    return GetLastError();
  }
  DWORD error = CreateDirectoryW(folder, &attributes) ? ERROR_SUCCESS : GetLastError();
  LocalFree(attributes.lpSecurityDescriptor);
  return error;
}

static int markFolder(void) {
  Identity made;
  HANDLE folder = openFolder();
  if (folder == INVALID_HANDLE_VALUE) return 0;
  int done = readIdentity(folder, &made);
  CloseHandle(folder);
  return done && writeMark(L"FolderOwner", made.owner) && writeMark(L"FolderIdentity", made.identity);
}

int makeFolder(const wchar_t *configuration, wchar_t *message) {
  DWORD error = createWithRights(FOLDER, folderRights);
  if (error == ERROR_ALREADY_EXISTS) {
    if (checkFolder(message) != 0) return 1;
  } else if (error != ERROR_SUCCESS) {
    return refuse(message, L"%s could not be made (error %lu).", FOLDER, error);
  } else if (!markFolder()) {
    RemoveDirectoryW(FOLDER);
    return refuse(message, L"HKLM\\%s could not be written, which says whose %s is.", KEY, FOLDER);
  }
  CreateDirectoryW(FOLDER L"\\certs", NULL);
  error = createWithRights(FOLDER L"\\private", privateRights);
  if (error != ERROR_SUCCESS && error != ERROR_ALREADY_EXISTS) {
    leaveFolder();
    return refuse(message, L"%s\\private could not be made (error %lu).", FOLDER, error);
  }
  if (CopyFileW(configuration, FOLDER L"\\openssl.cnf", TRUE)) return 0;
  error = GetLastError();
  if (error == ERROR_FILE_EXISTS || error == ERROR_ALREADY_EXISTS) return 0;
  leaveFolder();
  return refuse(message, L"%s\\openssl.cnf could not be written (error %lu).", FOLDER, error);
}

/* The key stays while it holds something of an installation. */
static void removeEmptyKey(void) {
  DWORD keys = 1, values = 1;
  HKEY key;
  if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, KEY, 0, KEY_QUERY_VALUE, &key) != ERROR_SUCCESS) return;
  LSTATUS status = RegQueryInfoKeyW(key, NULL, NULL, NULL, &keys, NULL, NULL, &values, NULL, NULL, NULL, NULL);
  RegCloseKey(key);
  if (status == ERROR_SUCCESS && keys == 0 && values == 0) RegDeleteKeyW(HKEY_LOCAL_MACHINE, KEY);
}

void leaveFolder(void) {
  wchar_t message[messageLength];
  if (checkFolder(message) != 0) return; /* somebody put another one, or a link, in its place */
  RemoveDirectoryW(FOLDER L"\\private");
  RemoveDirectoryW(FOLDER L"\\certs");
  RemoveDirectoryW(FOLDER);
  if (GetFileAttributesW(FOLDER) != INVALID_FILE_ATTRIBUTES) return;
  RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, KEY, L"FolderOwner");
  RegDeleteKeyValueW(HKEY_LOCAL_MACHINE, KEY, L"FolderIdentity");
  removeEmptyKey();
}
