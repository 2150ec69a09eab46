//! Where files are kept, as the operator says it, and the line to a bucket.
//!
//! Everything that can be told without asking the store is told here: each message names the setting
//! that is wrong and what would be right.

use std::path::{Path, PathBuf};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientConfigKey, ClientOptions, RetryConfig};
use servease_platform::paths;
use url::Url;

use super::trouble::OpenError;

/// A store that takes longer to take a call is not there.
const CONNECT: Duration = Duration::from_secs(5);

/// How often a call that failed quickly is tried again, and for how long: what takes longer is
/// answered with 503, and the client comes back.
const AGAIN: usize = 2;
const AGAIN_FOR: Duration = Duration::from_secs(8);

/// Where files are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Folder(PathBuf),
    Bucket(Location),
}

/// A bucket, and what all names in it begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    pub bucket: String,
    pub prefix: String,
}

impl std::fmt::Display for Location {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "s3://{}", self.bucket)?;
        match self.prefix.as_str() {
            "" => Ok(()),
            prefix => write!(formatter, "/{prefix}"),
        }
    }
}

impl Place {
    /// Reads `--files`: a folder, or `s3://bucket/prefix`.
    pub fn read(text: &str) -> Result<Place, String> {
        let Some((scheme, _)) = text.split_once("://") else {
            if text.is_empty() {
                return Err("name a folder, or s3://bucket/prefix".to_owned());
            }
            return Ok(Place::Folder(paths::absolute(Path::new(text))));
        };
        if !scheme.eq_ignore_ascii_case("s3") {
            return Err(format!(
                "{scheme}:// is not known: name a folder, or s3://bucket/prefix \
                 (where the store is says AWS_ENDPOINT_URL)"
            ));
        }
        let bad = || "write it as s3://bucket/prefix, without anything else".to_owned();
        let url = Url::parse(text).map_err(|_| bad())?;
        let is_plain = url.username().is_empty()
            && url.password().is_none()
            && url.port().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let bucket = url.host_str().filter(|_| is_plain).ok_or_else(bad)?;
        let prefix = url.path().trim_matches('/');
        let is_key = prefix
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_./".contains(&byte));
        if !is_key || Key::parse(prefix).is_err() || bucket.len() > 63 || prefix.len() > 512 {
            return Err(
                "a prefix is of letters, digits and -_. with single slashes between".to_owned(),
            );
        }
        Ok(Place::Bucket(Location {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        }))
    }
}

/// What the variables `AWS_…` say: endpoint, region, credentials and the like.
#[derive(Clone, Default)]
pub struct BucketSettings(Vec<(AmazonS3ConfigKey, String)>);

impl std::fmt::Debug for BucketSettings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A secret is among them.
        write!(formatter, "BucketSettings({})", self.0.len())
    }
}

