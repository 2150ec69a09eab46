//! Who is asking, and what they may do.

use servease_domain::EntityKind;
use servease_domain::kind::Who;
use servease_domain::rights::Account;
use strum::{EnumString, IntoStaticStr};
use uuid::Uuid;

use crate::changes::Author;
use crate::failure::ApiFailure;

/// The roles of the platform, as tokens name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    Customer,
    Employee,
    Admin,
}

impl Role {
    pub fn name(self) -> &'static str {
        self.into()
    }

    pub fn from_name(name: &str) -> Option<Role> {
        name.parse().ok()
    }
}

/// Users of the platform's own authentication service are numbered; their employee record
/// gets an id derived from that number, the same on every instance.
const PLATFORM_USERS: Uuid = Uuid::from_u128(0x5e2f_0b7a_91c4_5d7e_8a3b_6c1d_f409_27e5);

/// Somebody with valid credentials.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The user's id as the token has it: a UUID of ours, or a number of the platform's.
    pub user_id: String,
    pub email: String,
    pub name: String,
    pub role: Role,
}

impl Caller {
    /// The employee record that stands for this user.
    pub fn employee_id(&self) -> Uuid {
        servease_wire::id::parse(&self.user_id)
            .unwrap_or_else(|| Uuid::new_v5(&PLATFORM_USERS, self.user_id.as_bytes()))
    }

    /// What rights depend on.
    pub fn account(&self) -> Account {
        Account {
            employee: Some(self.employee_id()),
            is_admin: self.is_admin(),
        }
    }

    pub fn author(&self) -> Author {
        Author {
            id: Some(self.user_id.clone()),
            name: self.name.clone(),
            ..Author::default()
        }
    }

    pub fn is_customer(&self) -> bool {
        self.role == Role::Customer
    }

    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Errors: [`ApiFailure::Forbidden`] for customers.
    pub fn must_be_staff(&self) -> Result<(), ApiFailure> {
        if self.is_customer() {
            Err(ApiFailure::Forbidden)
        } else {
            Ok(())
        }
    }

    /// Whether the caller is one of those who may do something. Customers may do it to what is
    /// their own.
    pub fn is_one_of(&self, who: Who) -> bool {
        let least = match self.role {
            Role::Admin => Who::Admins,
            Role::Employee => Who::Staff,
            Role::Customer => Who::Everybody,
        };
        who >= least
    }

    /// Errors: [`ApiFailure::Forbidden`] for everybody else.
    pub fn must_be(&self, who: Who) -> Result<(), ApiFailure> {
        if self.is_one_of(who) {
            Ok(())
        } else {
            Err(ApiFailure::Forbidden)
        }
    }

    /// Whether the caller may read records of a kind at all.
    pub fn may_read(&self, kind: EntityKind) -> bool {
        self.is_one_of(kind.about().rights.read)
    }
}
