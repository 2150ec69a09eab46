# What the installer and the uninstaller for Windows say; the rest is Windows's and NSIS's own words.

installer-welcome =
    ServEase Desk will be installed for you alone. No administrator is needed.

    If its window is open, it is closed first. What is typed and not saved yet is kept as a draft.

    Your data stays as it is.
installer-in-use =
    ServEase Desk or its command line is still running and does not end by itself.

    End it, then choose “Retry”. Nothing has been changed so far.
installer-no-web-view =
    ServEase Desk is installed. Microsoft Edge WebView2 is missing on this PC: ServEase Desk shows its window with it.

    Get the “Evergreen Bootstrapper” from Microsoft at
    { $address }
    and install it before you start ServEase Desk.
installer-data-stays =
    ServEase Desk will be removed from this PC. Your data is not: it stays in
    { $folder }

    If its window is open, it is closed first.
