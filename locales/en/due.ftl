# When something is due, in as few words as a glance takes.

due-kind-insurance = Insurance
due-kind-registration = Registration
due-kind-service = Service
due-kind-warranty = Warranty

# "Registration: Expires in 5 days"
due-named = { $what }: { $words }

due-overdue-days =
    { $days ->
        [one] Overdue { $days } day
       *[other] Overdue { $days } days
    }
due-overdue-distance = Overdue { $distance }
due-today = Due today
due-now = Due now
due-in-days =
    { $days ->
        [one] Due tomorrow
       *[other] Due in { $days } days
    }
due-in-distance = Due in { $distance }
due-ok-until = OK until { $month }
due-ok-for-distance = OK for { $distance }

due-expired-days =
    { $days ->
        [one] Expired yesterday
       *[other] Expired { $days } days ago
    }
due-expires-today = Expires today
due-expires-in-days =
    { $days ->
        [one] Expires tomorrow
       *[other] Expires in { $days } days
    }
due-valid-until = Valid until { $month }

due-reason-date = by date: { $date }
due-reason-mileage = by odometer: at { $distance }
due-reason-expiry = valid until { $date }
