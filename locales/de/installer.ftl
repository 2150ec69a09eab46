# What the installer and the uninstaller for Windows say; the rest is Windows's and NSIS's own words.

installer-welcome =
    ServEase Desk wird nur für Sie installiert. Dafür sind keine Administratorrechte nötig.

    Ist sein Fenster offen, wird es zuvor geschlossen. Was eingegeben und noch nicht gespeichert ist, bleibt als Entwurf erhalten.

    Ihre Daten bleiben, wie sie sind.
installer-in-use =
    ServEase Desk oder seine Kommandozeile läuft noch und endet nicht von selbst.

    Beenden Sie es und wählen Sie dann „Wiederholen“. Bisher wurde nichts verändert.
installer-no-web-view =
    ServEase Desk ist installiert. Auf diesem PC fehlt Microsoft Edge WebView2: Damit zeigt ServEase Desk sein Fenster.

    Holen Sie den „Evergreen-Bootstrapper“ von Microsoft unter
    { $address }
    und installieren Sie ihn, bevor Sie ServEase Desk starten.
installer-data-stays =
    ServEase Desk wird von diesem PC entfernt. Ihre Daten nicht: Sie bleiben in
    { $folder }

    Ist sein Fenster offen, wird es zuvor geschlossen.
