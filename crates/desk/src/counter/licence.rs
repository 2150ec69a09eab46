//! A driving licence that is held under a scanner: what it says of a customer is proposed, and nothing
//! is written.

use servease_domain::licence::Licence;
use servease_domain::{Code, Problem};

use crate::{Desk, Failure, Result};

impl Desk {
    /// What the code of a licence says of its holder. Errors: Invalid (`licence`).
    pub fn read_licence(&self, text: &str) -> Result<Licence> {
        Licence::read(text).map_err(|why| {
            let problem = Problem::new("licence", Code::NotALicence).with("why", why);
            Failure::Invalid(vec![problem])
        })
    }
}
