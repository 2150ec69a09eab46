# Abgleich mit dem Server: wie es steht, was zu entscheiden ist, Anmeldung, Fehler.

## Fehler

failure-not-signed-in = Niemand ist an einem Server angemeldet. Erst anmelden, dann abgleichen.
failure-not-an-address = „{ $address }“ ist keine Serveradresse.
failure-wrong-credentials = E-Mail oder Passwort ist falsch.
failure-other-server = Die Daten dieses Ordners gehören zu { $known }.
failure-unreachable = Der Server ist nicht erreichbar. Änderungen bleiben hier gespeichert und werden später gesendet.
failure-server-busy = Der Server ist gerade ausgelastet. Dieser Platz versucht es von selbst wieder.
failure-certificate-refused =
    { $cause ->
        [clock] Das Zertifikat des Servers gilt nicht zu der Zeit, die dieser PC zeigt. Datum und Uhrzeit des PCs prüfen; stimmen sie, ist das Zertifikat abgelaufen.
        [name] Das Zertifikat des Servers ist für eine andere Adresse ausgestellt. Die Adresse prüfen.
        [issuer] Niemand, den dieser PC kennt, hat das Zertifikat des Servers unterschrieben. Beim Betreiber des Servers nachfragen.
        [plain] Der Server spricht unter dieser Adresse unverschlüsselt. Im eigenen Netz die Adresse mit http:// beginnen.
       *[other] Es kommt keine sichere Verbindung zum Server zustande. Datum und Uhrzeit dieses PCs prüfen, dann die Adresse.
    }
failure-signed-out = Die Sitzung ist abgelaufen. Neu anmelden; was noch zu senden ist, bleibt erhalten.
failure-keyring-silent = Der Schlüsselbund dieses PCs antwortet nicht; in ihm liegt die Sitzung. Entsperren Sie ihn, oder melden Sie sich neu an.
failure-forbidden = Dieses Konto darf das nicht.
failure-not-central = Unter dieser Adresse antwortet kein ServEase Central.
failure-update-needed = Programm und Server passen nicht zusammen. Das ältere aktualisieren; was noch zu senden ist, bleibt erhalten.
failure-sync-stuck = Die Antworten des Servers führen zu nichts; es steht im Protokoll. Nichts ging verloren.
failure-cancelled = Abgebrochen.

## Wie es steht

nav-sync = Abgleich
title-sync = Abgleich mit dem Server
action-show-sync = Abgleich zeigen
sync-attention =
    { $count ->
        [0] Braucht jemanden
       *[other] Braucht jemanden: { $count }
    }
sync-connecting = Verbindet
sync-offline =
    { $waiting ->
        [0] Offline
        [one] Offline, { $waiting } Änderung wartet
       *[other] Offline, { $waiting } Änderungen warten
    }
sync-paused = Angehalten
sync-sign-in =
    { $waiting ->
        [0] Neu anmelden
        [one] Neu anmelden, { $waiting } Änderung wartet
       *[other] Neu anmelden, { $waiting } Änderungen warten
    }
sync-to-decide = { $count } zu entscheiden
sync-synced-hours = Abgeglichen vor { $hours } Std.
sync-synced-minutes = Abgeglichen vor { $minutes } Min.
sync-synced-now = Gerade abgeglichen
sync-synced-on = Abgeglichen am { $date }
sync-waiting =
    { $waiting ->
        [one] { $waiting } Änderung wartet
       *[other] { $waiting } Änderungen warten
    }
sync-working-part = Läuft … { $percent }
sync-working = Läuft … noch { $left }

## Die Seite

action-connect = Mit einem Server verbinden
action-pause = Anhalten
action-sync-now = Jetzt abgleichen
sync-about-alone = Alles liegt nur auf diesem PC. Mit dem Server des Betriebs verbunden arbeiten mehrere Plätze mit denselben Daten, auch wenn die Leitung ausfällt.
sync-about-attention = Unten ist etwas zu entscheiden. Alles andere läuft weiter.
sync-about-paused = Was bisher geschah, bleibt. „Jetzt abgleichen“ macht hier weiter.
sync-about-signed-out = Neu anmelden, wann es passt. Alles lässt sich weiter bearbeiten und wird nach der Anmeldung gesendet.
sync-last-success = Zuletzt abgeglichen
sync-left-minutes =
    { $minutes ->
        [one] noch etwa { $minutes } Minute
       *[other] noch etwa { $minutes } Minuten
    }
sync-left-seconds = noch weniger als eine Minute
sync-never = Noch nie
sync-more-waiting =
    { $count ->
        [one] und { $count } weitere
       *[other] und { $count } weitere
    }
sync-nothing-open = Nichts wartet, und nichts ist zu entscheiden.
sync-progress-pulling = Dieser Platz wird auf den neuesten Stand gebracht: noch { $left }
sync-progress-pushing = Änderungen werden gesendet
sync-set-aside =
    { $count ->
        [one] { $count } Änderung eines anderen Platzes braucht eine neuere Version dieses Programms. Bitte aktualisieren.
       *[other] { $count } Änderungen anderer Plätze brauchen eine neuere Version dieses Programms. Bitte aktualisieren.
    }
sync-part = { $what }: { $done } von { $total }
sync-stage-fetching = Die Daten des Betriebs werden geladen
sync-stage-indexing = Sie werden durchsuchbar gemacht
sync-stage-making = Der Server stellt die Daten des Betriebs bereit
sync-stage-taking-in = Sie werden übernommen; einen Moment lang lässt sich nichts speichern
sync-stage-unpacking = Sie werden entpackt
sync-progress-snapshot = Die Daten des Betriebs kommen zum ersten Mal: noch { $left } Datensätze

## Konflikte

