# Namen von Einträgen, Feldern und Auswahlen; `field-<name>` wie in der Beschreibung.

## Einträge

entity-customer = Kunde
entity-document = Dokument
entity-employee = Mitarbeiter
entity-garage = Werkstatt
entity-mileage-reading = Kilometerstand
entity-note = Notiz
entity-ownership = Halterschaft
entity-preferences = Wünsche
entity-service-record = Arbeit
entity-vehicle = Fahrzeug

## An jedem Eintrag

field-id = Kennung
field-created-at = Angelegt
field-updated-at = Geändert
field-non-field-errors = Eintrag
field-is-active = Aktiv

## Kunde

field-garage-name = Name der Werkstatt
field-distance-unit = Entfernungen
field-soon-days = Bald fällig, Tage vorher
field-soon-distance = Bald fällig, Strecke vorher
field-user-id = Anmeldekonto
field-first-name = Vorname
field-last-name = Nachname
field-email = E-Mail
field-phone = Telefon
field-phone-extension = Durchwahl
field-secondary-phone = Zweites Telefon
field-secondary-phone-extension = Durchwahl, zweites Telefon
field-street-address = Straße
field-apartment-unit = Wohnung
field-city = Ort
field-state = Bundesland
field-zip-code = Postleitzahl
field-country = Land
field-is-verified = Bestätigt
field-customer-since = Kunde seit
field-company-name = Firma
field-business-tax-id = Steuernummer
field-is-business-customer = Firmenkunde
field-emergency-contact-name = Name
field-emergency-contact-phone = Telefon im Notfall
field-emergency-contact-phone-extension = Durchwahl, Kontakttelefon
field-emergency-contact-relationship = Beziehung
field-last-service-date = Letzte Arbeit

## Fahrzeug

field-customer-id = Halter
field-make = Marke
field-model = Modell
field-year = Baujahr
field-color = Farbe
field-vin = FIN
field-license-plate = Kennzeichen
field-state-registered = Zugelassen in
field-engine-size = Motor
field-fuel-type = Kraftstoff
field-transmission = Getriebe
field-current-mileage = Kilometerstand
field-purchase-date = Gekauft am
field-purchase-mileage = Gekauft bei
field-insurance-company = Versicherer
field-insurance-policy-number = Policennummer
field-insurance-expiry-date = Versichert bis
field-registration-expiry-date = Zugelassen bis
field-is-under-warranty = In Garantie
field-warranty-expiry-date = Garantie bis
field-last-service-mileage = Letzte Arbeit bei
field-next-service-due-date = Nächste Wartung am
field-next-service-due-mileage = Nächste Wartung bei
field-service-interval-months = Intervall, Monate
field-service-interval-distance = Intervall, Strecke

## Wünsche

field-email-notifications = E-Mail-Nachrichten
field-sms-notifications = SMS
field-push-notifications = Push-Nachrichten
field-phone-call-notifications = Anrufe
field-postal-mail-notifications = Briefe
field-preferred-contact-method = Kontakt per
field-preferred-service-time = Uhrzeit
field-preferred-service-day = Wochentag
field-preferred-language = Sprache
field-timezone = Zeitzone
field-currency = Währung
field-marketing-emails = Angebote per E-Mail
field-promotional-sms = Angebote per SMS
field-service-reminders = An Wartung erinnern
field-appointment-reminders = An Termine erinnern
field-data-sharing-consent = Daten weitergeben
field-analytics-consent = Daten auswerten

## Dokument

field-vehicle-id = Fahrzeug
field-document-type = Art
field-title = Titel
field-description = Beschreibung
field-file-name = Dateiname
field-file-size = Dateigröße
field-mime-type = Dateityp
field-sha256 = Prüfsumme
field-is-sensitive = Vertraulich
field-expiry-date = Gültig bis
field-renews = Ersetzt

## Notiz

field-note-type = Art
field-content = Text
field-is-important = Wichtig
field-is-private = Privat
field-is-pinned = Angeheftet
field-follow-up-date = Nachfassen am
field-created-by = Geschrieben von

## Arbeit

field-performed-at = Datum
field-mileage = Kilometerstand
field-service-type = Arbeit
field-cost = Preis
field-employee-id = Ausgeführt von

## Kilometerstand

