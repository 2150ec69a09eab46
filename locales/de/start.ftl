# What is said where no window can open, in a box of the system and on the command line.

start-no-window = ServEase Desk kann sein Fenster nicht öffnen

start-no-web-view =
    Auf diesem PC fehlt Microsoft Edge WebView2. Damit zeigt ServEase Desk sein Fenster.

    Holen Sie den „Evergreen-Bootstrapper“ von Microsoft unter
    { $address }
    installieren Sie ihn und starten Sie ServEase Desk noch einmal.

    Es sind keine Daten verloren. Alle liegen in { $folder }.
start-no-display =
    Es gibt keinen Bildschirm, auf dem ein Fenster erscheinen könnte, oder dieser Benutzer darf ihn nicht verwenden.

    Starten Sie ServEase Desk auf dem Desktop der angemeldeten Person, oder setzen Sie DISPLAY oder WAYLAND_DISPLAY.

    Es sind keine Daten verloren. Alle liegen in { $folder }.
start-broken =
    Das System lässt kein Fenster zu: { $problem }

    Starten Sie den PC neu. Geschieht es wieder, geben Sie diese Meldung und die neueste Datei in { $logs } an Ihre Betreuung.

    Es sind keine Daten verloren. Alle liegen in { $folder }.
start-no-folder =
    Der Ort für die Daten ist nicht bekannt: Dieser Benutzer hat kein eigenes Verzeichnis.

    Nennen Sie einen Ordner mit --data-dir oder in SERVEASE_DATA_DIR.
start-no-answer =
    ServEase Desk ist für { $folder } schon geöffnet, antwortet aber nicht.

    Beenden Sie es im Task-Manager oder melden Sie sich ab und wieder an; starten Sie es dann noch einmal. Es sind keine Daten verloren.

