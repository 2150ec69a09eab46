//! Who may see and write what of a record: the same over HTTP and for what desks send.

use uuid::Uuid;

use crate::kind::EntityKind;
use crate::record::Record;

/// An account of the staff, as rights see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// The employee record that stands for it.
    pub employee: Option<Uuid>,
    pub is_admin: bool,
}

impl Account {
    /// Nobody in particular: sees what every account sees.
    pub const ANYBODY: Account = Account {
        employee: None,
        is_admin: false,
    };

    /// Sees everything.
    pub const ADMIN: Account = Account {
        employee: None,
        is_admin: true,
    };

    /// Private notes show to their author and to admins only. Everything else shows to all staff.
    pub fn may_see(&self, record: &Record) -> bool {
        let is_private = record.kind == EntityKind::Note && record.get("is_private").as_flag();
        !is_private || self.may_see_private_of(record.get("created_by").as_id())
    }

    /// Whether what this employee keeps private shows to the account.
    pub fn may_see_private_of(&self, author: Option<Uuid>) -> bool {
        self.is_admin || (author.is_some() && author == self.employee)
    }
}

/// The words for the roles of accounts. In an employee's record they say what an account may do.
pub const ROLES: [&str; 3] = ["customer", "employee", "admin"];

/// Whether a person may give an employee's record this role, which had another one: what accounts
/// may do is said by admins.
pub fn may_set_role(is_admin: bool, before: &str, wanted: &str) -> bool {
    is_admin || before == wanted || !(ROLES.contains(&before) || ROLES.contains(&wanted))
}

/// Fields that Central sets: it asked the platform, or decided. Nobody's word is taken for them, over
/// HTTP or from a desk. What a document says of its file is said once, by the desk that took it in; a
/// file is believed only when it has that hash. `is_new`: in the record's first change.
pub fn is_centrals(kind: EntityKind, field: &str, is_new: bool) -> bool {
    match kind {
        EntityKind::Document => {
            !is_new && matches!(field, "file_name" | "file_size" | "mime_type" | "sha256")
        }
        EntityKind::Customer => field == "user_id" && !is_new,
        EntityKind::Note => field == "created_by" && !is_new,
        EntityKind::Conflict => field != "state" && !is_new,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_of_accounts_is_an_admins_to_give_and_to_take() {
        for (is_admin, before, wanted, expected) in [
            (false, "", "mechanic", true),
            (false, "mechanic", "apprentice", true),
            (false, "", "admin", false),
            (false, "employee", "admin", false),
            (false, "admin", "mechanic", false),
            (false, "employee", "employee", true),
            (true, "employee", "admin", true),
        ] {
            assert_eq!(
                may_set_role(is_admin, before, wanted),
                expected,
                "{before} {wanted}"
            );
        }
    }
}
