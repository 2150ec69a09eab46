# What is said where no window can open, in a box of the system and on the command line.

start-no-window = ServEase Desk cannot open its window

start-no-web-view =
    Microsoft Edge WebView2 is missing on this PC. ServEase Desk shows its window with it.

    Get the “Evergreen Bootstrapper” from Microsoft at
    { $address }
    install it, and start ServEase Desk again.

    No data is lost. All of it is in { $folder }.
start-no-display =
    There is no screen that a window could be shown on, or this user may not use it.

    Start ServEase Desk from the desktop of whoever is logged in, or set DISPLAY or WAYLAND_DISPLAY.

    No data is lost. All of it is in { $folder }.
start-broken =
    The system does not let a window open: { $problem }

    Restart the PC. If it happens again, give this message and the newest file in { $logs } to your support.

    No data is lost. All of it is in { $folder }.
start-no-folder =
    The place for the data cannot be told: this user has no home folder.

    Name a folder with --data-dir or in SERVEASE_DATA_DIR.
start-no-answer =
    ServEase Desk is already open on { $folder }, but does not answer.

    End it in the Task Manager or log off and on again, then start it once more. No data is lost.

