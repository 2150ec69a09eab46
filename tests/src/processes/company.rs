//! A company: one Central, the network in front of it, and its desks.

use std::path::Path;

use serde_json::Value as Json;

use super::desk::{DONT_FAKE_WAITING, FAKETIME};
use super::{Central, Contents, Desk, Proxy, Site, differences};

/// The account that desks sign in with unless a test says otherwise.
pub const EMAIL: &str = "ann@garage.example";
pub const PASSWORD: &str = "correct horse";

/// How many rounds of syncing bring all desks to agree when nothing stands in the way: what
/// the last of them sends comes to the first in the second round, and a third finds nothing.
const ROUNDS_MAX: usize = 6;

#[derive(Debug)]
pub struct Company {
    pub site: Site,
    pub proxy: Proxy,
    central: Option<Central>,
}

impl Default for Company {
    fn default() -> Company {
        Company::new()
    }
}

impl Company {
    /// Central is running and has one account.
    pub fn new() -> Company {
        Company::on(Site::new())
    }

    /// The same where an operator has prepared something.
    pub fn on(site: Site) -> Company {
        site.add_user(EMAIL, ("Ann", "Ng"), PASSWORD);
        let central = Central::start(&site);
        let proxy = Proxy::start(central.address());
        Company {
            site,
            proxy,
            central: Some(central),
        }
    }

    /// A desk that is signed in.
    pub fn desk(&self) -> Desk {
        let desk = Desk::new();
        self.sign_in(&desk);
        desk
    }

    pub fn sign_in(&self, desk: &Desk) -> Json {
        desk.login(&self.proxy.url(), EMAIL, PASSWORD)
    }

    pub fn kill_central(&mut self) {
        self.proxy.set_upstream(None);
        self.central.take().expect("Central is running").kill();
    }

    pub fn stop_central(&mut self) {
        self.proxy.set_upstream(None);
        self.central.take().expect("Central is running").stop();
    }

    pub fn start_central(&mut self) {
        self.begin(Central::start(&self.site));
    }

    /// Starts Central with a clock that is off, as libfaketime reads it.
    pub fn start_central_at(&mut self, clock: &str) {
        let variables = [
            ("LD_PRELOAD", FAKETIME),
            ("FAKETIME", clock),
            DONT_FAKE_WAITING,
        ];
        self.begin(Central::start_with(&self.site, &variables));
    }

    fn begin(&mut self, central: Central) {
        self.proxy.set_upstream(Some(central.address()));
        self.central = Some(central);
    }

    /// Puts yesterday's backup in the place of what there is.
    pub fn restore_central(&mut self, backup: &Path) {
        self.stop_central();
        self.site.restore(backup);
        self.start_central();
    }

    /// Syncs all desks until a round changes nothing, and checks that all sides are equal and
    /// sound.
    #[track_caller]
    pub fn settle(&self, desks: &[&Desk]) {
        for round in 0.. {
            assert!(round < ROUNDS_MAX, "the desks do not come to an end");
            let mut is_quiet = true;
            for desk in desks {
                let report = desk.sync();
                is_quiet &= report["pushed"] == 0 && report["pulled"] == 0;
            }
            if is_quiet {
                break;
            }
        }
        self.check_equal(desks);
    }

    /// Every desk holds what Central holds, and every database is sound.
    #[track_caller]
    pub fn check_equal(&self, desks: &[&Desk]) {
        let central = Contents::of(&self.site.database());
        for (number, desk) in desks.iter().enumerate() {
            let found = differences(&central, &Contents::of(&desk.database()));
            assert!(
                found.is_empty(),
                "desk {number} differs from Central:\n{}",
                found.join("\n")
            );
            assert_eq!(desk.json(&["doctor"])["ok"], true, "desk {number}");
        }
    }
}
