// The functions of the .exe installer: what is asked and checked before anything is written.

/**
 * What sections and functions use; it comes before both.
 * @param library - the compiled setup.dll, relative to the folder of makensis
 */
export function nsisMacros(library: string): string {
  return `Var Message
Var Upgrading

; Says why, on standard error as well where there is one, and ends with the exit code.
!macro Refuse code message
  StrCpy $Message "\${message}"
  SetErrorLevel \${code}
  System::Call 'kernel32::GetStdHandle(i -12) p .r9'
  \${If} \${Silent}
    FileWrite $9 "$Message$\\r$\\n"
  \${EndIf}
  MessageBox MB_ICONSTOP|MB_OK "$Message" /SD IDOK
  Quit
!macroend

!macro LoadLibrary
  SetRegView 64
  SetShellVarContext all
  InitPluginsDir
  File "/oname=$PLUGINSDIR\\setup.dll" "${library}"
!macroend
`;
}

/** The functions; they come after the sections that they name. */
export function nsisFunctions(): string {
  return `; Every call ends with ? u: a library that stays loaded could not be removed with the folder of plug-ins.
Function .onInit
  \${If} $INSTDIR != "\${PREFIX}"
    !insertmacro Refuse \${EXIT_unsupported} "The folder cannot be chosen: wanted \${PREFIX}, got $INSTDIR."
  \${EndIf}
  \${IfNot} \${AtLeastWin10}
    !insertmacro Refuse \${EXIT_unsupported} "Wanted Windows 10 or later. Nothing was installed."
  \${EndIf}
  !insertmacro LoadLibrary
  Call CheckInstalled
  System::Call '$PLUGINSDIR\\setup.dll::CheckFolder(w .r1) i .r0 ? u'
  \${If} $0 <> 0
    !insertmacro Refuse \${EXIT_foreignFolder} $1
  \${EndIf}
  Call CheckUse
  Call ChoosePath
FunctionEnd

; What is installed already: by the other installer, or newer.
Function CheckInstalled
  ReadRegStr $0 HKLM "\${OWN_KEY}" "InstalledBy"
  \${If} $0 == "msi"
    !insertmacro Refuse \${EXIT_otherInstaller} "tsopenssl was installed by its .msi package. Remove it in Apps first, or update it with a newer .msi package. Nothing was installed."
  \${EndIf}
  ReadRegStr $0 HKLM "\${OWN_KEY}" "Version"
  \${If} $0 == ""
    Return
  \${EndIf}
  \${VersionCompare} $0 "\${VERSION}" $1
  \${If} $1 <> 1
    Return
  \${EndIf}
  \${GetParameters} $2
  ClearErrors
  \${GetOptions} $2 "/ALLOWDOWNGRADE" $3
  \${IfNot} \${Errors}
    Return
  \${EndIf}
  \${IfNot} \${Silent}
    MessageBox MB_ICONQUESTION|MB_YESNO|MB_DEFBUTTON2 "Version $0 is installed, which is newer. Replace it by \${VERSION}?" IDYES accepted
    SetErrorLevel \${EXIT_newerInstalled}
    Quit
    accepted:
    Return
  \${EndIf}
  !insertmacro Refuse \${EXIT_newerInstalled} "Version $0 is installed, which is newer than \${VERSION}; /ALLOWDOWNGRADE replaces it. Nothing was installed."
FunctionEnd

Function CheckUse
  System::Call '$PLUGINSDIR\\setup.dll::CheckUse(w "$INSTDIR", w .r1) i .r0 ? u'
  \${If} $0 <> 0
    RMDir /r "$INSTDIR.new"
    !insertmacro Refuse \${EXIT_inUse} $1
  \${EndIf}
FunctionEnd

; PATH: as it was, unless /PATH=1 or /PATH=0 says otherwise.
Function ChoosePath
  ReadRegStr $0 HKLM "\${OWN_KEY}" "PathElement"
  \${GetParameters} $2
  \${GetOptions} $2 "/PATH=" $3
  \${If} $3 == "1"
    StrCpy $0 "yes"
  \${ElseIf} $3 == "0"
    StrCpy $0 ""
  \${EndIf}
  \${If} $0 != ""
    !insertmacro SelectSection \${SectionPath}
  \${EndIf}
FunctionEnd

; What was chosen earlier, and is no more.
Function LeavePath
  \${IfNot} \${SectionIsSelected} \${SectionPath}
    System::Call '$PLUGINSDIR\\setup.dll::RemoveFromPath(w .r1) i .r0 ? u'
  \${EndIf}
FunctionEnd

; The earlier version takes its files with it, whatever they were called; settings stay.
Function RemoveInstalled
  ReadRegStr $0 HKLM "\${OWN_KEY}" "InstalledBy"
  \${If} $0 == "exe"
    ExecWait '"$INSTDIR\\uninstall.exe" /S /UPGRADE _?=$INSTDIR' $0
    \${If} $0 <> 0
      RMDir /r "$INSTDIR.new"
      !insertmacro Refuse \${EXIT_notWritable} "The earlier version could not be removed: its uninstaller ended with $0. Nothing was installed."
    \${EndIf}
  \${EndIf}
FunctionEnd

Function .onInstFailed
  RMDir /r "$INSTDIR.new"
FunctionEnd

Function un.onInit
  !insertmacro LoadLibrary
  \${GetParameters} $0
  ClearErrors
  \${GetOptions} $0 "/UPGRADE" $1
  \${IfNot} \${Errors}
    StrCpy $Upgrading "yes"
  \${EndIf}
FunctionEnd
`;
}