field-value = Stand
field-read-at = Abgelesen am
field-source = Quelle
field-is-correction = Korrektur
field-reason = Grund
field-is-improbable = Unwahrscheinlich
field-is-confirmed = Bestätigt
field-is-from-future = Datum in der Zukunft

## Halterschaft

field-from = Von
field-until = Bis

## Mitarbeiter

field-name = Name
field-role = Funktion

## Auswahl

choice-yes = Ja
choice-no = Nein
choice-none = Keine Angabe
choice-fuel-type-gasoline = Benzin
choice-fuel-type-diesel = Diesel
choice-fuel-type-hybrid = Hybrid
choice-fuel-type-electric = Elektro
choice-fuel-type-plug-in-hybrid = Plug-in-Hybrid
choice-fuel-type-natural-gas = Erdgas
choice-fuel-type-other = Andere
choice-distance-unit-mi = Meilen
choice-distance-unit-km = Kilometer
choice-transmission-manual = Schaltgetriebe
choice-transmission-automatic = Automatik
choice-transmission-cvt = Stufenlos (CVT)
choice-transmission-semi-automatic = Halbautomatik
choice-preferred-contact-method-email = E-Mail
choice-preferred-contact-method-sms = SMS
choice-preferred-contact-method-phone = Telefon
choice-preferred-contact-method-app = App
choice-preferred-contact-method-mail = Brief
choice-preferred-service-day-monday = Montag
choice-preferred-service-day-tuesday = Dienstag
choice-preferred-service-day-wednesday = Mittwoch
choice-preferred-service-day-thursday = Donnerstag
choice-preferred-service-day-friday = Freitag
choice-preferred-service-day-saturday = Samstag
choice-preferred-service-day-sunday = Sonntag
choice-preferred-language-en = Englisch
choice-preferred-language-es = Spanisch
choice-preferred-language-fr = Französisch
choice-preferred-language-de = Deutsch
choice-preferred-language-zh = Chinesisch
choice-preferred-language-ja = Japanisch
choice-preferred-language-ko = Koreanisch
choice-note-type-general = Allgemein
choice-note-type-service = Werkstatt
choice-note-type-billing = Rechnung
choice-note-type-complaint = Beschwerde
choice-note-type-compliment = Lob
choice-note-type-follow-up = Nachfassen
choice-document-type-license = Führerschein
choice-document-type-insurance = Versicherung
choice-document-type-registration = Zulassung
choice-document-type-warranty = Garantie
choice-document-type-service-history = Werkstattverlauf
choice-document-type-invoice = Rechnung
choice-document-type-receipt = Quittung
choice-document-type-other = Anderes
choice-source-desk = Am Empfang
choice-source-service = Bei einer Arbeit
choice-source-import = Importiert
choice-source-api = Von außen

entity-alert = Meldung
field-alert-kind = Meldung
field-document-id = Dokument
field-note-id = Notiz
field-stage = Dringlichkeit
choice-alert-kind-service = Service
choice-alert-kind-registration = Zulassung
choice-alert-kind-insurance = Versicherung
choice-alert-kind-warranty = Garantie
choice-alert-kind-document = Dokument
choice-alert-kind-follow-up = Wiedervorlage
choice-state-seen = Gesehen
choice-state-snoozed = Zurückgestellt
choice-state-done = Erledigt
field-lead-days = Erinnerungen, Tage vorher
field-service-lead-days = Service-Erinnerungen, Tage vorher
field-registration-lead-days = Zulassungs-Erinnerungen, Tage vorher
field-insurance-lead-days = Versicherungs-Erinnerungen, Tage vorher
field-warranty-lead-days = Garantie-Erinnerungen, Tage vorher
field-document-lead-days = Dokument-Erinnerungen, Tage vorher
field-alert-detail = Benachrichtigungen nennen
choice-alert-detail-vehicle = Das Fahrzeug
choice-alert-detail-everything = Fahrzeug, Kunde und Telefon
choice-alert-detail-kind = Nur, was fällig wird

entity-look = Blick in ein Dokument
field-deed = Was getan wurde
field-looked-at = Angesehen am
field-looked-by = Angesehen von
choice-deed-seen = Angesehen
choice-deed-copied = Kopie gespeichert
choice-deed-opened = Außerhalb geöffnet
choice-deed-printed = Gedruckt
