; The installer of ServEase Desk for Windows: for the user who starts it, without an administrator.
;
; `cargo xtask package` defines PRODUCT, VERSION, FOUR_NUMBERS, IDENTIFIER, PROGRAMS (a folder), ICON,
; TEXTS (a file with every text in every language) and OUTPUT. Exit codes: 0 done, 1 given up by a
; person, 2 a file cannot be written, 3 the programs run and do not end.

Target amd64-unicode
ManifestDPIAware true

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh

Name "${PRODUCT}"
OutFile "${OUTPUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\${PRODUCT}"
BrandingText "${PRODUCT} ${VERSION}"
; A file that cannot be written ends the installation; half a new version is worse than the old one.
AllowSkipFiles off
ShowInstDetails nevershow
ShowUninstDetails nevershow
!ifdef QUICK
    SetCompressor zlib
!else
    SetCompressor /SOLID lzma
!endif

!define ENTRY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${IDENTIFIER}"
!define SHORTCUT "$SMPROGRAMS\${PRODUCT}.lnk"
; https://learn.microsoft.com/microsoft-edge/webview2/concepts/distribution
!define WEBVIEW "Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}"
!define IN_USE 3

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEPAGE_TEXT "$(TextWelcome)"
!insertmacro MUI_PAGE_WELCOME
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_RUN "$INSTDIR\servease-desk.exe"
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE_TEXT_TOP "$(TextDataStays)"
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!include "${TEXTS}"

VIProductVersion "${FOUR_NUMBERS}"
VIAddVersionKey /LANG=${LANG_ENGLISH} ProductName "${PRODUCT}"
VIAddVersionKey /LANG=${LANG_ENGLISH} ProductVersion "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} FileVersion "${VERSION}"
VIAddVersionKey /LANG=${LANG_ENGLISH} FileDescription "${PRODUCT}"
VIAddVersionKey /LANG=${LANG_ENGLISH} CompanyName "ServEase"
VIAddVersionKey /LANG=${LANG_ENGLISH} LegalCopyright "ServEase"

; Where the data of this user lies; the texts name it.
Var DataFolder

; Leaves 1 in $R0 while somebody runs this program: Windows keeps its file from being written.
!macro LookAt file
    ${If} ${FileExists} "$INSTDIR\${file}"
        ClearErrors
        FileOpen $R1 "$INSTDIR\${file}" a
        ${If} ${Errors}
            StrCpy $R0 1
        ${Else}
            FileClose $R1
        ${EndIf}
    ${EndIf}
!macroend

!macro Common un
; Says where the data lies, as the programs find it.
Function ${un}FindData
    SetShellVarContext current
    ReadEnvStr $DataFolder SERVEASE_DATA_DIR
    ${If} $DataFolder == ""
        StrCpy $DataFolder "$LOCALAPPDATA\ServEase\ServEase Desk\data"
    ${EndIf}
FunctionEnd

; Asks the window to close and waits until nobody runs the programs. $R2 is the program that asks.
; Nothing is ended by force: somebody may be in the middle of a sentence.
Function ${un}MakeWay
    ${IfNot} ${FileExists} "$INSTDIR\servease-desk.exe"
        Return
    ${EndIf}
    again:
        nsExec::Exec /TIMEOUT=60000 '"$R2" --close'
        Pop $R3
        ; A program that has just ended is held for a moment longer, by Windows or by a scanner.
        ${For} $R4 1 50
            StrCpy $R0 0
            !insertmacro LookAt "servease-desk.exe"
            !insertmacro LookAt "servease.exe"
            !insertmacro LookAt "WebView2Loader.dll"
            ${If} $R0 = 0
                ${Break}
            ${EndIf}
            Sleep 100
        ${Next}
        ${If} $R3 == "0"
        ${AndIf} $R0 = 0
            Return
        ${EndIf}
        MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(TextInUse)" /SD IDCANCEL IDRETRY again
    SetErrorLevel ${IN_USE}
    Quit
FunctionEnd
!macroend
!insertmacro Common ""
!insertmacro Common "un."