impl BucketSettings {
    pub fn of_environment() -> BucketSettings {
        let named = std::env::vars_os().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            Some((name, value.into_string().ok()?))
        });
        BucketSettings::of(named)
    }

    /// Those of the variables that mean something here. Empty ones say nothing.
    pub fn of(variables: impl IntoIterator<Item = (String, String)>) -> BucketSettings {
        let known = variables.into_iter().filter_map(|(name, value)| {
            let is_ours = name.starts_with("AWS_") && !value.is_empty();
            let key = name.to_ascii_lowercase();
            let key = key.parse::<AmazonS3ConfigKey>().ok().filter(|_| is_ours)?;
            Some((key, value))
        });
        BucketSettings(known.collect())
    }

    fn get(&self, wanted: AmazonS3ConfigKey) -> Option<&str> {
        let mut all = self.0.iter();
        all.find_map(|(key, value)| (*key == wanted).then_some(value.as_str()))
    }

    /// Whether who asks the store is said here; without that the machine itself is asked.
    pub fn name_somebody(&self) -> bool {
        use AmazonS3ConfigKey as Of;
        let all = [
            Of::AccessKeyId,
            Of::SkipSignature,
            Of::WebIdentityTokenFile,
            Of::ContainerCredentialsRelativeUri,
            Of::ContainerCredentialsFullUri,
        ];
        all.into_iter().any(|key| self.get(key).is_some())
    }

    fn check(&self) -> Result<(), String> {
        use AmazonS3ConfigKey as Of;
        if self.get(Of::AccessKeyId).is_some() != self.get(Of::SecretAccessKey).is_some() {
            return Err(
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY belong together: set both".to_owned(),
            );
        }
        let endpoint = self.get(Of::S3Endpoint).or_else(|| self.get(Of::Endpoint));
        let Some(endpoint) = endpoint else {
            return Ok(());
        };
        let url = Url::parse(endpoint).ok();
        let scheme = url.as_ref().filter(|url| url.has_host()).map(Url::scheme);
        let allows = self.get(Of::Client(ClientConfigKey::AllowHttp));
        let allows = allows.is_some_and(|word| matches!(word, "true" | "1" | "yes" | "on"));
        match scheme {
            Some("https") => Ok(()),
            Some("http") if allows => Ok(()),
            Some("http") => Err(format!(
                "AWS_ENDPOINT_URL is {endpoint}, over which everybody on the way can read the files: \
                 name an https:// address, or set AWS_ALLOW_HTTP=true"
            )),
            _ => Err(format!(
                "AWS_ENDPOINT_URL is {endpoint}: name the store's address, as https://s3.example.com"
            )),
        }
    }

    /// The line to a bucket; nothing is asked yet.
    pub(super) fn line(&self, location: &Location) -> Result<AmazonS3, OpenError> {
        let wrong = |problem: String| OpenError::Settings {
            place: location.to_string(),
            problem,
        };
        self.check().map_err(wrong)?;
        // Before the settings, so that what an operator says of time counts; over all of it there is
        // a bound for each call (`bucket`), since how long one may take depends on its length.
        let options = ClientOptions::new()
            .with_timeout_disabled()
            .with_connect_timeout(CONNECT);
        let mut builder = AmazonS3Builder::new().with_client_options(options);
        for (key, value) in &self.0 {
            builder = builder.with_config(*key, value);
        }
        builder
            .with_bucket_name(&location.bucket)
            .with_retry(RetryConfig {
                backoff: BackoffConfig {
                    init_backoff: Duration::from_millis(100),
                    max_backoff: Duration::from_secs(1),
                    base: 2.0,
                },
                max_retries: AGAIN,
                retry_timeout: AGAIN_FOR,
            })
            .build()
            .map_err(|error| wrong(format!("the variables AWS_… cannot be used: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(bucket: &str, prefix: &str) -> Result<Place, String> {
        Ok(Place::Bucket(Location {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        }))
    }

    #[test]
    fn a_folder_or_a_bucket_is_read() {
        assert_eq!(Place::read("s3://papers"), bucket("papers", ""));
        assert_eq!(Place::read("s3://papers/"), bucket("papers", ""));
        assert_eq!(
            Place::read("s3://papers/garage/files/"),
            bucket("papers", "garage/files")
        );
        let folder = Place::read("/srv/files");
        assert_eq!(folder, Ok(Place::Folder(PathBuf::from("/srv/files"))));
        for bad in [
            "",
            "gs://papers/x",
            "https://s3.example.com/papers",
            "s3://",
            "s3:///x",
            "s3://key:secret@papers/x",
            "s3://papers:9000/x",
            "s3://papers/x?y=z",
            "s3://papers/a//b",
            "s3://papers/a b",
        ] {
            let read = Place::read(bad);
            assert!(read.is_err(), "{bad}: {read:?}");
        }
    }

    fn line(variables: &[(&str, &str)]) -> Result<(), String> {
        let variables = variables.iter();
        let settings = BucketSettings::of(
            variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let Ok(Place::Bucket(location)) = Place::read("s3://papers/x") else {
            return Err("no bucket".to_owned());
        };
        let line = settings.line(&location);
        line.map(|_| ()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_wrong_setting_is_named_with_its_remedy() {
        let keys = [
            ("AWS_ACCESS_KEY_ID", "id"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        assert_eq!(line(&keys), Ok(()));
        let with = |more: &[(&'static str, &'static str)]| line(&[&keys, more].concat());
        let said = line(&keys[..1]).unwrap_err();
        assert!(said.contains("AWS_SECRET_ACCESS_KEY"), "{said}");
        let said = with(&[("AWS_ENDPOINT_URL", "http://s3.example.com")]).unwrap_err();
        assert!(said.contains("AWS_ALLOW_HTTP=true"), "{said}");
        let said = with(&[("AWS_ENDPOINT_URL", "s3.example.com")]).unwrap_err();
        assert!(said.contains("https://s3.example.com"), "{said}");
        let said = with(&[("AWS_ALLOW_HTTP", "perhaps")]).unwrap_err();
        assert!(said.contains("AWS_") && said.contains("perhaps"), "{said}");
        let open = [
            ("AWS_ENDPOINT_URL", "http://s3.example.com"),
            ("AWS_ALLOW_HTTP", "true"),
        ];
        assert_eq!(with(&open), Ok(()));
        assert!(!line(&keys[1..]).unwrap_err().contains("secret\""));
    }
}
