# Documents: the page of all of them, files on their way in, and one that is looked at.

nav-documents = Documents
section-documents = Documents
empty-papers-customer = No documents yet. Drop files here, or add them.
empty-papers-vehicle = No documents of this car yet. Drop files here, or add them.
empty-papers = No documents yet. They are added on the card of a customer or a vehicle.
empty-missing = Every car in use has its insurance and its registration.
empty-scans = Nothing waits in the folder of scans.
empty-scans-unwatched = No folder of scans is watched. Choose the one that the scanner writes into.
scans-unreadable = The folder of scans cannot be read just now: { $detail }

action-add-papers = Add documents
action-take-scans =
    { $count ->
        [one] Take the scan
       *[other] Take { $count } scans
    }
action-keep-papers =
    { $count ->
        [one] Keep document
       *[other] Keep { $count } documents
    }
action-leave-out = Leave out
action-renew = Renew
action-save-copy = Save a copy
action-open-outside = Open with another program
action-print = Print
action-show-paper = Show
action-zoom-in = Zoom in
action-zoom-out = Zoom out
action-zoom-fit = Fit the width
action-rotate = Rotate
action-next-paper = Next document
action-previous-paper = Previous document
action-put-away = Put away
action-take-back = Count it again
action-give-to = Give to a customer
action-choose-folder = Choose a folder
action-stop-watching = Watch none
action-show-code = Show the recovery code
action-hide-code = Hide
action-restore-key = Restore

title-keep-papers = Add documents
title-renew = Renew “{ $title }”
title-preview = Document
dialog-choose-files = Choose documents
dialog-papers = Documents
dialog-all-files = All files
dialog-save-copy = Save a copy
dialog-scan-folder = Folder that the scanner writes into
hint-drop-customer = Drop to add to the documents of { $name }
hint-drop-anywhere = Drop to add documents
hint-whose-papers = Whose documents are these?
paper-vehicle = About the vehicle
paper-no-vehicle = None
paper-dates-registration = The car’s registration date becomes this one
paper-dates-insurance = The car’s insurance date becomes this one
paper-file = { $kind }, { $size }
licence-in-picture = The licence says: { $holder }
action-customer-from-licence = New customer
paper-refused = Not added: { $name }
paper-left = “{ $name }” is kept; its file could not be taken out of the folder of scans.
paper-pasted = Pasted picture

status-papers =
    { $count ->
        [one] { $count } document
       *[other] { $count } documents
    }
status-missing-papers =
    { $count ->
        [one] { $count } car
       *[other] { $count } cars
    }
status-scans =
    { $count ->
        [one] 1 new scan
       *[other] { $count } new scans
    }
status-new-scans = New scans
status-sensitive = Sensitive
status-renewed = Renewed
status-put-away = Put away
status-not-here = At the server
status-not-sent = Not sent yet
status-refused-file = Refused by the server
status-no-file = File missing
status-page-of = Page { $page } of { $pages }
status-kept-papers =
    { $count ->
        [one] “{ $title }” added
       *[other] { $count } documents added
    }
toast-renewed = “{ $title }” renewed
toast-copied-paper = Copy saved

filter-whose = Of one customer
action-of-everybody = Of { $name } alone: show those of everybody
filter-papers = Title, customer, plate
filter-paper-state = State
filter-paper-type = Kind
paper-view-all = All
paper-view-expiring = Expiring
paper-view-missing = Missing
paper-view-scans = Scans
paper-state-fine = Valid
paper-state-soon = Expires soon
paper-state-expired = Expired
paper-state-put-away = Put away or renewed
column-paper = Document
column-customer = Customer
column-expires = Expires
column-added = Added

preview-sensitive = Sensitive: shown when somebody asks for it. Every look is written down.
preview-not-here = The file is not at the server yet. It comes from the PC that took it in, once that has synced.
preview-kind = There is no preview of this kind of file.
preview-locked = This PDF is locked: its password opens it in another program.
preview-too-much = Too big to be shown here.
preview-damaged = This file cannot be shown: it may be damaged. Another program may open it.
preview-no-drawer = The preview cannot be started.
preview-page-failed = This page cannot be shown.
preview-printing = Preparing to print…
print-too-many = { $pages } pages are too many to print from here. Open it with another program.
section-paper-facts = Details
section-looks = Looked at on this PC
section-looks-everywhere = Who looked at it
look-nobody = Nobody chosen
paper-renews = Renews
paper-renewed-by = Renewed by

setting-scan-folder = Folder of scans
setting-scan-folder-hint = What a scanner puts there waits to be given to a customer, and is taken out once it is kept.
setting-scan-folder-none = None
setting-recovery-code = Recovery code
setting-recovery-code-hint = Twelve words that open the documents when this data is restored on another PC. Print them and lock them away.
setting-restore-key = Restored data
setting-restore-key-hint = Enter the twelve words here when the documents of restored data cannot be opened.
recovery-ask = These words open every document. Is nobody looking over your shoulder?
recovery-title = Recovery code of ServEase Desk
recovery-words = Recovery code
recovery-restored = The documents can be opened again
