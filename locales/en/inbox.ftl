# Alerts: the list of calls, the calendar of what is coming, and how this PC speaks up.

nav-alerts = Alerts
status-open-alerts =
    { $count ->
        [one] { $count } open
       *[other] { $count } open
    }

## What can be done

action-called = Called
action-calendar = Calendar
action-clear-marks = Unmark all
action-copy-phone = Copy the phone number
action-done = Done
action-end-pause = End the pause
action-mark = Mark
action-mark-all = Mark all
action-mark-on = Mark on
action-mark-up-to = Mark up to here
action-next-state = Show the next state
action-pause-hour = Pause for an hour
action-reopen = Reopen
action-save-call = Save call
action-seen = Seen
action-show-alerts = Show alerts
action-show-calendar = Show the calendar
action-show-coming = Show what is coming
action-show-list = List
action-show-open = Show open alerts
action-snooze = Snooze
action-try-notice = Try one

## The list

alert-day-later = Later
alert-day-overdue = Overdue
alert-day-today = Due today
alert-day-undated = Without a date
alert-day-week = This week
alert-next-days = The next days
alert-state-done = Done
alert-state-raised = Open
alert-state-scheduled = Coming
alert-state-seen = Seen
alert-state-snoozed = Snoozed
alert-until = Until
column-last-visit = Last visit
column-marked = Marked
column-record = Vehicle or paper
filter-alert-kind = Kind
filter-alert-state = State
filter-next-days = Next { $days } days
filter-within = Within
status-alerts =
    { $count ->
        [one] { $count } alert
       *[other] { $count } alerts
    }
status-marked = Marked
status-marked-alerts = { $count } marked
status-most-urgent = The { $shown } most urgent of { $total }
status-no-visit = No visit yet
status-not-marked = Not marked
status-snoozed-until = Until { $date }
title-alert-tools = Act on alerts

empty-alerts-done = Nothing is done yet. What is done here stays here for its date.
empty-alerts-raised = Nobody to call now. When something falls due, it appears here.
empty-alerts-scheduled =
    { $days ->
        [one] Nothing comes up tomorrow. A vehicle’s due dates and papers bring alerts here.
       *[other] Nothing comes up in the next { $days } days. A vehicle’s due dates and papers bring alerts here.
    }
empty-alerts-seen = Nothing is waiting here. An alert marked as seen stays silent until it is more urgent.
empty-alerts-snoozed = Nothing is snoozed. A snoozed alert waits here and opens again by itself.

## Snooze and calls

snooze-date = Until a date…
snooze-hour = For an hour
snooze-tomorrow = Until tomorrow
snooze-week = For a week
title-snooze = Snooze until
title-called = Called
call-outcome = What came of it
call-outcome-hint = Called, wants Thursday
call-then = Then
call-then-done = Done
call-then-snoozed = Snooze until a date
toast-alert-done = { $what }: done
toast-alert-open = { $what }: open again
toast-alert-seen = { $what }: seen
toast-alert-snoozed = { $what }: snoozed
toast-alert-snoozed-until = { $what }: snoozed until { $date }
toast-called = Call to { $name } noted

## The calendar

title-coming = What is coming
calendar-after = Next
calendar-before = Previous
calendar-close-day = Close the day
calendar-day = { $date }: { $kinds }
calendar-day-empty = { $date }: nothing
calendar-empty = Nothing comes up in these weeks.
calendar-hint = A day shows its alerts: choose one, or press Enter on it.
calendar-month = Month
calendar-nothing = Nothing comes up on this day.
calendar-span = Show a
calendar-today = Today
calendar-week = Week
key-space = Space

## Settings

hint-lead-days = Blank: as the garage says in Settings.
setting-alert-detail = Notifications tell
setting-alert-detail-everything = What, which vehicle, and whose
setting-alert-detail-hint = Notifications can be read by whoever passes the screen.
setting-alert-detail-kind = Only what is due
setting-alert-detail-vehicle = What, and which vehicle
setting-autostart = Start with the session
setting-autostart-hint = Starts hidden, so that alerts come without a window.
setting-autostart-none = This cannot be set on this PC.
setting-calendar-file = Calendar file
setting-calendar-file-hint = Kept current. A calendar program that opens it shows what is coming.
setting-close-to-tray = Close to tray
setting-close-to-tray-hint = Closing the window leaves the icon, and alerts go on. Quit is in the icon’s menu.
setting-for-garage = For the whole garage
setting-for-this-pc = On this PC
setting-lead-days-hint = An alert opens on the first of these days before its date, and speaks up again on each of the others. A vehicle may have its own.
setting-notifications = Notifications
setting-pause = Pause
setting-quiet-from = Quiet from
setting-quiet-hint = In quiet hours and on other days notifications wait; the list does not.
setting-quiet-to = Quiet until
setting-working-days = Working days
notice-no-service = No notification service answers on this PC. The list and its badge still work.
notice-paused-until = Paused until { $date }
notice-service = Shown by { $name }
notice-shown = One was shown just now.
failure-no-notices = No notification service answers on this PC. The list and its badge still work.