action-edit-value = Anderes eingeben
action-keep-all-mine = Alle von hier behalten
action-keep-mine = Von hier behalten
action-take-all-theirs = Alle anderen übernehmen
action-take-theirs = Anderen übernehmen
section-conflicts = An zwei Plätzen geändert
sync-about-conflicts = Zwei haben dasselbe geändert, ohne voneinander zu wissen. Bis zur Entscheidung gilt, was zuletzt ankam.
sync-field-deleted = Gelöscht oder behalten
sync-in-use = Gilt
sync-mine = Dieser Platz
sync-record-of = { $what }, { $of }
sync-theirs = Anderer Platz
sync-was-deleted = Gelöscht
sync-was-edited = Behalten, mit den Änderungen
status-nobody-named = Niemand genannt
toast-conflict-edit = { $field } von { $what } gesetzt
toast-conflict-mine = { $field } von { $what }: Wert von hier behalten
toast-conflict-theirs = { $field } von { $what }: anderer Wert übernommen
toast-conflicts-decided =
    { $count ->
        [one] { $what }: { $count } Feld entschieden
       *[other] { $what }: { $count } Felder entschieden
    }

## Doppelte

action-keep-apart = Beide getrennt lassen
action-keep-first = Links zusammenführen
action-keep-left = In { $name } links zusammenführen
action-keep-right = In { $name } rechts zusammenführen
action-keep-second = Rechts zusammenführen
section-duplicates = Doppelt eingegeben
sync-about-duplicates = Zwei Plätze haben dieselbe E-Mail, FIN oder dasselbe Kennzeichen eingegeben, oder denselben Namen mit derselben Telefonnummer. Beim Zusammenführen ziehen Fahrzeuge, Notizen und Papiere um, Lücken werden gefüllt, und der Verlauf bleibt.
sync-pair = { $one } und { $other }
sync-same-field = Gleich: { $field }
toast-kept-apart = { $one } und { $other } bleiben getrennt
toast-merged = In { $what } zusammengeführt

## Was wartet

action-discard-edit = Verwerfen
action-mend = Zum Feld
section-refused = Vom Server abgelehnt
section-waiting = Noch zu senden
sync-edit-create = neu
sync-edit-delete = gelöscht
sync-edit-restore = wiederhergestellt
sync-edit-update = geändert
sync-refused = { $label } wurde abgelehnt.
toast-discarded = Änderung an { $what } verworfen
toast-undone-discard = { $what }: die Änderung wartet wieder
waiting-behind = Wartet auf eine frühere Änderung desselben Datensatzes.
waiting-id-reused = Der Server kennt unter dieser Nummer eine andere Änderung. Verwerfen und neu eingeben.
waiting-missing-reference = Wartet auf das, wozu es gehört.
waiting-not-sent = Geht mit dem nächsten Abgleich hinaus.
waiting-rejected = Der Server hat es abgelehnt. Das Feld berichtigen oder die Änderung verwerfen.
waiting-server-failed = Der Server ist daran gescheitert; sein Protokoll sagt warum. Erneut versuchen oder verwerfen.
waiting-server-too-old = Der Server ist dafür zu alt. Es geht hinaus, sobald er aktualisiert ist.

## Dateien von Dokumenten

action-give-up-file = Nicht mehr senden
files-none-wait = Alle Dateien sind beim Server.
files-one = Eine Datei
files-pace-idle = Wenn sonst nichts wartet
files-pace-now = Sofort
files-pace-paused = Zurzeit nicht
files-refused = Dateien, die der Server nicht annimmt
files-sent = Gesendet
files-sent-again = Die Datei geht beim nächsten Abgleich mit.
files-too-big = Die Datei ist größer, als der Server annimmt. In geringerer Auflösung scannen oder teilen.
files-waiting =
    { $count ->
        [one] { $count } Datei wartet, { $size }
       *[other] { $count } Dateien warten, { $size }
    }
files-when = Dateien werden gesendet
section-files = Dateien
toast-file-given-up = Die Datei von { $what } bleibt nur auf diesem PC

## Anmelden

action-keep-server = Bei diesem Server bleiben
action-move-server = Zum neuen Server umziehen
action-sign-in = Anmelden
action-sign-out = Abmelden
section-server = Server
server-about-moving = Die Daten dieses PCs bleiben hier. Auf einem anderen Server kommen sie mit dessen Daten zusammen.
server-answers = ServEase Central antwortet.
server-answers-plain = ServEase Central antwortet, aber unverschlüsselt. Nur im eigenen Netz verwenden.
server-checking = Server wird gesucht …
server-example = werkstatt.example.com
server-hint = Wie vom Betrieb genannt.
server-in-file = Dieser PC hat keinen Schlüsselbund: Die Anmeldung liegt in einer Datei, die nur Sie lesen können.
server-other = Die Daten dieses PCs gehören zu { $known }. Beim Umzug kommen sie alle mit { $server } zusammen.
server-signed-in = Angemeldet als { $name }
server-signed-out = Abgemeldet
server-signing-in = Anmeldung läuft …
setting-account = Angemeldet als
setting-password = Passwort
setting-server = Server
setting-server-open = Die Verbindung ist unverschlüsselt (http://): Andere im Netz können mitlesen, auch das Passwort.
setting-session = Anmeldung liegt in
setting-session-file = Einer Datei, die nur Sie lesen können
setting-session-file-hint = Dieser PC hat keinen Schlüsselbund.
setting-session-keyring = Dem Schlüsselbund dieses PCs

## Während jemand schreibt

action-take-it = Übernehmen
action-keep-typing = Weiterschreiben
elsewhere-by = Inzwischen von { $name } auf „{ $value }“ geändert.
elsewhere-plain = Inzwischen an einem anderen Platz auf „{ $value }“ geändert.
