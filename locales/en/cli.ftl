# What only the command line says. Problems and failures are in the other files.

cli-unsound = Something is wrong with the database; the report says what.
cli-no-folder = This user has no folder for application data. Name a data folder with --data-dir.
cli-input = { $file } cannot be read: { $detail }
cli-not-text = { $file } is not text in UTF-8 or UTF-16. Save it again in one of these encodings.
cli-not-json = The input is not JSON: { $detail }
cli-not-an-object = The input must be a JSON object, with a field for each value.
cli-no-such-record = { $entity ->
    [customer] There is no customer { $id }.
    [vehicle] There is no vehicle { $id }.
    [note] There is no note { $id }.
    [document] There is no document { $id }.
    [service_record] There is no service record { $id }.
    [employee] There is no employee { $id }.
   *[other] There is no record { $id }.
}
cli-no-such-page = Invalid page.
cli-no-such-employee = Nobody called { $name } works here.
cli-which-employee = Several employees are called { $name }. Name one by id.
cli-output = The answer could not be written: { $detail }
cli-runtime = The program could not start: { $detail }
cli-session-in-file = There is no keyring on this PC: the session lies in a file that only you can read.
cli-not-undone =
    { $did ->
        [added] Adding “{ $what }” was not taken back. { $why }
        [deleted] Deleting “{ $what }” was not taken back. { $why }
        [brought_back] Bringing back “{ $what }” was not taken back. { $why }
        [merged] Merging “{ $what }” into another was not taken back. { $why }
        [transferred] The transfer of “{ $what }” was not taken back. { $why }
        [odometer_read] The odometer reading “{ $what }” was not taken back. { $why }
        [conflict_decided] The decision on “{ $what }” was not taken back. { $why }
       *[other] The change of “{ $what }” was not taken back. { $why }
    }
cli-not-redone = What was undone of “{ $what }” was not done again. { $why }
cli-named = { $entity } “{ $title }”
cli-named-by = { $entity } “{ $title }” ({ $author })
cli-open-line = The line to this server is not encrypted (http://): others on the network can read what is sent, the password too.
cli-unwritten = { $file } cannot be written: { $detail }

# Alerts. "Service: Due in 5 days, B-XY 12 VW Golf"
alert-kind-service = Service
alert-kind-registration = Registration
alert-kind-insurance = Insurance
alert-kind-warranty = Warranty
alert-kind-document = Document
alert-kind-follow-up = Follow-up
alert-about = { $words }, { $title }
alert-withdrawn = no longer due

# Notifications.
notice-many =
    { $count ->
        [one] { $count } alert
       *[other] { $count } alerts
    }
notice-open = Open
notice-snooze = Tomorrow
notice-done = Done
notice-try = ServEase Desk tells you here what falls due.
notice-goes-on = ServEase Desk goes on in the background
notice-goes-on-body = It tells you what falls due and keeps syncing. Open it again from its icon; settings say whether closing ends it.
notice-sync-attention = Syncing needs you
notice-sync-attention-body = A change waits for a decision or a sign-in. Press to see what it is.
notice-sync-away = Not synced for a day
notice-sync-away-body = Everything works on this PC. What was changed is sent as soon as the server answers again.

# The tray.
tray-open = Open ServEase Desk
tray-alerts =
    { $count ->
        [0] No alerts
        [one] { $count } alert
       *[other] { $count } alerts
    }
tray-pause = No notifications for an hour
tray-quit = Quit
