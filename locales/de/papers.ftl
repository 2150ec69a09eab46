# Dokumente: die Seite aller Dokumente, Dateien auf dem Weg hinein, und eines, das angesehen wird.

nav-documents = Dokumente
section-documents = Dokumente
empty-papers-customer = Noch keine Dokumente. Dateien hierher ziehen oder hinzufügen.
empty-papers-vehicle = Noch keine Dokumente zu diesem Fahrzeug. Dateien hierher ziehen oder hinzufügen.
empty-papers = Noch keine Dokumente. Sie werden auf der Karte eines Kunden oder Fahrzeugs hinzugefügt.
empty-missing = Zu jedem Fahrzeug in Betrieb liegen Versicherung und Zulassung vor.
empty-scans = Im Scan-Ordner wartet nichts.
empty-scans-unwatched = Kein Scan-Ordner wird beobachtet. Den wählen, in den der Scanner schreibt.
scans-unreadable = Der Scan-Ordner ist gerade nicht lesbar: { $detail }

action-add-papers = Dokumente hinzufügen
action-take-scans =
    { $count ->
        [one] Scan übernehmen
       *[other] { $count } Scans übernehmen
    }
action-keep-papers =
    { $count ->
        [one] Dokument behalten
       *[other] { $count } Dokumente behalten
    }
action-leave-out = Weglassen
action-renew = Erneuern
action-save-copy = Kopie speichern
action-open-outside = Mit anderem Programm öffnen
action-print = Drucken
action-show-paper = Anzeigen
action-zoom-in = Vergrößern
action-zoom-out = Verkleinern
action-zoom-fit = An Breite anpassen
action-rotate = Drehen
action-next-paper = Nächstes Dokument
action-previous-paper = Voriges Dokument
action-put-away = Ablegen
action-take-back = Wieder gelten lassen
action-give-to = Einem Kunden geben
action-choose-folder = Ordner wählen
action-stop-watching = Keinen beobachten
action-show-code = Wiederherstellungscode anzeigen
action-hide-code = Verbergen
action-restore-key = Wiederherstellen

title-keep-papers = Dokumente hinzufügen
title-renew = „{ $title }“ erneuern
title-preview = Dokument
dialog-choose-files = Dokumente wählen
dialog-papers = Dokumente
dialog-all-files = Alle Dateien
dialog-save-copy = Kopie speichern
dialog-scan-folder = Ordner, in den der Scanner schreibt
hint-drop-customer = Loslassen, um es den Dokumenten von { $name } hinzuzufügen
hint-drop-anywhere = Loslassen, um Dokumente hinzuzufügen
hint-whose-papers = Wessen Dokumente sind das?
paper-vehicle = Zum Fahrzeug
paper-no-vehicle = Keins
paper-dates-registration = Das Zulassungsdatum des Fahrzeugs wird dieses
paper-dates-insurance = Das Versicherungsdatum des Fahrzeugs wird dieses
paper-file = { $kind }, { $size }
licence-in-picture = Laut Führerschein: { $holder }
action-customer-from-licence = Neuer Kunde
paper-refused = Nicht hinzugefügt: { $name }
paper-left = „{ $name }“ ist gesichert; die Datei ließ sich nicht aus dem Scan-Ordner nehmen.
paper-pasted = Eingefügtes Bild

status-papers =
    { $count ->
        [one] { $count } Dokument
       *[other] { $count } Dokumente
    }
status-missing-papers =
    { $count ->
        [one] { $count } Fahrzeug
       *[other] { $count } Fahrzeuge
    }
status-scans =
    { $count ->
        [one] 1 neuer Scan
       *[other] { $count } neue Scans
    }
status-new-scans = Neue Scans
status-sensitive = Vertraulich
status-renewed = Erneuert
status-put-away = Abgelegt
status-not-here = Beim Server
status-not-sent = Noch nicht gesendet
status-refused-file = Vom Server abgelehnt
status-no-file = Datei fehlt
status-page-of = Seite { $page } von { $pages }
status-kept-papers =
    { $count ->
        [one] „{ $title }“ hinzugefügt
       *[other] { $count } Dokumente hinzugefügt
    }
toast-renewed = „{ $title }“ erneuert
toast-copied-paper = Kopie gespeichert

filter-whose = Eines Kunden
action-of-everybody = Nur von { $name }: die aller Kunden zeigen
filter-papers = Titel, Kunde, Kennzeichen
filter-paper-state = Zustand
filter-paper-type = Art
paper-view-all = Alle
paper-view-expiring = Laufen ab
paper-view-missing = Fehlende
paper-view-scans = Scans
paper-state-fine = Gültig
paper-state-soon = Läuft bald ab
paper-state-expired = Abgelaufen
paper-state-put-away = Abgelegt oder erneuert
column-paper = Dokument
column-customer = Kunde
column-expires = Läuft ab
column-added = Hinzugefügt

preview-sensitive = Vertraulich: wird gezeigt, wenn jemand es verlangt. Jeder Blick wird vermerkt.
preview-not-here = Die Datei ist noch nicht beim Server. Sie kommt von dem PC, der sie aufgenommen hat, sobald er abgeglichen hat.
preview-kind = Von dieser Art Datei gibt es keine Vorschau.
preview-locked = Dieses PDF ist gesperrt: sein Kennwort öffnet es in einem anderen Programm.
preview-too-much = Zu groß, um es hier zu zeigen.
preview-damaged = Diese Datei lässt sich nicht zeigen: sie ist wohl beschädigt. Ein anderes Programm öffnet sie vielleicht.
preview-no-drawer = Die Vorschau lässt sich nicht starten.
preview-page-failed = Diese Seite lässt sich nicht zeigen.
preview-printing = Druck wird vorbereitet…
print-too-many = { $pages } Seiten sind zu viele, um sie von hier zu drucken. Mit einem anderen Programm öffnen.
section-paper-facts = Angaben
section-looks = An diesem PC angesehen
section-looks-everywhere = Wer es angesehen hat
look-nobody = Niemand gewählt
paper-renews = Erneuert
paper-renewed-by = Erneuert durch

setting-scan-folder = Scan-Ordner
setting-scan-folder-hint = Was ein Scanner dort ablegt, wartet auf einen Kunden und wird herausgenommen, sobald es gesichert ist.
setting-scan-folder-none = Keiner
setting-recovery-code = Wiederherstellungscode
setting-recovery-code-hint = Zwölf Wörter, die die Dokumente öffnen, wenn diese Daten auf einem anderen PC wiederhergestellt werden. Ausdrucken und wegschließen.
setting-restore-key = Wiederhergestellte Daten
setting-restore-key-hint = Hier die zwölf Wörter eingeben, wenn sich Dokumente wiederhergestellter Daten nicht öffnen lassen.
recovery-ask = Diese Wörter öffnen jedes Dokument. Schaut niemand über die Schulter?
recovery-title = Wiederherstellungscode von ServEase Desk
recovery-words = Wiederherstellungscode
recovery-restored = Die Dokumente lassen sich wieder öffnen
