# Words of the window: places, actions, titles, states, hints.

app-name = ServEase Desk

## Places

nav-find = Find
nav-check-in = Check in
nav-customers = Customers
nav-vehicles = Vehicles
nav-settings = Settings

## Actions

action-add-employee = Add employee
action-add-note = Add note
action-add-vehicle = Add vehicle
action-another-car = Another car of theirs
action-back = Go back
action-cancel = Cancel
action-correct-reading = Correct the odometer
action-change = Change
action-check-in = Check in
action-check-in-first = Check in the first car
action-check-in-new = Check in a new car
action-check-in-next = Check in the next car
action-check-in-this = Check in this car
action-check-in-unread = Check in without a reading
action-clear-filters = Clear filters
action-close = Close
action-copy = Copy { $what }: { $text }
action-deactivate = Deactivate
action-deactivate-name = Deactivate { $name }
action-delete = Delete
action-delete-customer = Delete customer
action-delete-vehicle = Delete vehicle
action-discard-draft = Discard draft
action-dismiss = Dismiss
action-edit = Edit
action-find = Find
action-history = History
action-more = More actions
action-new-customer = New customer
action-new-vehicle = New vehicle
action-open-customer = Open customer
action-open-vehicle = Open vehicle
action-reactivate = Reactivate
action-reactivate-name = Reactivate { $name }
action-record-service = Record service
action-restore-draft = Restore draft
action-save = Save
action-save-anyway = Save anyway
action-save-customer = Save customer
action-save-reading = Save reading
action-save-vehicle = Save vehicle
action-show-all = Show all { $count }
action-show-more = Show { $count } more
action-show-keys = Show shortcuts
action-show = Show
action-skip = Skip to the page
action-transfer = Transfer
action-transfer-to = Transfer to { $name }
action-try-again = Try again
action-undo = Undo
action-undo-last = Undo the last change
action-undo-this = Undo this change
action-redo = Redo
action-redo-last = Redo what was undone last
action-unverify = Take verification back
action-update-odometer = Update odometer
action-use-customer = Use this customer
action-verify = Mark customer as verified

## Titles

title-check-in-new = Check in a new car
title-duplicates = Already here?
title-existing-customer = Find a customer
title-filters = Filters
title-history = History
title-keys = Shortcuts
title-keys-editing = While editing
title-keys-everywhere = Everywhere
title-keys-here = On this page
title-navigation = Main
title-new-owner = New owner
title-note = Note
title-notices = Notices
title-service = Service
title-worker = Working: { $name }

## Sections

section-about = About
section-business = Business
section-car-more = More about the car
section-contact = Contact
section-due = Due
section-emergency = Emergency contact
section-employees = Who works here
section-existing-customer = Customer is already here
section-former-owners = Former owners
section-garage = Garage
section-identity = Identity
section-important-notes = Important notes
section-notes = Notes
section-odometer = Odometer
section-owner = Owner
section-papers = Registration, insurance, warranty
section-person-more = Address and more
section-preferences = Preferences
section-recent = Recently opened
section-services = Service history
section-specifications = Specifications
section-this-pc = This PC
section-vehicles = Vehicles

## States

status-active = Active
status-business = Business
status-copied = { $what } copied
status-correction = Correction
status-customer-since = Customer since { $date }
status-customers =
    { $count ->
        [one] { $count } customer
       *[other] { $count } customers
    }
status-demo = Demo data
status-draft-restored = Draft restored
status-draft-waits = A draft of { $what } is kept
status-follow-up = follow up { $date }
status-found =
    { $count ->
        [0] Nothing found
        [one] { $count } result
       *[other] { $count } results
    }
status-important = Important
status-improbable = Improbable
status-inactive = Inactive
status-interval = Every { $interval }
status-interval-both = Every { $first } or { $second }
status-interval-months =
    { $months ->
        [one] { $months } month
       *[other] { $months } months
    }
status-is-undo = Undo
status-is-redo = Redo
status-is-working = Working now
status-no-rows = No rows
status-nobody = Nobody chosen
status-private = Private
status-saved = { $what } saved
status-services =
    { $count ->
        [one] { $count } service
       *[other] { $count } services
    }
status-services-for = { $services }, { $spent }
status-this-pc-only = On this PC only
status-under-warranty = Under warranty
status-undone = Undone
status-vehicles =
    { $count ->
        [one] { $count } vehicle
       *[other] { $count } vehicles
    }
status-verified = Verified
status-working = { $name } is working

## Lists

column-car = Make and model
column-due = Due
column-name = Name
column-odometer = Odometer
column-owner = Owner
column-since = Since
filter-active = Status
filter-all = All
filter-customers = Filter customers
filter-vehicles = Filter vehicles

## Empty places say what comes next

