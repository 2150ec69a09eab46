# Die Wörter des Fensters: Orte, Handlungen, Titel, Zustände, Hinweise.

app-name = ServEase Desk

## Orte

nav-find = Suchen
nav-check-in = Annahme
nav-customers = Kunden
nav-vehicles = Fahrzeuge
nav-settings = Einstellungen

## Handlungen

action-add-employee = Mitarbeiter hinzufügen
action-add-note = Notiz hinzufügen
action-add-vehicle = Fahrzeug hinzufügen
action-another-car = Weiteres Fahrzeug
action-back = Zurück
action-cancel = Abbrechen
action-correct-reading = Kilometerstand korrigieren
action-change = Ändern
action-check-in = Annehmen
action-check-in-first = Erstes Fahrzeug annehmen
action-check-in-new = Neues Fahrzeug annehmen
action-check-in-next = Nächstes Fahrzeug annehmen
action-check-in-this = Dieses Fahrzeug annehmen
action-check-in-unread = Ohne Kilometerstand annehmen
action-clear-filters = Filter aufheben
action-close = Schließen
action-copy = { $what } kopieren: { $text }
action-deactivate = Deaktivieren
action-deactivate-name = { $name } deaktivieren
action-delete = Löschen
action-delete-customer = Kunden löschen
action-delete-vehicle = Fahrzeug löschen
action-discard-draft = Entwurf verwerfen
action-dismiss = Ausblenden
action-edit = Bearbeiten
action-find = Suchen
action-history = Verlauf
action-more = Weitere Aktionen
action-new-customer = Neuer Kunde
action-new-vehicle = Neues Fahrzeug
action-open-customer = Kunden öffnen
action-open-vehicle = Fahrzeug öffnen
action-reactivate = Reaktivieren
action-reactivate-name = { $name } reaktivieren
action-record-service = Arbeit erfassen
action-restore-draft = Entwurf wiederherstellen
action-save = Speichern
action-save-anyway = Trotzdem speichern
action-save-customer = Kunden speichern
action-save-reading = Stand speichern
action-save-vehicle = Fahrzeug speichern
action-show-all = Alle { $count } zeigen
action-show-more = { $count } weitere zeigen
action-show-keys = Tastenkürzel zeigen
action-show = Zeigen
action-skip = Zur Seite springen
action-transfer = Umschreiben
action-transfer-to = Auf { $name } umschreiben
action-try-again = Erneut versuchen
action-undo = Rückgängig
action-undo-last = Letzte Änderung rückgängig machen
action-undo-this = Diese Änderung rückgängig machen
action-redo = Wiederholen
action-redo-last = Zuletzt Zurückgenommenes wiederholen
action-unverify = Bestätigung zurücknehmen
action-update-odometer = Kilometerstand erfassen
action-use-customer = Diesen Kunden nehmen
action-verify = Kunden als bestätigt vermerken

## Titel

title-check-in-new = Neues Fahrzeug annehmen
title-duplicates = Schon vorhanden?
title-existing-customer = Kunden suchen
title-filters = Filter
title-history = Verlauf
title-keys = Tastenkürzel
title-keys-editing = Beim Bearbeiten
title-keys-everywhere = Überall
title-keys-here = Auf dieser Seite
title-navigation = Hauptmenü
title-new-owner = Neuer Halter
title-note = Notiz
title-notices = Hinweise
title-service = Arbeit
title-worker = Am Platz: { $name }

## Abschnitte

section-about = Über das Programm
section-business = Firma
section-car-more = Mehr zum Fahrzeug
section-contact = Kontakt
section-due = Fällig
section-emergency = Notfallkontakt
section-employees = Wer hier arbeitet
section-existing-customer = Kunde ist schon vorhanden
section-former-owners = Frühere Halter
section-garage = Werkstatt
section-identity = Identität
section-important-notes = Wichtige Notizen
section-notes = Notizen
section-odometer = Kilometerstand
section-owner = Halter
section-papers = Zulassung, Versicherung, Garantie
section-person-more = Adresse und mehr
section-preferences = Wünsche
section-recent = Zuletzt geöffnet
section-services = Werkstattverlauf
section-specifications = Technische Daten
section-this-pc = Dieser PC
section-vehicles = Fahrzeuge

