# Namen für das, was zwei geändert haben, ohne voneinander zu wissen.

entity-conflict = Konflikt
field-record-kind = Art des Datensatzes
field-record-id = Datensatz
field-field = Feld
field-kept = Gilt
field-lost = Gilt nicht
field-kept-by = Geändert von
field-lost-by = Auch geändert von
field-kept-at = Geändert
field-lost-at = Auch geändert
field-merged-into = Zusammengeführt mit
choice-state-open = Offen
choice-state-kept = Beibehalten
choice-state-taken = Anderer Wert übernommen
choice-state-edited = Seither bearbeitet
group-address = Adresse
group-emergency-contact = Notfallkontakt
group-insurance = Versicherung
group-name = Name