empty-customers = No customers yet. The first one is saved in a minute.
empty-due =
    { $days ->
        [one] Nothing is due tomorrow.
       *[other] Nothing is due within { $days } days.
    }
empty-employees = Nobody yet. Add a name, and it stands on what that person changes.
empty-history = No changes yet.
empty-list = Nothing matches these filters.
empty-next-due = No due date yet. Set one below, or an interval that sets it with each service.
empty-notes = No notes. What one should know before speaking goes here.
empty-readings = No readings yet.
empty-recent = What you open appears here.
empty-search = Nothing found for “{ $text }”.
empty-services-of-customer = No services yet. They are recorded on the vehicle.
empty-services-of-vehicle = No services yet. Record the first one.
empty-vehicles = No vehicles yet. Check in the first one.
empty-vehicles-of-customer = No vehicles yet. Add the first one.

## Hints

hint-last-reading = Last reading { $distance }
hint-last-reading-on = Last reading { $distance } on { $date }
hint-letter-day = D
hint-letter-month = M
hint-letter-year = Y
hint-lower-reading = Lower than the last reading. Check it, or save it as a correction.
hint-needed = (required)
hint-not-saved = Not saved: “{ $value }”
hint-never-read = No reading yet
hint-no-plate = no plate
hint-no-reading = odometer not read yet
hint-nothing = nothing
hint-reason = Why the earlier reading was wrong
hint-search = Plate, name, phone, e-mail or VIN
hint-search-customer = Name, phone or e-mail
title-still-holds = Still holds for the new owner
hint-still-holds = What is not ticked was the former owner’s, and is cleared.
licence-proposed = From the driving licence: { $fields }. Look at it before you save.
licence-truncated = The name did not fit on the card: complete it.
licence-valid = The licence is valid until { $date }.
licence-expired = The licence expired on { $date }.
hint-transfer = Now owned by { $name }. The history stays with the car.

## Check in

check-in-done = Checked in
check-in-hint = Plate, VIN or name
check-in-last-service = Last service
check-in-sorted = “{ $text }” went into { $fields }.
check-in-no-cars = { $name } has no cars yet.
check-in-nothing-due = Nothing is due.
check-in-text = Type the plate. A car that is not here yet takes one form.
check-in-their-cars = Cars of { $name }
check-in-unknown = “{ $text }” is not here yet.
check-in-which = Which car
duplicate-by-email = Same e-mail
duplicate-by-license-plate = Same plate
duplicate-by-name = Same name
duplicate-by-phone = Same phone
duplicate-by-vin = Same VIN
form-look-above = Some fields need a look.

## First start

first-done = Ready
first-next = Check in the first car, or add a customer.
first-person = Your name
first-text = Two or three words, and the desk is ready. All of it can be changed in Settings.
first-title = Your garage

## Settings

setting-country = Country
setting-currency = Currency
setting-data-folder = Data folder
setting-data-folder-hint = Everything is in this folder.
setting-distance-unit = Distances (numbers are not converted)
setting-employee-id = Who is working
setting-garage-name = Garage name
setting-language = Language
setting-language-shown = Shown in
setting-language-system = As the system
setting-soon-days = Due soon, days before
setting-soon-distance = Due soon, distance before
setting-theme = Theme
setting-theme-dark = Dark
setting-theme-light = Light
setting-theme-system = As the system
setting-timezone = Time zone
setting-unit-km = Kilometres
setting-unit-mi = Miles
setting-version = Version

## Keys

key-ctrl = Ctrl
key-does-give-up = Give up
key-does-keep = Keep
key-does-keep-long = Keep a long text
key-does-next = Move down
key-does-open = Open
key-does-previous = Move up
key-enter = Enter
key-escape = Esc

## What was done

toast-checked-in = { $what } checked in
toast-deactivated = { $what } deactivated
toast-deleted = { $what } deleted
toast-not-copied = Not copied: the system refused. Select the text and copy it by hand.
toast-odometer = Odometer set to { $distance }
toast-reactivated = { $what } reactivated
toast-redone = { $what }: done again
toast-service = { $what } recorded
toast-transferred = { $what } transferred to { $name }
toast-undone-create = { $what } taken back
toast-undone-delete = { $what } is back
toast-undone-fields = { $what }: { $fields } as before
toast-undone-restore = { $what }: deleted again
toast-undone-update = { $what } as before
toast-vehicle-added = { $what } added

## History

history-create = { $what } added
history-delete = { $what } deleted
history-restore = { $what } restored
history-update = { $what } changed

## Regions of a VIN

vin-region-africa = Africa
vin-region-asia = Asia
vin-region-europe = Europe
vin-region-north-america = North America
vin-region-oceania = Oceania
vin-region-south-america = South America
