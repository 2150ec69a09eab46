//! A running service in the test's own process, spoken to over HTTP.

use chrono::Utc;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use servease_central::auth::tokens::Tokens;
use servease_central::auth::users::User;
use servease_central::caller::Role;
use servease_central::db::Target;
use servease_central::files::{BucketSettings, Place};
use servease_central::{Config, Running, start};
use tempfile::TempDir;
use uuid::Uuid;

use super::bucket::{Bucket, PLACE, files_below};

/// What the tokens of a service in a test are signed with.
pub const SECRET: &str = "the secret of the tests, long enough";

/// A service, a client and an employee's token.
#[derive(Debug)]
pub struct Service {
    pub running: Running,
    pub client: Client,
    pub folder: TempDir,
    pub token: String,
    pub target: Target,
    /// Where its files are, if not in its folder.
    pub bucket: Option<Bucket>,
}

/// What a request was answered with.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
    pub headers: reqwest::header::HeaderMap,
}

impl Answer {
    pub async fn of(response: Response) -> Answer {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("a whole answer");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer {
            status,
            body,
            headers,
        }
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    pub fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        value.map_or_else(String::new, |value| {
            value.to_str().expect("text in a header").to_owned()
        })
    }
}

/// A service on a folder, or on the database at this URL.
pub fn config(folder: &TempDir, database_url: Option<String>) -> Config {
    let mut config = Config::in_folder(folder.path().to_owned());
    config.jwt_secret = Some(SECRET.to_owned());
    config.data.database_url = database_url;
    config
}

#[expect(clippy::disallowed_methods, reason = "tests live in the present")]
pub fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}

/// A token as the platform issues them.
pub fn token(role: Role, email: &str, id: Uuid) -> String {
    let user = User {
        id,
        email: email.to_owned(),
        password_hash: String::new(),
        role,
        first_name: "Test".to_owned(),
        last_name: role.name().to_owned(),
        is_active: true,
    };
    Tokens::new(SECRET.as_bytes())
        .access(&user, now())
        .expect("a token")
}

/// The token of an employee whom no database knows.
pub fn employee() -> String {
    token(Role::Employee, "employee@example.com", Uuid::from_u128(7))
}

/// Keeps files where these variables say.
pub fn keep_in(config: &mut Config, variables: Vec<(String, String)>) {
    config.data.files = Some(Place::read(PLACE).expect("a place"));
    config.data.bucket = Some(BucketSettings::of(variables));
}

impl Service {
    /// Starts a service on an empty database: PostgreSQL's at this URL, else SQLite's in a folder
    /// of its own.
    pub async fn start(database_url: Option<String>) -> Service {
        Service::with(|config, _| config.data.database_url = database_url).await
    }

    /// Starts a service on an empty database of SQLite that keeps its files in a bucket of its own.
    pub async fn with_bucket() -> Service {
        let bucket = Bucket::start();
        let variables = bucket.variables();
        let mut service = Service::with(|config, _| keep_in(config, variables)).await;
        service.bucket = Some(bucket);
        service
    }

    /// Everything in the way of files that it has: names below its folder of them, and in its bucket.
    pub fn stored(&self) -> Vec<String> {
        let folder = self.folder.path().join("files");
        let paths = files_below(&folder).into_iter();
        let mut names: Vec<String> = paths.map(|path| path.display().to_string()).collect();
        let objects = self.bucket.iter().flat_map(Bucket::objects);
        names.extend(objects.map(|(name, _)| name));
        names
    }

    /// Starts a service as its operator has decided.
    pub async fn with(change: impl FnOnce(&mut Config, &TempDir)) -> Service {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut config = config(&folder, None);
        change(&mut config, &folder);
        Service::begin(config, folder).await
    }

    /// Starts a service on what may be there already. The folder goes with the service.
    pub async fn begin(config: Config, folder: TempDir) -> Service {
        let target = config.data.target();
        let client = Client::builder()
            // Plain HTTP: to read every certificate of the system takes longer than the request.
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        Service {
            running: start(config).await.expect("Central starts"),
            client,
            folder,
            target,
            bucket: None,
            token: employee(),
        }
    }

    /// Ends it and starts it again on what it leaves.
    pub async fn restart(self) -> Service {
        let Service {
            running,
            folder,
            target,
            ..
        } = self;
        running.stop().await;
        let database_url = match target {
            Target::Url(url) => Some(url),
            Target::Folder(_) => None,
        };
        Service::begin(config(&folder, database_url), folder).await
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") {
            return path.to_owned();
        }
        if path.starts_with('/') {
            return format!("{}{path}", self.running.url);
        }
        format!("{}/api/v1/{path}", self.running.url)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, self.url(path))
            .bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Answer {
        Answer::of(
            self.request(Method::GET, path)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    pub async fn get_as(&self, token: &str, path: &str) -> Answer {
        let request = self.client.get(self.url(path)).bearer_auth(token);
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = self.request(method, path).json(&body);
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, body).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        Answer::of(
            self.request(Method::DELETE, path)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    /// A customer called by this name, with an address of their own.
    pub async fn customer(&self, first: &str, last: &str) -> Value {
        let email = format!("{}@example.com", Uuid::now_v7().simple());
        let body = json!({"first_name": first, "last_name": last, "email": email});
        self.post("customers/", body).await.expect(201)
    }

    pub async fn vehicle(&self, customer: &Value, plate: &str) -> Value {
        let body = json!({"customer_id": customer["id"], "make": "VW", "model": "Golf",
            "year": 2015, "license_plate": plate});
        self.post("vehicles/", body).await.expect(201)
    }

    pub async fn upload(&self, fields: &[(&str, &str)], name: &str, content: &[u8]) -> Answer {
        let mut form = reqwest::multipart::Form::new();
        for (field, value) in fields {
            form = form.text((*field).to_owned(), (*value).to_owned());
        }
        let part = reqwest::multipart::Part::bytes(content.to_vec()).file_name(name.to_owned());
        let form = form.part("file_path", part);
        let request = self.request(Method::POST, "documents/").multipart(form);
        Answer::of(request.send().await.expect("an answer")).await
    }

    pub async fn stop(self) {
        self.running.stop().await;
    }
}

/// The id that a record was answered with.
pub fn id(record: &Value) -> &str {
    record["id"].as_str().expect("a record with an id")
}
