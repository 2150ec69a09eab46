# Was an einer Eingabe nicht stimmt und was zu tun ist; nach Code.
#
# $label ist der Name des Feldes. Zahlen kommen als Zahlen; das Getippte steht in $found.

problem-required = { $label } fehlt.
problem-too-long = Zu lang: höchstens { $max } Zeichen.
problem-not-text = Text eingeben.
problem-not-a-flag = Ja oder Nein wählen.
problem-not-a-number = Eine ganze Zahl eingeben.
problem-too-small = Mindestens { $min } eingeben.
problem-too-large = Höchstens { $max } eingeben.
problem-not-a-date = Dieses Datum gibt es nicht. Tag, Monat und Jahr eingeben, das Jahr mit vier Ziffern.
problem-not-an-instant = Diesen Zeitpunkt gibt es nicht. Ein Datum eingeben.
problem-not-a-time = Diese Uhrzeit gibt es nicht. Stunden und Minuten eingeben, etwa 8:30.
problem-not-an-id = Kein gültiger Verweis. Aus der Liste wählen.
problem-not-an-object = Eine Gruppe von Feldern eingeben, jedes mit seinem Wert.
problem-not-a-choice = „{ $found }“ steht nicht zur Wahl. Aus der Liste wählen.
problem-not-an-email = Keine E-Mail-Adresse. Sie sieht aus wie name@example.com.
problem-not-a-phone = Keine Telefonnummer. Ziffern prüfen oder mit + und Landesvorwahl beginnen.
problem-not-a-currency = „{ $found }“ ist keine Währung. Den Code eingeben, etwa EUR.
problem-not-a-time-zone = „{ $found }“ ist keine Zeitzone. Aus der Liste wählen.
problem-not-lead-days = „{ $found }“ sind keine Tage vor einem Datum. Bis zu zehn Zahlen von 0 bis 365 angeben, zum Beispiel 30, 14, 7, 1, 0.
problem-not-money = Kein Betrag. Eine Zahl eingeben, etwa 149,50.
problem-control-character = Enthält ein Zeichen, das nicht darstellbar ist ({ $character }). Löschen und den Text neu tippen.
problem-vin-length = Eine FIN hat 17 Zeichen, diese hat { $found }. Noch einmal ablesen.
problem-vin-character =
    { $alphabet ->
        [cyrillic] „{ $found }“ an Stelle { $position } ist ein kyrillischer Buchstabe, und in einer FIN steht keiner. FIN neu eingeben.
        [greek] „{ $found }“ an Stelle { $position } ist ein griechischer Buchstabe, und in einer FIN steht keiner. FIN neu eingeben.
        [hebrew] „{ $found }“ an Stelle { $position } ist ein hebräischer Buchstabe, und in einer FIN steht keiner. FIN neu eingeben.
        [arabic] „{ $found }“ an Stelle { $position } ist ein arabischer Buchstabe, und in einer FIN steht keiner. FIN neu eingeben.
        [cjk] „{ $found }“ an Stelle { $position } ist kein lateinischer Buchstabe, und andere hat eine FIN nicht. FIN neu eingeben.
       *[other] „{ $found }“ an Stelle { $position } kommt in keiner FIN vor. Statt I, O und Q stehen dort 1 und 0.
    }
problem-vin-check-digit = Die Prüfziffer passt nicht: { $found } statt { $expected }. Die FIN noch einmal ablesen.
problem-unique =
    { $title ->
        [none] { $label } ist schon bei einem anderen Eintrag vergeben. Diesen öffnen.
       *[other] Das hat schon { $title }. Diesen Eintrag öffnen.
    }
problem-unknown-field = „{ $label }“ ist hier nicht bekannt.
problem-not-found = Nicht mehr vorhanden. Etwas anderes wählen.
problem-fixed = Das lässt sich nach dem Erfassen nicht mehr ändern.
problem-never-deleted = Das wird nie gelöscht. Wer nicht mehr hier arbeitet, wird deaktiviert.
problem-deactivated = { $name } ist deaktiviert und kann nicht unterschreiben. Wählen Sie jemand anderen oder aktivieren Sie den Eintrag wieder.
problem-contact-missing = Telefonnummer oder E-Mail-Adresse eingeben.
problem-plate-or-vin-missing = Kennzeichen oder FIN eingeben.
problem-mileage-below-last = Der letzte Stand war { $last }. Zahl prüfen oder als Korrektur kennzeichnen.
problem-mileage-improbable = { $above } mehr als beim letzten Mal ({ $last }). Trotzdem speichern?
problem-mileage-above-next = Später stand der Tacho auf { $next }, also niedriger. Trotzdem speichern?
problem-reason-missing = Angeben, warum der frühere Stand falsch war.
problem-phone-doubtful = { $found } ist in ihrem Land nicht vergeben. Ziffern prüfen.
problem-possible-duplicate = Das sieht aus wie ein Eintrag, den es schon gibt.
problem-kept-beside = { $found } des anderen Eintrags bleibt daneben stehen: unter Konflikte entscheiden.
problem-date-order = Das Ende liegt vor dem Anfang. Beide Daten prüfen.
problem-in-future = Das liegt in der Zukunft. Datum prüfen.
problem-in-past = Das ist vorbei. Einen künftigen Zeitpunkt wählen.
problem-date-implausible = Das Jahr kann nicht stimmen ({ $found }). Vier Ziffern eingeben, von { $min } bis { $max }.
problem-file-refused =
    { $why ->
        [empty] Die Datei ist leer. Eine andere wählen.
        [too_big] Die Datei ist größer als { $max_mib } MiB. Mit geringerer Auflösung scannen oder aufteilen.
        [unreadable] Die Datei lässt sich nicht lesen. Ihre Rechte prüfen oder sie zuerst anderswohin kopieren.
        [vanished] Die Datei ist nicht mehr da. Erneut auswählen.
        [changing] Die Datei wird noch geschrieben. Erneut versuchen, wenn sie vollständig ist.
        [folder] Das ist ein Ordner. Eine Datei darin wählen.
        [link] Das ist eine Verknüpfung mit einer anderen Datei. Diese Datei selbst wählen.
        [special] Das ist ein Gerät oder eine Pipe und keine Datei. Eine Datei wählen.
        [name] Der Name sagt eine andere Art als der Inhalt. Mit der richtigen Endung umbenennen.
        [macros] Die Datei enthält Makros. Ohne sie oder als PDF speichern.
        [incomplete] Das Bild ist unvollständig oder beschädigt. Erneut scannen oder kopieren.
        [too_many_pixels] Das Bild hat zu viele Bildpunkte (höchstens { $max_megapixels } Megapixel). Mit geringerer Auflösung scannen.
       *[other] Dateien dieser Art werden nicht aufbewahrt, wohl aber PDF, Bilder (JPEG, PNG, WebP, HEIC), Text und Office-Dokumente.
    }