## Zustände

status-active = Aktiv
status-business = Firma
status-copied = { $what } kopiert
status-correction = Korrektur
status-customer-since = Kunde seit { $date }
status-customers =
    { $count ->
        [one] { $count } Kunde
       *[other] { $count } Kunden
    }
status-demo = Demodaten
status-draft-restored = Entwurf wiederhergestellt
status-draft-waits = Ein Entwurf für { $what } liegt bereit
status-follow-up = nachfassen am { $date }
status-found =
    { $count ->
        [0] Nichts gefunden
        [one] { $count } Treffer
       *[other] { $count } Treffer
    }
status-important = Wichtig
status-improbable = Unwahrscheinlich
status-inactive = Inaktiv
status-interval = Alle { $interval }
status-interval-both = Alle { $first } oder { $second }
status-interval-months =
    { $months ->
        [one] { $months } Monat
       *[other] { $months } Monate
    }
status-is-undo = Rücknahme
status-is-redo = Wiederholt
status-is-working = Jetzt am Platz
status-no-rows = Keine Zeilen
status-nobody = Niemand gewählt
status-private = Privat
status-saved = { $what } gespeichert
status-services =
    { $count ->
        [one] { $count } Arbeit
       *[other] { $count } Arbeiten
    }
status-services-for = { $services }, { $spent }
status-this-pc-only = Nur auf diesem PC
status-under-warranty = In Garantie
status-undone = Rückgängig gemacht
status-vehicles =
    { $count ->
        [one] { $count } Fahrzeug
       *[other] { $count } Fahrzeuge
    }
status-verified = Bestätigt
status-working = { $name } ist am Platz

## Listen

column-car = Marke und Modell
column-due = Fällig
column-name = Name
column-odometer = Kilometerstand
column-owner = Halter
column-since = Seit
filter-active = Status
filter-all = Alle
filter-customers = Kunden filtern
filter-vehicles = Fahrzeuge filtern

## Leere Stellen sagen, was als Nächstes kommt

empty-customers = Noch keine Kunden. Der erste ist in einer Minute erfasst.
empty-due =
    { $days ->
        [one] Morgen ist nichts fällig.
       *[other] In den nächsten { $days } Tagen ist nichts fällig.
    }
empty-employees = Noch niemand. Wer hier einen Namen hat, steht an seinen Änderungen.
empty-history = Noch keine Änderungen.
empty-list = Nichts passt zu diesen Filtern.
empty-next-due = Noch kein Termin. Unten einen setzen, oder ein Intervall, das ihn mit jeder Arbeit setzt.
empty-notes = Keine Notizen. Hier steht, was man vor dem Gespräch wissen sollte.
empty-readings = Noch kein Kilometerstand.
empty-recent = Was geöffnet wird, erscheint hier.
empty-search = Nichts gefunden für „{ $text }“.
empty-services-of-customer = Noch keine Arbeiten. Sie werden am Fahrzeug erfasst.
empty-services-of-vehicle = Noch keine Arbeiten. Die erste erfassen.
empty-vehicles = Noch keine Fahrzeuge. Das erste annehmen.
empty-vehicles-of-customer = Noch keine Fahrzeuge. Das erste hinzufügen.

## Hinweise

hint-last-reading = Letzter Stand { $distance }
hint-last-reading-on = Letzter Stand { $distance } am { $date }
hint-letter-day = T
hint-letter-month = M
hint-letter-year = J
hint-lower-reading = Niedriger als der letzte Stand. Prüfen oder als Korrektur speichern.
hint-needed = (Pflichtfeld)
hint-not-saved = Nicht gespeichert: „{ $value }“
hint-never-read = Noch kein Stand abgelesen
hint-no-plate = ohne Kennz.
hint-no-reading = Kilometerstand noch nicht abgelesen
hint-nothing = nichts
hint-reason = Warum der frühere Stand falsch war
hint-search = Kennzeichen, Name, Telefon, E-Mail oder FIN
hint-search-customer = Name, Telefon oder E-Mail
title-still-holds = Gilt auch für den neuen Halter
hint-still-holds = Was nicht angehakt ist, galt für den bisherigen Halter und wird geleert.
licence-proposed = Aus dem Führerschein: { $fields }. Vor dem Sichern ansehen.
licence-truncated = Der Name passte nicht auf die Karte: ergänzen.
licence-valid = Der Führerschein gilt bis { $date }.
licence-expired = Der Führerschein ist am { $date } abgelaufen.
hint-transfer = Halter ist jetzt { $name }. Der Verlauf bleibt beim Fahrzeug.

