/*
 * What both installers for Windows do that neither NSIS nor Windows Installer can do by itself. setup-names.h is written
 * by platform/windows/setup-library.ts.
 */
#ifndef TSOPENSSL_SETUP_H
#define TSOPENSSL_SETUP_H

#define WIN32_LEAN_AND_MEAN
#define _WIN32_WINNT 0x0A00
#include <windows.h>

#include "setup-names.h" /* FOLDER: the default folder, KEY: our key below HKLM, UNINSTALLER: its file name */

enum { messageLength = 1024 };

/*
 * Whether FOLDER may be used: it is not there, or it is the very one that an earlier installation made.
 * 0 yes; otherwise no, and `message` says why.
 */
int checkFolder(wchar_t *message);

/*
 * Makes FOLDER, certs and private in it, so that only administrators may change them, and openssl.cnf as a copy of
 * `configuration`. What is there already stays. 0 done; otherwise nothing was made, and `message` says why.
 */
int makeFolder(const wchar_t *configuration, wchar_t *message);

/* Removes certs, private and FOLDER where they are empty, and the mark of FOLDER once it is gone. */
void leaveFolder(void);

/* 0 no file below `directory` is in use; otherwise `message` names the first that is. */
int checkUse(const wchar_t *directory, wchar_t *message);

/* Adds an element to the end of the system's PATH, whatever its length, and removes it again. 0 done. */
int addToPath(const wchar_t *element, wchar_t *message);
int removeFromPath(wchar_t *message);

/* Moves every file below `from` to the same place below `to`, over what is there, and removes `from`. 0 done. */
int moveTree(const wchar_t *from, const wchar_t *to, wchar_t *message);

/* The bytes of a text with its end. */
static inline DWORD textBytes(const wchar_t *text) { return ((DWORD)lstrlenW(text) + 1) * sizeof *text; }

/* Formats a message; answers 1. */
int refuse(wchar_t *message, const wchar_t *format, ...);

#endif
