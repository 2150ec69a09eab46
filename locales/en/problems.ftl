# What is wrong with an input, and what to do about it; by code.
#
# $label is the field's name. Numbers come as numbers; what was typed comes as $found.

problem-required = { $label } is needed.
problem-too-long = Too long: at most { $max } characters.
problem-not-text = Enter text.
problem-not-a-flag = Choose yes or no.
problem-not-a-number = Enter a whole number.
problem-too-small = Enter { $min } or more.
problem-too-large = Enter { $max } or less.
problem-not-a-date = No such date. Enter day, month and year, the year with four digits.
problem-not-an-instant = No such point in time. Enter a date.
problem-not-a-time = No such time. Enter hours and minutes, such as 8:30.
problem-not-an-id = Not a valid reference. Choose from the list.
problem-not-an-object = Enter a group of fields, each with its value.
problem-not-a-choice = “{ $found }” is not one of the choices. Choose from the list.
problem-not-an-email = Not an e-mail address. It looks like name@example.com.
problem-not-a-phone = Not a phone number. Check the digits, or begin with + and the country code.
problem-not-a-currency = “{ $found }” is not a currency. Enter its code, such as USD.
problem-not-a-time-zone = “{ $found }” is not a time zone. Choose from the list.
problem-not-lead-days = “{ $found }” are not days before a date. Write up to ten numbers from 0 to 365, such as 30, 14, 7, 1, 0.
problem-not-money = Not an amount. Enter a number such as 149.50.
problem-control-character = Contains a character that cannot be shown ({ $character }). Delete it and type the text again.
problem-vin-length = A VIN has 17 characters; this has { $found }. Read it again.
problem-vin-character =
    { $alphabet ->
        [cyrillic] “{ $found }” at place { $position } is a Cyrillic letter, and no VIN has one. Type the VIN again.
        [greek] “{ $found }” at place { $position } is a Greek letter, and no VIN has one. Type the VIN again.
        [hebrew] “{ $found }” at place { $position } is a Hebrew letter, and no VIN has one. Type the VIN again.
        [arabic] “{ $found }” at place { $position } is an Arabic letter, and no VIN has one. Type the VIN again.
        [cjk] “{ $found }” at place { $position } is no Latin letter, and a VIN has no others. Type the VIN again.
       *[other] “{ $found }” at place { $position } is in no VIN. Letters I, O and Q are digits 1 and 0.
    }
problem-vin-check-digit = The check digit does not fit: { $found } stands where { $expected } should. Read the VIN again.
problem-unique =
    { $title ->
        [none] { $label } is taken by another record. Open that one instead.
       *[other] { $title } has this already. Open that record instead.
    }
problem-unknown-field = “{ $label }” is not known here.
problem-not-found = Not there any more. Choose another.
problem-fixed = This cannot be changed after it was recorded.
problem-never-deleted = This is never deleted. An employee who has left is deactivated instead.
problem-deactivated = { $name } is deactivated and cannot sign. Choose somebody else, or reactivate them first.
problem-contact-missing = Enter a phone number or an e-mail address.
problem-plate-or-vin-missing = Enter the plate or the VIN.
problem-mileage-below-last = The last reading was { $last }. Check the number, or mark it as a correction.
problem-mileage-improbable = { $above } more than last time ({ $last }). Save anyway?
problem-mileage-above-next = Later, the odometer showed { $next }, which is less. Save anyway?
problem-reason-missing = Say why the earlier reading was wrong.
problem-phone-doubtful = { $found } is not assigned in its country. Check the digits.
problem-possible-duplicate = This looks like a record that is here already.
problem-kept-beside = { $found } of the other record is kept beside it: decide under conflicts.
problem-date-order = The end lies before the beginning. Check both dates.
problem-in-future = This lies in the future. Check the date.
problem-in-past = This has passed. Choose a moment to come.
problem-date-implausible = The year cannot be right ({ $found }). Enter four digits, from { $min } to { $max }.
problem-file-refused =
    { $why ->
        [empty] The file is empty. Choose another.
        [too_big] The file is bigger than { $max_mib } MiB. Scan it at a lower resolution, or split it.
        [unreadable] The file cannot be read. Check its permissions, or copy it elsewhere first.
        [vanished] The file is not there any more. Choose it again.
        [changing] The file is still being written. Try again when it is complete.
        [folder] This is a folder. Choose a file in it.
        [link] This is a link to another file. Choose that file itself.
        [special] This is a device or a pipe, not a file. Choose a file.
        [name] The name says another kind than the content. Rename it with the right ending.
        [macros] The file holds macros. Save it without them, or as PDF.
        [incomplete] The picture is incomplete or damaged. Scan or copy it again.
        [too_many_pixels] The picture has too many pixels ({ $max_megapixels } megapixels at most). Scan it at a lower resolution.
       *[other] Files of this kind are not kept. PDF, pictures (JPEG, PNG, WebP, HEIC), text and office documents are.
    }
problem-not-a-licence =
    { $why ->
        [too_long] This is longer than any licence’s code. Scan one licence alone.
        [separators] The scanner leaves out the line ends of the licence’s code. Set it to send Enter for them, then scan again.
        [nobody] The licence’s code names nobody that could be read. Scan again, or type the name.
       *[header] This is not the code of a driving licence of the United States or Canada. Scan the wide code on its back.
    }
problem-same-file = The same file is here already, as “{ $title }” of { $customer }.
problem-file-locked = This PDF is locked: only its password shows it. Note where that is, or ask for an unlocked copy.
problem-shows-a-secret = The recovery code opens every document of this PC. Show it anyway?

# Why nothing was done

failure-invalid = Some fields need a look.
failure-confirm = This looks doubtful. Save anyway?
failure-not-found = This record is not there any more.
failure-nothing-to-undo = There is nothing to undo.
failure-nothing-to-redo = There is nothing to redo.
failure-nothing-left = Nothing is left of it: it went with another change.
failure-built-on =
    { $more ->
        [0] Others have built on it: { $names }. Take that back first, or delete it on purpose.
       *[other] Others have built on it: { $names } and { $more } more. Take that back first, or delete it on purpose.
    }
failure-merged-away = It was merged into “{ $title }”: delete that one, or take the merge back first.
failure-superseded = This was changed again since. Undo the later change first.
failure-not-empty = The data folder is not empty. Demo data goes into an empty one.
failure-busy = Another program is writing just now. Try again.
failure-disk-full = The disk is full. Make room, then try again; what you typed is still here.
failure-read-only = The data folder cannot be written. Check its permissions, then try again.
failure-damaged = The database is damaged. Keep a copy of the data folder before anything else, then run “servease doctor”.
failure-newer-schema = A newer version has written this data. Update this program.
failure-folder = The data folder cannot be used. Check that it is there and that its disk is connected.
failure-file-key-silent = This PC’s keyring does not answer; the key of the documents lies in it. Unlock it, then try again.
failure-file-key-lost = The key of the documents is not on this PC: the data folder was copied or restored. Enter the recovery code that was printed.
failure-not-a-recovery-code =
    { $why ->
        [count] A recovery code has twelve words; these are { $found }.
        [word] “{ $found }” is no word of a recovery code. Check how it is written.
        [order] The words do not fit together. Check each of them and their order.
       *[another] This is the recovery code of other documents.
    }
failure-file-not-here = The file of this document is not on this PC, and not at the server yet. It comes from the PC that took it in, once that has synced.
failure-file-damaged = The file of this document is damaged on this PC. Run “servease doctor”, and add the file again where you still have it.
failure-internal = Something went wrong in the program; it is in the log. Nothing was changed. Try again.