Function .onInit
    Call FindData
FunctionEnd

Function un.onInit
    Call un.FindData
FunctionEnd

; Windows shows notifications only of programs with a shortcut in the Start menu that carries their
; id: https://learn.microsoft.com/windows/win32/shell/appids
Function PutShortcut
    !insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
    ${If} $0 P= 0
        Return
    ${EndIf}
    ${IShellLink::SetPath} $0 '("$INSTDIR\servease-desk.exe").r1'
    ${IShellLink::SetWorkingDirectory} $0 '("$INSTDIR").r1'
    ${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r1)'
    ${If} $1 P<> 0
        System::Call '*(&w128 "${IDENTIFIER}")p.r4'
        System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r2'
        System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_LPWSTR},,$4)p.r3'
        ${IPropertyStore::SetValue} $1 '($2,$3)'
        ${IPropertyStore::Commit} $1 ""
        ${IUnknown::Release} $1 ""
        System::Free $2
        System::Free $3
        System::Free $4
    ${EndIf}
    ${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
    ${If} $1 P<> 0
        ${IPersistFile::Save} $1 '("${SHORTCUT}",1)'
        ${IUnknown::Release} $1 ""
    ${EndIf}
    ${IUnknown::Release} $0 ""
FunctionEnd

; Leaves the version of the WebView2 runtime in $0; nothing where there is none.
Function FindWebView
    SetRegView 64
    ReadRegStr $0 HKLM "SOFTWARE\WOW6432Node\${WEBVIEW}" "pv"
    ${If} $0 == ""
    ${OrIf} $0 == "0.0.0.0"
        ReadRegStr $0 HKCU "Software\${WEBVIEW}" "pv"
    ${EndIf}
    ${If} $0 == "0.0.0.0"
        StrCpy $0 ""
    ${EndIf}
FunctionEnd

Section
    ; Windows with programs of an older version answer as well: it is the new one that asks.
    InitPluginsDir
    SetOutPath "$PLUGINSDIR"
    File "${PROGRAMS}\servease-desk.exe"
    File "${PROGRAMS}\WebView2Loader.dll"
    StrCpy $R2 "$PLUGINSDIR\servease-desk.exe"
    Call MakeWay

    SetOutPath "$INSTDIR"
    File "${PROGRAMS}\servease-desk.exe"
    File "${PROGRAMS}\servease.exe"
    File "${PROGRAMS}\WebView2Loader.dll"
    WriteUninstaller "$INSTDIR\uninstall.exe"
    Call PutShortcut

    WriteRegStr HKCU "${ENTRY}" "DisplayName" "${PRODUCT}"
    WriteRegStr HKCU "${ENTRY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${ENTRY}" "DisplayIcon" "$INSTDIR\servease-desk.exe"
    WriteRegStr HKCU "${ENTRY}" "Publisher" "ServEase"
    WriteRegStr HKCU "${ENTRY}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${ENTRY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${ENTRY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    WriteRegDWORD HKCU "${ENTRY}" "NoModify" 1
    WriteRegDWORD HKCU "${ENTRY}" "NoRepair" 1
    ; It prints what it finds.
    SetDetailsPrint none
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    SetDetailsPrint lastused
    WriteRegDWORD HKCU "${ENTRY}" "EstimatedSize" $0

    Call FindWebView
    ${If} $0 == ""
        MessageBox MB_OK|MB_ICONINFORMATION "$(TextNoWebView)" /SD IDOK
    ${EndIf}
SectionEnd

Section Uninstall
    StrCpy $R2 "$INSTDIR\servease-desk.exe"
    Call un.MakeWay
    Delete "$INSTDIR\servease-desk.exe"
    Delete "$INSTDIR\servease.exe"
    Delete "$INSTDIR\WebView2Loader.dll"
    Delete "$INSTDIR\uninstall.exe"
    ; What others put there stays, and the folder with it.
    RMDir "$INSTDIR"
    Delete "${SHORTCUT}"
    DeleteRegKey HKCU "${ENTRY}"
SectionEnd