## Annahme

check-in-done = Angenommen
check-in-hint = Kennzeichen, FIN oder Name
check-in-last-service = Letzte Arbeit
check-in-sorted = „{ $text }“ steht jetzt in { $fields }.
check-in-no-cars = { $name } hat noch keine Fahrzeuge.
check-in-nothing-due = Nichts ist fällig.
check-in-text = Kennzeichen eingeben. Für ein unbekanntes Fahrzeug genügt ein Formular.
check-in-their-cars = Fahrzeuge von { $name }
check-in-unknown = „{ $text }“ ist noch nicht vorhanden.
check-in-which = Welches Fahrzeug
duplicate-by-email = Gleiche E-Mail
duplicate-by-license-plate = Gleiches Kennzeichen
duplicate-by-name = Gleicher Name
duplicate-by-phone = Gleiche Telefonnummer
duplicate-by-vin = Gleiche FIN
form-look-above = Einige Felder brauchen noch einen Blick.

## Erster Start

first-done = Bereit
first-next = Das erste Fahrzeug annehmen oder einen Kunden anlegen.
first-person = Ihr Name
first-text = Zwei, drei Wörter, und es kann losgehen. Alles lässt sich in den Einstellungen ändern.
first-title = Ihre Werkstatt

## Einstellungen

setting-country = Land
setting-currency = Währung
setting-data-folder = Datenordner
setting-data-folder-hint = In diesem Ordner liegt alles.
setting-distance-unit = Entfernungen (Zahlen werden nicht umgerechnet)
setting-employee-id = Wer am Platz ist
setting-garage-name = Name der Werkstatt
setting-language = Sprache
setting-language-shown = Angezeigt auf
setting-language-system = Wie das System
setting-soon-days = Bald fällig, Tage vorher
setting-soon-distance = Bald fällig, Strecke vorher
setting-theme = Farben
setting-theme-dark = Dunkel
setting-theme-light = Hell
setting-theme-system = Wie das System
setting-timezone = Zeitzone
setting-unit-km = Kilometer
setting-unit-mi = Meilen
setting-version = Version

## Tasten

key-ctrl = Strg
key-does-give-up = Verwerfen
key-does-keep = Übernehmen
key-does-keep-long = Langen Text übernehmen
key-does-next = Nach unten
key-does-open = Öffnen
key-does-previous = Nach oben
key-enter = Enter
key-escape = Esc

## Was geschehen ist

toast-checked-in = { $what } angenommen
toast-deactivated = { $what } deaktiviert
toast-deleted = { $what } gelöscht
toast-not-copied = Nicht kopiert: das System hat es abgelehnt. Den Text markieren und von Hand kopieren.
toast-odometer = Kilometerstand ist { $distance }
toast-reactivated = { $what } reaktiviert
toast-redone = { $what }: wieder getan
toast-service = { $what } erfasst
toast-transferred = { $what } auf { $name } umgeschrieben
toast-undone-create = { $what } zurückgenommen
toast-undone-delete = { $what } ist wieder da
toast-undone-fields = { $what }: { $fields } wie vorher
toast-undone-restore = { $what }: wieder gelöscht
toast-undone-update = { $what } wie vorher
toast-vehicle-added = { $what } hinzugefügt

## Verlauf

history-create = { $what } angelegt
history-delete = { $what } gelöscht
history-restore = { $what } wiederhergestellt
history-update = { $what } geändert

## Regionen einer FIN

vin-region-africa = Afrika
vin-region-asia = Asien
vin-region-europe = Europa
vin-region-north-america = Nordamerika
vin-region-oceania = Ozeanien
vin-region-south-america = Südamerika
