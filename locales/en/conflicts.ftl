# Names for what two people changed without knowing of each other.

entity-conflict = Conflict
field-record-kind = Kind of record
field-record-id = Record
field-field = Field
field-kept = In use
field-lost = Not in use
field-kept-by = Changed by
field-lost-by = Also changed by
field-kept-at = Changed
field-lost-at = Also changed
field-merged-into = Merged into
choice-state-open = Open
choice-state-kept = Kept
choice-state-taken = Other value taken
choice-state-edited = Edited since
group-address = Address
group-emergency-contact = Emergency contact
group-insurance = Insurance
group-name = Name
