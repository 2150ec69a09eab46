# Meldungen: die Anrufliste, der Kalender dessen, was kommt, und wie dieser PC sich meldet.

nav-alerts = Meldungen
status-open-alerts =
    { $count ->
        [one] { $count } offen
       *[other] { $count } offen
    }

## Was sich tun lässt

action-called = Angerufen
action-calendar = Kalender
action-clear-marks = Nichts mehr markieren
action-copy-phone = Telefonnummer kopieren
action-done = Erledigt
action-end-pause = Pause beenden
action-mark = Markieren
action-mark-all = Alle markieren
action-mark-on = Weiter markieren
action-mark-up-to = Bis hier markieren
action-next-state = Nächsten Stand zeigen
action-pause-hour = Eine Stunde Pause
action-reopen = Wieder öffnen
action-save-call = Anruf speichern
action-seen = Gesehen
action-show-alerts = Meldungen zeigen
action-show-calendar = Kalender zeigen
action-show-coming = Zeigen, was kommt
action-show-list = Liste
action-show-open = Offene Meldungen zeigen
action-snooze = Zurückstellen
action-try-notice = Eine ausprobieren

## Die Liste

alert-day-later = Später
alert-day-overdue = Überfällig
alert-day-today = Heute fällig
alert-day-undated = Ohne Datum
alert-day-week = Diese Woche
alert-next-days = Die nächsten Tage
alert-state-done = Erledigt
alert-state-raised = Offen
alert-state-scheduled = Demnächst
alert-state-seen = Gesehen
alert-state-snoozed = Zurückgestellt
alert-until = Bis
column-last-visit = Letzter Besuch
column-marked = Markiert
column-record = Fahrzeug oder Papier
filter-alert-kind = Art
filter-alert-state = Stand
filter-next-days = Nächste { $days } Tage
filter-within = Zeitraum
status-alerts =
    { $count ->
        [one] { $count } Meldung
       *[other] { $count } Meldungen
    }
status-marked = Markiert
status-marked-alerts = { $count } markiert
status-most-urgent = Die { $shown } dringendsten von { $total }
status-no-visit = Noch kein Besuch
status-not-marked = Nicht markiert
status-snoozed-until = Bis { $date }
title-alert-tools = Meldungen bearbeiten

empty-alerts-done = Noch nichts erledigt. Was hier erledigt wird, bleibt hier für seinen Termin.
empty-alerts-raised = Gerade ist niemand anzurufen. Was fällig wird, erscheint hier.
empty-alerts-scheduled =
    { $days ->
        [one] Morgen steht nichts an. Termine und Papiere eines Fahrzeugs bringen Meldungen hierher.
       *[other] In den nächsten { $days } Tagen steht nichts an. Termine und Papiere eines Fahrzeugs bringen Meldungen hierher.
    }
empty-alerts-seen = Hier wartet nichts. Eine gesehene Meldung schweigt, bis sie dringender wird.
empty-alerts-snoozed = Nichts ist zurückgestellt. Eine zurückgestellte Meldung wartet hier und öffnet sich von selbst wieder.

## Zurückstellen und Anrufe

snooze-date = Bis zu einem Tag …
snooze-hour = Für eine Stunde
snooze-tomorrow = Bis morgen
snooze-week = Für eine Woche
title-snooze = Zurückstellen bis
title-called = Angerufen
call-outcome = Was dabei herauskam
call-outcome-hint = Angerufen, möchte Donnerstag
call-then = Danach
call-then-done = Erledigt
call-then-snoozed = Bis zu einem Tag zurückstellen
toast-alert-done = { $what }: erledigt
toast-alert-open = { $what }: wieder offen
toast-alert-seen = { $what }: gesehen
toast-alert-snoozed = { $what }: zurückgestellt
toast-alert-snoozed-until = { $what }: zurückgestellt bis { $date }
toast-called = Anruf bei { $name } notiert

## Der Kalender

title-coming = Was kommt
calendar-after = Weiter
calendar-before = Zurück
calendar-close-day = Tag schließen
calendar-day = { $date }: { $kinds }
calendar-day-empty = { $date }: nichts
calendar-empty = In diesen Wochen steht nichts an.
calendar-hint = Ein Tag zeigt seine Meldungen: einen wählen, oder Enter darauf.
calendar-month = Monat
calendar-nothing = An diesem Tag steht nichts an.
calendar-span = Zeitraum
calendar-today = Heute
calendar-week = Woche
key-space = Leertaste

## Einstellungen

hint-lead-days = Leer: wie in den Einstellungen der Werkstatt.
setting-alert-detail = Mitteilungen sagen
setting-alert-detail-everything = Was, an welchem Fahrzeug und bei wem
setting-alert-detail-hint = Mitteilungen liest auch, wer am Bildschirm vorbeigeht.
setting-alert-detail-kind = Nur was fällig ist
setting-alert-detail-vehicle = Was, und an welchem Fahrzeug
setting-autostart = Mit der Sitzung starten
setting-autostart-hint = Startet verborgen, damit Meldungen ohne Fenster kommen.
setting-autostart-none = Auf diesem PC lässt sich das nicht einstellen.
setting-calendar-file = Kalenderdatei
setting-calendar-file-hint = Immer aktuell. Ein Kalenderprogramm, das sie öffnet, zeigt, was kommt.
setting-close-to-tray = In die Leiste schließen
setting-close-to-tray-hint = Beim Schließen des Fensters bleibt das Symbol, und Meldungen kommen weiter. Beenden steht im Menü des Symbols.
setting-for-garage = Für die ganze Werkstatt
setting-for-this-pc = Auf diesem PC
setting-lead-days-hint = Eine Meldung öffnet sich am ersten dieser Tage vor ihrem Termin und meldet sich an jedem weiteren erneut. Ein Fahrzeug kann eigene haben.
setting-notifications = Mitteilungen
setting-pause = Pause
setting-quiet-from = Ruhe ab
setting-quiet-hint = In den Ruhezeiten und an anderen Tagen warten Mitteilungen; die Liste nicht.
setting-quiet-to = Ruhe bis
setting-working-days = Arbeitstage
notice-no-service = Auf diesem PC antwortet kein Mitteilungsdienst. Die Liste und ihre Zahl gibt es trotzdem.
notice-paused-until = Pause bis { $date }
notice-service = Gezeigt von { $name }
notice-shown = Eben wurde eine gezeigt.
failure-no-notices = Auf diesem PC antwortet kein Mitteilungsdienst. Die Liste und ihre Zahl gibt es trotzdem.
