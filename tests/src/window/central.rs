//! A real ServEase Central for the window to sync with: its own process, folder and port, one
//! account, and outages.

use std::path::Path;

use crate::central::{self, Site};

/// The account that every test signs in with.
pub const EMAIL: &str = "grace@garage.example";
pub const PASSWORD: &str = "lovelace-1843";

/// A running service; it ends with its owner.
#[derive(Debug)]
pub struct Central {
    site: Site,
    running: Option<central::Central>,
    /// Its address, which is the same after an outage.
    url: String,
    /// What it is started with: where it listens, and its certificate.
    variables: Vec<(&'static str, String)>,
}

impl Central {
    /// Starts it on an empty folder, with one account.
    pub fn start() -> Central {
        Self::begin(Site::new(), Vec::new())
    }

    /// Starts it behind a certificate that nobody has signed but itself, valid until the end of
    /// a year.
    pub fn start_encrypted(valid_until: i32) -> Central {
        let site = Site::new();
        let (certificate, key) = (site.beside("certificate.pem"), site.beside("key.pem"));
        write_certificate(&certificate, &key, valid_until);
        let variables = vec![
            ("SERVEASE_TLS_CERT", certificate.display().to_string()),
            ("SERVEASE_TLS_KEY", key.display().to_string()),
        ];
        Self::begin(site, variables)
    }

    fn begin(site: Site, mut variables: Vec<(&'static str, String)>) -> Central {
        site.add_user_as("admin", EMAIL, ("Grace", "Hopper"), PASSWORD);
        let running = start(&site, &variables);
        variables.push(("SERVEASE_LISTEN", running.address().to_string()));
        Central {
            site,
            url: running.url().to_owned(),
            running: Some(running),
            variables,
        }
    }

    /// What a receptionist types as its address.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// Ends it as a power cut does: an outage begins.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.kill();
        }
    }

    /// Starts it again where it was.
    pub fn resume(&mut self) {
        self.running = Some(start(&self.site, &self.variables));
    }
}

fn start(site: &Site, variables: &[(&'static str, String)]) -> central::Central {
    let variables: Vec<(&str, &str)> = variables
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    central::Central::start_with(site, &variables)
}

fn write_certificate(certificate: &Path, key: &Path, valid_until: i32) {
    let mut wanted =
        rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a server's name");
    wanted.not_before = rcgen::date_time_ymd(2000, 1, 1);
    wanted.not_after = rcgen::date_time_ymd(valid_until, 12, 31);
    let pair = rcgen::KeyPair::generate().expect("a key");
    let signed = wanted.self_signed(&pair).expect("a certificate");
    std::fs::write(certificate, signed.pem()).expect("it is written");
    std::fs::write(key, pair.serialize_pem()).expect("it is written");
}