problem-not-a-licence =
    { $why ->
        [too_long] Das ist länger als der Code eines Führerscheins. Nur einen Führerschein scannen.
        [separators] Der Scanner lässt die Zeilenenden im Code des Führerscheins weg. Ihn so einstellen, dass er dafür Enter sendet, dann noch einmal scannen.
        [nobody] Der Code des Führerscheins nennt niemanden, der sich lesen lässt. Noch einmal scannen oder den Namen eintippen.
       *[header] Das ist nicht der Code eines Führerscheins aus den USA oder Kanada. Den breiten Code auf der Rückseite scannen.
    }
problem-same-file = Dieselbe Datei ist schon da, als „{ $title }“ von { $customer }.
problem-file-locked = Dieses PDF ist gesperrt: nur sein Kennwort zeigt es. Notieren, wo das steht, oder um eine Fassung ohne Sperre bitten.
problem-shows-a-secret = Der Wiederherstellungscode öffnet alle Dokumente dieses PCs. Trotzdem zeigen?

# Warum nichts geschehen ist

failure-invalid = Einige Felder brauchen noch einen Blick.
failure-confirm = Das sieht zweifelhaft aus. Trotzdem speichern?
failure-not-found = Diesen Eintrag gibt es nicht mehr.
failure-nothing-to-undo = Es gibt nichts rückgängig zu machen.
failure-nothing-to-redo = Es gibt nichts zu wiederholen.
failure-nothing-left = Davon ist nichts mehr da: Es ging mit einer anderen Änderung.
failure-built-on =
    { $more ->
        [0] Andere haben darauf aufgebaut: { $names }. Erst das zurücknehmen, oder bewusst löschen.
       *[other] Andere haben darauf aufgebaut: { $names } und { $more } weitere. Erst das zurücknehmen, oder bewusst löschen.
    }
failure-merged-away = Das wurde in „{ $title }“ zusammengeführt: Den Eintrag löschen, oder erst das Zusammenführen zurücknehmen.
failure-superseded = Das wurde seitdem noch einmal geändert. Zuerst die spätere Änderung rückgängig machen.
failure-not-empty = Der Datenordner ist nicht leer. Demodaten kommen nur in einen leeren.
failure-busy = Ein anderes Programm schreibt gerade. Erneut versuchen.
failure-disk-full = Die Festplatte ist voll. Platz schaffen, dann erneut versuchen; das Getippte steht noch da.
failure-read-only = Der Datenordner lässt sich nicht beschreiben. Rechte prüfen, dann erneut versuchen.
failure-damaged = Die Datenbank ist beschädigt. Zuerst eine Kopie des Datenordners anlegen, dann „servease doctor“ ausführen.
failure-newer-schema = Eine neuere Version hat diese Daten geschrieben. Dieses Programm aktualisieren.
failure-folder = Der Datenordner ist nicht benutzbar. Prüfen, ob er da ist und das Laufwerk angeschlossen.
failure-file-key-silent = Der Schlüsselbund dieses PCs antwortet nicht; in ihm liegt der Schlüssel der Dokumente. Entsperren, dann erneut versuchen.
failure-file-key-lost = Der Schlüssel der Dokumente ist nicht auf diesem PC: der Datenordner wurde kopiert oder wiederhergestellt. Den ausgedruckten Wiederherstellungscode eingeben.
failure-not-a-recovery-code =
    { $why ->
        [count] Ein Wiederherstellungscode hat zwölf Wörter; das sind { $found }.
        [word] „{ $found }“ ist kein Wort eines Wiederherstellungscodes. Die Schreibweise prüfen.
        [order] Die Wörter passen nicht zusammen. Jedes davon und ihre Reihenfolge prüfen.
       *[another] Das ist der Wiederherstellungscode anderer Dokumente.
    }
failure-file-not-here = Die Datei dieses Dokuments ist nicht auf diesem PC und noch nicht auf dem Server. Sie kommt von dem PC, der sie aufgenommen hat, sobald dieser abgeglichen hat.
failure-file-damaged = Die Datei dieses Dokuments ist auf diesem PC beschädigt. „servease doctor“ ausführen und die Datei erneut hinzufügen, wo es sie noch gibt.
failure-internal = Im Programm ist etwas schiefgegangen; es steht im Protokoll. Nichts wurde geändert. Erneut versuchen.
