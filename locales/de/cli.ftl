# Was nur die Befehlszeile sagt. Probleme und Fehler stehen in den anderen Dateien.

cli-unsound = Mit der Datenbank stimmt etwas nicht; der Bericht sagt, was.
cli-no-folder = Dieser Benutzer hat keinen Ordner für Anwendungsdaten. Nennen Sie einen Datenordner mit --data-dir.
cli-input = { $file } lässt sich nicht lesen: { $detail }
cli-not-text = { $file } ist kein Text in UTF-8 oder UTF-16. Die Datei in einer dieser Kodierungen neu speichern.
cli-not-json = Die Eingabe ist kein JSON: { $detail }
cli-not-an-object = Die Eingabe muss ein JSON-Objekt sein, mit einem Feld je Wert.
cli-no-such-record = { $entity ->
    [customer] Es gibt keinen Kunden { $id }.
    [vehicle] Es gibt kein Fahrzeug { $id }.
    [note] Es gibt keine Notiz { $id }.
    [document] Es gibt kein Dokument { $id }.
    [service_record] Es gibt keinen Serviceeintrag { $id }.
    [employee] Es gibt keinen Mitarbeiter { $id }.
   *[other] Es gibt keinen Datensatz { $id }.
}
cli-no-such-page = Diese Seite gibt es nicht.
cli-no-such-employee = Hier arbeitet niemand namens { $name }.
cli-which-employee = Mehrere Mitarbeiter heißen { $name }. Nennen Sie die Kennung.
cli-output = Die Antwort konnte nicht geschrieben werden: { $detail }
cli-runtime = Das Programm konnte nicht starten: { $detail }
cli-session-in-file = Auf diesem PC gibt es keinen Schlüsselbund: Die Sitzung liegt in einer Datei, die nur Sie lesen können.
cli-not-undone =
    { $did ->
        [added] „{ $what }“ bleibt angelegt. { $why }
        [deleted] „{ $what }“ bleibt gelöscht. { $why }
        [brought_back] „{ $what }“ bleibt zurückgeholt. { $why }
        [merged] „{ $what }“ bleibt zusammengeführt. { $why }
        [transferred] „{ $what }“ bleibt übertragen. { $why }
        [odometer_read] Der Kilometerstand „{ $what }“ bleibt. { $why }
        [conflict_decided] Die Entscheidung über „{ $what }“ bleibt. { $why }
       *[other] Die Änderung an „{ $what }“ bleibt. { $why }
    }
cli-not-redone = „{ $what }“ wurde nicht wiederholt. { $why }
cli-named = { $entity } „{ $title }“
cli-named-by = { $entity } „{ $title }“ ({ $author })
cli-open-line = Die Verbindung zu diesem Server ist unverschlüsselt (http://): Andere im Netz können mitlesen, auch das Passwort.
cli-unwritten = { $file } lässt sich nicht schreiben: { $detail }

# Meldungen. „Service: Fällig in 5 Tagen, B-XY 12 VW Golf“
alert-kind-service = Service
alert-kind-registration = Zulassung
alert-kind-insurance = Versicherung
alert-kind-warranty = Garantie
alert-kind-document = Dokument
alert-kind-follow-up = Wiedervorlage
alert-about = { $words }, { $title }
alert-withdrawn = nicht mehr fällig

# Benachrichtigungen.
notice-many =
    { $count ->
        [one] { $count } Erinnerung
       *[other] { $count } Erinnerungen
    }
notice-open = Öffnen
notice-snooze = Morgen
notice-done = Erledigt
notice-try = ServEase Desk sagt hier, was fällig wird.
notice-goes-on = ServEase Desk läuft im Hintergrund weiter
notice-goes-on-body = Es sagt, was fällig wird, und gleicht weiter ab. Über sein Symbol wird es wieder geöffnet; in den Einstellungen steht, ob Schließen es beendet.
notice-sync-attention = Der Abgleich braucht Sie
notice-sync-attention-body = Eine Änderung wartet auf eine Entscheidung oder eine Anmeldung. Ein Klick zeigt, was es ist.
notice-sync-away = Seit einem Tag kein Abgleich
notice-sync-away-body = An diesem PC geht alles. Geändertes wird gesendet, sobald der Server wieder antwortet.

# Das Symbol in der Leiste.
tray-open = ServEase Desk öffnen
tray-alerts =
    { $count ->
        [0] Keine Erinnerungen
        [one] { $count } Erinnerung
       *[other] { $count } Erinnerungen
    }
tray-pause = Eine Stunde keine Benachrichtigungen
tray-quit = Beenden
