/*
 * What the installers call: NSIS by its System plug-in, with a buffer of 1,024 characters for the message; Windows
 * Installer by its own convention, with the words in the property that belongs to the action.
 */
#include "setup.h"

#include <msi.h>
#include <msiquery.h>

#define EXPORT __declspec(dllexport)

EXPORT int CheckFolder(wchar_t *message) { return checkFolder(message); }
EXPORT int MakeFolder(const wchar_t *configuration, wchar_t *message) { return makeFolder(configuration, message); }
EXPORT int CheckUse(const wchar_t *directory, wchar_t *message) { return checkUse(directory, message); }
EXPORT int MoveTree(const wchar_t *from, const wchar_t *to, wchar_t *message) { return moveTree(from, to, message); }
EXPORT int AddToPath(const wchar_t *element, wchar_t *message) { return addToPath(element, message); }
EXPORT int RemoveFromPath(wchar_t *message) { return removeFromPath(message); }

EXPORT int LeaveFolder(void) {
  leaveFolder();
  return 0;
}

/* Shows and logs the message of a refusal; Windows Installer then takes back what it did. */
static UINT answer(MSIHANDLE session, int refused, const wchar_t *message) {
  if (!refused) return ERROR_SUCCESS;
  MSIHANDLE record = MsiCreateRecord(1);
  MsiRecordSetStringW(record, 0, L"[1]");
  MsiRecordSetStringW(record, 1, message);
  MsiProcessMessage(session, INSTALLMESSAGE_ERROR, record);
  MsiCloseHandle(record);
  return ERROR_INSTALL_FAILURE;
}

/* A property, in `value`: 0 if it is too long. */
static int property(MSIHANDLE session, const wchar_t *name, wchar_t *value) {
  DWORD length = messageLength;
  return MsiGetPropertyW(session, name, value, &length) == ERROR_SUCCESS;
}

/* What an action of the script was given: there it sees no other property. */
static const wchar_t *const given = L"CustomActionData";

EXPORT UINT __stdcall MsiCheckFolder(MSIHANDLE session) {
  wchar_t message[messageLength] = L"";
  return answer(session, checkFolder(message), message);
}

/* Asked twice: before anything is scheduled, and in the script, as the system, which may look at every file. */
EXPORT UINT __stdcall MsiCheckUse(MSIHANDLE session) {
  wchar_t message[messageLength] = L"", directory[messageLength];
  const wchar_t *name = MsiGetMode(session, MSIRUNMODE_SCHEDULED) ? given : L"InstallFolder";
  if (!property(session, name, directory)) return ERROR_INSTALL_FAILURE;
  int length = lstrlenW(directory);
  if (length > 0 && directory[length - 1] == L'\\') directory[length - 1] = 0;
  return answer(session, checkUse(directory, message), message);
}

EXPORT UINT __stdcall MsiMakeFolder(MSIHANDLE session) {
  wchar_t message[messageLength] = L"", configuration[messageLength];
  if (!property(session, given, configuration)) return ERROR_INSTALL_FAILURE;
  return answer(session, makeFolder(configuration, message), message);
}

EXPORT UINT __stdcall MsiLeaveFolder(MSIHANDLE session) {
  (void)session;
  leaveFolder();
  return ERROR_SUCCESS;
}
