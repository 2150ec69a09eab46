# Names of entities, fields and choices; `field-<name>` as in the description of the entities.

## Entities

entity-customer = Customer
entity-document = Document
entity-employee = Employee
entity-garage = Garage
entity-mileage-reading = Odometer reading
entity-note = Note
entity-ownership = Ownership
entity-preferences = Preferences
entity-service-record = Service
entity-vehicle = Vehicle

## Of every record

field-id = Id
field-created-at = Created
field-updated-at = Changed
field-non-field-errors = Record
field-is-active = Active

## Customer

field-garage-name = Garage name
field-distance-unit = Distances
field-soon-days = Due soon, days before
field-soon-distance = Due soon, distance before
field-user-id = Login account
field-first-name = First name
field-last-name = Last name
field-email = E-mail
field-phone = Phone
field-phone-extension = Extension
field-secondary-phone = Second phone
field-secondary-phone-extension = Extension of second phone
field-street-address = Street
field-apartment-unit = Apartment
field-city = City
field-state = State
field-zip-code = ZIP code
field-country = Country
field-is-verified = Verified
field-customer-since = Customer since
field-company-name = Company
field-business-tax-id = Tax number
field-is-business-customer = Business customer
field-emergency-contact-name = Contact name
field-emergency-contact-phone = Contact phone
field-emergency-contact-phone-extension = Extension of contact phone
field-emergency-contact-relationship = Relationship
field-last-service-date = Last service

## Vehicle

field-customer-id = Owner
field-make = Make
field-model = Model
field-year = Year
field-color = Color
field-vin = VIN
field-license-plate = Plate
field-state-registered = Registered in
field-engine-size = Engine
field-fuel-type = Fuel
field-transmission = Transmission
field-current-mileage = Odometer
field-purchase-date = Bought on
field-purchase-mileage = Bought at
field-insurance-company = Insurer
field-insurance-policy-number = Policy number
field-insurance-expiry-date = Insured until
field-registration-expiry-date = Registered until
field-is-under-warranty = Under warranty
field-warranty-expiry-date = Warranty until
field-last-service-mileage = Last service at
field-next-service-due-date = Next service on
field-next-service-due-mileage = Next service at
field-service-interval-months = Interval, months
field-service-interval-distance = Interval, distance

## Preferences

field-email-notifications = E-mail messages
field-sms-notifications = Text messages
field-push-notifications = Push messages
field-phone-call-notifications = Phone calls
field-postal-mail-notifications = Letters
field-preferred-contact-method = Contact by
field-preferred-service-time = Preferred time
field-preferred-service-day = Preferred day
field-preferred-language = Language
field-timezone = Time zone
field-currency = Currency
field-marketing-emails = Offers by e-mail
field-promotional-sms = Offers by text
field-service-reminders = Service reminders
field-appointment-reminders = Appointment reminders
field-data-sharing-consent = May share data
field-analytics-consent = May analyze data

## Document

field-vehicle-id = Vehicle
field-document-type = Kind
field-title = Title
field-description = Description
field-file-name = File name
field-file-size = File size
field-mime-type = File type
field-sha256 = Checksum
field-is-sensitive = Sensitive
field-expiry-date = Valid until
field-renews = Replaces

## Note

field-note-type = Kind
field-content = Text
field-is-important = Important
field-is-private = Private
field-is-pinned = Pinned
field-follow-up-date = Follow up on
field-created-by = Written by

## Service record

field-performed-at = Date
field-mileage = Odometer
field-service-type = Service
field-cost = Price
field-employee-id = Done by

## Odometer reading

field-value = Reading
field-read-at = Read on
field-source = Source
field-is-correction = Correction
field-reason = Reason
field-is-improbable = Improbable
field-is-confirmed = Confirmed
field-is-from-future = Date in the future

## Ownership

field-from = From
field-until = Until

## Employee

field-name = Name
field-role = Role

## Choices

choice-yes = Yes
choice-no = No
choice-none = None
choice-fuel-type-gasoline = Gasoline
choice-fuel-type-diesel = Diesel
choice-fuel-type-hybrid = Hybrid
choice-fuel-type-electric = Electric
choice-fuel-type-plug-in-hybrid = Plug-in hybrid
choice-fuel-type-natural-gas = Natural gas
choice-fuel-type-other = Other
choice-distance-unit-mi = Miles
choice-distance-unit-km = Kilometres
choice-transmission-manual = Manual
choice-transmission-automatic = Automatic
choice-transmission-cvt = CVT
choice-transmission-semi-automatic = Semi-automatic
choice-preferred-contact-method-email = E-mail
choice-preferred-contact-method-sms = Text message
choice-preferred-contact-method-phone = Phone
choice-preferred-contact-method-app = App
choice-preferred-contact-method-mail = Letter
choice-preferred-service-day-monday = Monday
choice-preferred-service-day-tuesday = Tuesday
choice-preferred-service-day-wednesday = Wednesday
choice-preferred-service-day-thursday = Thursday
choice-preferred-service-day-friday = Friday
choice-preferred-service-day-saturday = Saturday
choice-preferred-service-day-sunday = Sunday
choice-preferred-language-en = English
choice-preferred-language-es = Spanish
choice-preferred-language-fr = French
choice-preferred-language-de = German
choice-preferred-language-zh = Chinese
choice-preferred-language-ja = Japanese
choice-preferred-language-ko = Korean
choice-note-type-general = General
choice-note-type-service = Service
choice-note-type-billing = Billing
choice-note-type-complaint = Complaint
choice-note-type-compliment = Compliment
choice-note-type-follow-up = Follow-up
choice-document-type-license = Driving license
choice-document-type-insurance = Insurance
choice-document-type-registration = Registration
choice-document-type-warranty = Warranty
choice-document-type-service-history = Service history
choice-document-type-invoice = Invoice
choice-document-type-receipt = Receipt
choice-document-type-other = Other
choice-source-desk = At the desk
choice-source-service = With a service
choice-source-import = Imported
choice-source-api = From outside

entity-alert = Alert
field-alert-kind = Alert
field-document-id = Document
field-note-id = Note
field-stage = Urgency
choice-alert-kind-service = Service
choice-alert-kind-registration = Registration
choice-alert-kind-insurance = Insurance
choice-alert-kind-warranty = Warranty
choice-alert-kind-document = Document
choice-alert-kind-follow-up = Follow-up
choice-state-seen = Seen
choice-state-snoozed = Snoozed
choice-state-done = Done
field-lead-days = Reminders, days before
field-service-lead-days = Service reminders, days before
field-registration-lead-days = Registration reminders, days before
field-insurance-lead-days = Insurance reminders, days before
field-warranty-lead-days = Warranty reminders, days before
field-document-lead-days = Document reminders, days before
field-alert-detail = Notifications tell
choice-alert-detail-vehicle = The vehicle
choice-alert-detail-everything = Vehicle, customer and phone
choice-alert-detail-kind = Only what falls due

entity-look = Look at a document
field-deed = What was done
field-looked-at = Looked at
field-looked-by = Looked at by
choice-deed-seen = Looked at
choice-deed-copied = Copy saved
choice-deed-opened = Opened outside
choice-deed-printed = Printed
