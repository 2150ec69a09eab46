# Abgleich mit dem Server: Fehler und ihre Worte.

failure-not-signed-in = Niemand ist an einem Server angemeldet. Erst anmelden, dann abgleichen.
failure-not-an-address = „{ $address }“ ist keine Serveradresse.
failure-wrong-credentials = E-Mail oder Passwort ist falsch.
failure-other-server = Die Daten dieses Ordners gehören zu { $known }.
failure-unreachable = Der Server ist nicht erreichbar. Änderungen bleiben hier gespeichert und werden später gesendet.
failure-server-busy = Der Server ist gerade ausgelastet. Dieser Platz versucht es von selbst wieder.
failure-certificate-refused = Das Zertifikat des Servers wird nicht angenommen. Datum und Uhrzeit dieses PCs prüfen, dann die Adresse.
failure-signed-out = Die Sitzung ist abgelaufen. Neu anmelden; was noch zu senden ist, bleibt erhalten.
failure-keyring-silent = Der Schlüsselbund dieses PCs antwortet nicht; in ihm liegt die Sitzung. Entsperren Sie ihn, oder melden Sie sich neu an.
failure-forbidden = Dieses Konto darf das nicht.
failure-not-central = Unter dieser Adresse antwortet kein ServEase Central.
failure-update-needed = Programm und Server passen nicht zusammen. Das ältere aktualisieren; was noch zu senden ist, bleibt erhalten.
failure-sync-stuck = Die Antworten des Servers führen zu nichts; es steht im Protokoll. Nichts ging verloren.
failure-cancelled = Abgebrochen.
