# Syncing with the server: how it stands, what to decide, signing in, failures.

## Failures

failure-not-signed-in = Nobody is signed in to a server. Sign in, then sync.
failure-not-an-address = “{ $address }” is not a server address.
failure-wrong-credentials = E-mail or password is wrong.
failure-other-server = The data of this folder belongs to { $known }.
failure-unreachable = The server cannot be reached. What you change is kept here and sent later.
failure-server-busy = The server is busy just now. This desk tries again by itself.
failure-certificate-refused =
    { $cause ->
        [clock] The server’s certificate is not valid at the time that this PC shows. Check the PC’s date and time; if they are right, the certificate has expired.
        [name] The server’s certificate was made out to another address. Check the address.
        [issuer] Nobody known to this PC has signed the server’s certificate. Ask whoever runs the server.
        [plain] The server speaks without encryption at this address. Inside your own network, begin the address with http://
       *[other] No safe line to the server comes about. Check this PC’s date and time, then the address.
    }
failure-signed-out = The session has expired. Sign in again; what waits to be sent is kept.
failure-keyring-silent = This PC’s keyring does not answer; the session lies in it. Unlock it, or sign in again.
failure-forbidden = This account may not do that.
failure-not-central = What answers at this address is not ServEase Central.
failure-update-needed = This program and the server do not fit together. Update the older one; what waits to be sent is kept.
failure-sync-stuck = The server’s answers lead nowhere; it is in the log. Nothing was lost.
failure-cancelled = Cancelled.

## Where it stands

nav-sync = Sync
title-sync = Sync with the server
action-show-sync = Show what syncs
sync-attention =
    { $count ->
        [0] Needs attention
       *[other] Needs attention: { $count }
    }
sync-connecting = Connecting
sync-offline =
    { $waiting ->
        [0] Offline
        [one] Offline, { $waiting } change waiting
       *[other] Offline, { $waiting } changes waiting
    }
sync-paused = Paused
sync-sign-in =
    { $waiting ->
        [0] Sign in again
        [one] Sign in again, { $waiting } change waiting
       *[other] Sign in again, { $waiting } changes waiting
    }
sync-to-decide = { $count } to decide
sync-synced-hours = Synced { $hours } h ago
sync-synced-minutes = Synced { $minutes } min ago
sync-synced-now = Synced just now
sync-synced-on = Synced on { $date }
sync-waiting =
    { $waiting ->
        [one] { $waiting } change waiting
       *[other] { $waiting } changes waiting
    }
sync-working-part = Working… { $percent }
sync-working = Working… { $left } left

## The page

action-connect = Connect to a server
action-pause = Pause
action-sync-now = Sync now
sync-about-alone = Everything is kept on this PC only. Connect it to your company’s server, and several desks work on the same data, through outages too.
sync-about-attention = Somebody has to decide below. Everything else goes on meanwhile.
sync-about-paused = What was done so far is kept. “Sync now” goes on from here.
sync-about-signed-out = Sign in again when it suits you. Everything can be edited meanwhile; it is sent once you have signed in.
sync-last-success = Last synced
sync-left-minutes =
    { $minutes ->
        [one] about { $minutes } minute left
       *[other] about { $minutes } minutes left
    }
sync-left-seconds = less than a minute left
sync-never = Not yet
sync-more-waiting =
    { $count ->
        [one] and { $count } more
       *[other] and { $count } more
    }
sync-nothing-open = Nothing waits, and there is nothing to decide.
sync-progress-pulling = Bringing this desk up to date: { $left } left
sync-progress-pushing = Sending changes
sync-set-aside =
    { $count ->
        [one] { $count } change from another desk needs a newer version of this program. Update it.
       *[other] { $count } changes from other desks need a newer version of this program. Update it.
    }
sync-part = { $what }: { $done } of { $total }
sync-stage-fetching = The company’s data comes over the line
sync-stage-indexing = Making it searchable
sync-stage-making = The server gets the company’s data ready
sync-stage-taking-in = Taking it in; nothing can be saved for a moment
sync-stage-unpacking = Unpacking it
sync-progress-snapshot = Getting the company’s data for the first time: { $left } records left

## Conflicts

