# Wann etwas fällig ist, in so wenigen Wörtern, wie ein Blick braucht.

due-kind-insurance = Versicherung
due-kind-registration = Zulassung
due-kind-service = Wartung
due-kind-warranty = Garantie

# „Zulassung: Läuft in 5 Tagen ab“
due-named = { $what }: { $words }

due-overdue-days =
    { $days ->
        [one] { $days } Tag überfällig
       *[other] { $days } Tage überfällig
    }
due-overdue-distance = { $distance } überfällig
due-today = Heute fällig
due-now = Jetzt fällig
due-in-days =
    { $days ->
        [one] Morgen fällig
       *[other] In { $days } Tagen fällig
    }
due-in-distance = In { $distance } fällig
due-ok-until = In Ordnung bis { $month }
due-ok-for-distance = In Ordnung für { $distance }

due-expired-days =
    { $days ->
        [one] Gestern abgelaufen
       *[other] Vor { $days } Tagen abgelaufen
    }
due-expires-today = Läuft heute ab
due-expires-in-days =
    { $days ->
        [one] Läuft morgen ab
       *[other] Läuft in { $days } Tagen ab
    }
due-valid-until = Gültig bis { $month }

due-reason-date = nach Datum: { $date }
due-reason-mileage = nach Kilometerstand: bei { $distance }
due-reason-expiry = gültig bis { $date }