action-edit-value = Enter another
action-keep-all-mine = Keep all mine
action-keep-mine = Keep mine
action-take-all-theirs = Take all theirs
action-take-theirs = Take theirs
section-conflicts = Changed on two desks
sync-about-conflicts = Two people changed the same thing without knowing of each other. What arrived last is in use until somebody decides.
sync-field-deleted = Deleted or kept
sync-in-use = In use
sync-mine = This desk
sync-record-of = { $what }, { $of }
sync-theirs = Other desk
sync-was-deleted = Deleted
sync-was-edited = Kept, with what was changed
status-nobody-named = Nobody named
toast-conflict-edit = { $field } of { $what } set
toast-conflict-mine = { $field } of { $what }: this desk’s kept
toast-conflict-theirs = { $field } of { $what }: the other desk’s taken
toast-conflicts-decided =
    { $count ->
        [one] { $what }: { $count } field decided
       *[other] { $what }: { $count } fields decided
    }

## Duplicates

action-keep-apart = Keep both apart
action-keep-first = Merge into the left one
action-keep-left = Merge into { $name } on the left
action-keep-right = Merge into { $name } on the right
action-keep-second = Merge into the right one
section-duplicates = Entered twice
sync-about-duplicates = Two desks entered the same e-mail, VIN or plate, or the same name and phone. Merged, the vehicles, notes and papers of one move to the other, blanks are filled from it, and its history stays.
sync-pair = { $one } and { $other }
sync-same-field = Same { $field }
toast-kept-apart = { $one } and { $other } stay apart
toast-merged = Merged into { $what }

## What waits

action-discard-edit = Discard
action-mend = Go to the field
section-refused = Refused by the server
section-waiting = Waiting to be sent
sync-edit-create = new
sync-edit-delete = deleted
sync-edit-restore = restored
sync-edit-update = changed
sync-refused = { $label } was refused.
toast-discarded = Change of { $what } discarded
toast-undone-discard = { $what }: the change waits again
waiting-behind = Waits for an earlier change of the same record.
waiting-id-reused = The server knows another change under this number. Discard it, then enter it again.
waiting-missing-reference = Waits for what it belongs to.
waiting-not-sent = Goes out with the next sync.
waiting-rejected = The server refused it. Correct the field, or discard the change.
waiting-server-failed = The server failed on it; its log says why. Try again, or discard the change.
waiting-server-too-old = The server is too old for this. It goes out once the server is updated.

## Files of documents

action-give-up-file = Give up
files-none-wait = Every file is at the server.
files-one = A file
files-pace-idle = When nothing else waits
files-pace-now = At once
files-pace-paused = Not now
files-refused = Files that the server does not take
files-sent = Sent
files-sent-again = The file goes out with the next sync.
files-too-big = The file is bigger than the server takes. Scan it at a lower resolution, or split it.
files-waiting =
    { $count ->
        [one] { $count } file waits, { $size }
       *[other] { $count } files wait, { $size }
    }
files-when = Files are sent
section-files = Files
toast-file-given-up = The file of { $what } stays on this PC alone

## Signing in

action-keep-server = Stay with this server
action-move-server = Move to the new server
action-sign-in = Sign in
action-sign-out = Sign out
section-server = Server
server-about-moving = The data of this PC stays here. On another server it is merged with what is there.
server-answers = ServEase Central answers.
server-answers-plain = ServEase Central answers, but unencrypted. Use this inside your own network only.
server-checking = Looking for the server…
server-example = garage.example.com
server-hint = As your company gave it to you.
server-in-file = This PC has no keyring: the sign-in is kept in a file that only you can read.
server-other = The data of this PC belongs to { $known }. Moving it merges all of it into { $server }.
server-signed-in = Signed in as { $name }
server-signed-out = Signed out
server-signing-in = Signing in…
setting-account = Signed in as
setting-password = Password
setting-server = Server
setting-server-open = The line is not encrypted (http://): others on the network can read what is sent, the password too.
setting-session = Sign-in kept in
setting-session-file = A file that only you can read
setting-session-file-hint = This PC has no keyring.
setting-session-keyring = The keyring of this PC

## While somebody edits

action-take-it = Take it
action-keep-typing = Keep typing
elsewhere-by = Changed to “{ $value }” by { $name } meanwhile.
elsewhere-plain = Changed to “{ $value }” on another desk meanwhile.
