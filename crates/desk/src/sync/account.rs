//! Which server this desk syncs with, and who is signed in to it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value as Json, json};
use servease_platform::files;
use servease_store::sync::state;
use servease_store::{Connection, Store, settings};
use servease_sync::RemoteError;
use servease_sync::http::{self, Client, HttpRemote, Session};
use tokio::sync::RwLock;
use uuid::Uuid;

use crate::sync::secrets::{Place, Secrets, Silent, Tokens};
use crate::sync::views::Account;
use crate::{Desk, Failure, Result};

const SERVER: &str = "account.server";
const EMAIL: &str = "account.email";
const NAME: &str = "account.name";
/// The employee who stands for the account; blank where Central does not say.
const EMPLOYEE: &str = "account.employee_id";
/// What the account may do, in Central's word.
const ROLE: &str = "account.role";
const PLACE: &str = "account.secrets";
/// Not blank: the server takes the session no more. It is kept and tried all the same, since
/// what said so may have stood in between.
const EXPIRED: &str = "account.expired";

impl Desk {
    /// Which server is set, and who is signed in; None before the first sign-in.
    pub async fn account(&self) -> Result<Option<Account>> {
        let mut conn = self.store.read().await?;
        let stored = settings::list(&mut conn, "account.").await?;
        let text = |key: &str| stored.get(key).cloned().unwrap_or_default();
        if text(SERVER).is_empty() {
            return Ok(None);
        }
        Ok(Some(Account {
            server: text(SERVER),
            email: text(EMAIL),
            name: text(NAME),
            is_signed_in: !text(PLACE).is_empty() && text(EXPIRED).is_empty(),
            is_in_keyring: text(PLACE) == Place::Keyring.word(),
            is_open_line: http::read_address(&text(SERVER))
                .is_some_and(|url| http::is_open_line(&url)),
        }))
    }

    /// Whether ServEase Central answers at an address. Answers the address as it is kept.
    ///
    /// Errors: NotAnAddress; Remote with what is wrong.
    pub async fn check_server(&self, server: &str) -> Result<String> {
        let url = http::read_address(server)
            .ok_or_else(|| Failure::NotAnAddress(server.trim().to_owned()))?;
        let root = url
            .join("api/v1/")
            .map_err(|_| Failure::NotAnAddress(server.trim().to_owned()))?;
        let response = self
            .client()?
            .get(root)
            .timeout(std::time::Duration::from_secs(15))
            .send()
            .await
            .map_err(http::unreachable)?;
        if !response.status().is_success() {
            let error = match http::failure(response).await {
                // Central's root wants no credentials and refuses nothing.
                error @ (RemoteError::SignedOut
                | RemoteError::Forbidden
                | RemoteError::Refused { .. }) => RemoteError::NotCentral(error.to_string()),
                error => error,
            };
            return Err(error.into());
        }
        let resources: Json = http::read(response).await?;
        if resources.get("sync").is_none() {
            let stock = "a stock service, without the sync extension";
            return Err(RemoteError::NotCentral(stock.to_owned()).into());
        }
        Ok(url.to_string())
    }

    /// Signs in and keeps the session.
    ///
    /// Errors: NotAnAddress, Remote, WrongCredentials; OtherServer when the folder has synced
    /// with another server and `moves` is false.
    pub async fn sign_in(
        &self,
        server: &str,
        email: &str,
        password: &str,
        moves: bool,
    ) -> Result<Account> {
        let server = self.check_server(server).await?;
        let known = self.account().await?.map(|account| account.server);
        let has_synced = {
            let mut conn = self.store.read().await?;
            state::load(&mut conn).await?.epoch.is_some()
        };
        if let Some(known) = known.filter(|known| *known != server)
            && has_synced
            && !moves
        {
            return Err(Failure::OtherServer { known });
        }
        let url = format!("{server}api/v1/auth/login/");
        let response = self
            .client()?
            .post(url)
            .timeout(std::time::Duration::from_secs(30))
            .header("content-type", "application/json")
            .body(json!({"email": email, "password": password}).to_string())
            .send()
            .await
            .map_err(http::unreachable)?;
        // A field that is blank, say.
        if response.status().as_u16() == 400 {
            return Err(Failure::WrongCredentials);
        }
        if !response.status().is_success() {
            return Err(match http::failure(response).await {
                RemoteError::SignedOut => Failure::WrongCredentials,
                other => other.into(),
            });
        }
        let answer: Json = http::read(response).await?;
        let tokens = read_tokens(&answer["tokens"])
            .ok_or_else(|| RemoteError::NotCentral("no tokens".to_owned()))?;
        let secrets = self.secrets()?;
        let place = secrets.save(&tokens, None).await?;
        let name = format!(
            "{} {}",
            answer["first_name"].as_str().unwrap_or_default(),
            answer["last_name"].as_str().unwrap_or_default()
        );
        let employee = answer["employee_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let role = answer["role"].as_str().unwrap_or_default();
        let mut tx = self.store.begin_plain().await?;
        let before = settings::list(&mut tx, "account.").await?;
        let is_another = [(EMPLOYEE, employee.as_str()), (ROLE, role)]
            .iter()
            .any(|(key, value)| before.get(*key).map(String::as_str) != Some(*value));
        if is_another && has_synced {
            // Whoever signs in sees their own private notes and not those of whoever was here.
            state::ask_for_particular(&mut tx).await?;
        }
        for (key, value) in [
            (SERVER, server.as_str()),
            (EMAIL, email.trim()),
            (NAME, name.trim()),
            (EMPLOYEE, &employee),
            (ROLE, role),
            (PLACE, place.word()),
            (EXPIRED, ""),
        ] {
            settings::set(&mut tx, key, value).await?;
        }
        self.store.commit(tx, Vec::new()).await?;
        self.account().await?.ok_or(Failure::NotSignedIn)
    }

    /// Forgets the session. The server and what waits are kept.
    pub async fn sign_out(&self) -> Result<()> {
        self.secrets()?.forget().await;
        let mut tx = self.store.begin_plain().await?;
        settings::set(&mut tx, PLACE, "").await?;
        Ok(self.store.commit(tx, Vec::new()).await?)
    }

    /// The server, for whoever is signed in. Errors: NotSignedIn.
    pub async fn remote(&self) -> Result<HttpRemote> {
        let account = self.account().await?.ok_or(Failure::NotSignedIn)?;
        let place = {
            let mut conn = self.store.read().await?;
            settings::find(&mut conn, PLACE).await?
        };
        if place.is_none_or(|place| place.is_empty()) {
            return Err(Failure::NotSignedIn);
        }
        let base = http::read_address(&account.server)
            .ok_or_else(|| Failure::NotAnAddress(account.server.clone()))?;
        let shared = Shared {
            store: self.store.clone(),
            secrets: self.secrets()?,
            lock: self.folder()?.join("session.lock"),
            server: account.server,
            client: self.client()?,
            now: RwLock::new(None),
        };
        let session = Arc::new(SharedSession(Arc::new(shared)));
        Ok(HttpRemote::new(self.client()?, base, session))
    }

    fn client(&self) -> Result<Client> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = http::client()?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    fn folder(&self) -> Result<PathBuf> {
        self.store
            .path()
            .and_then(|path| path.parent())
            .map(std::path::Path::to_owned)
            .ok_or(Failure::NotSignedIn)
    }

    fn secrets(&self) -> Result<Secrets> {
        Ok(Secrets::of(&self.folder()?))
    }
}

/// The employee who stands for the account that is signed in, where Central said so, and their
/// name. A session that has run out counts: who sits here has not changed.
pub(crate) async fn whoever_is_signed_in(
    conn: &mut Connection,
) -> Result<Option<(Option<Uuid>, String)>> {
    let stored = settings::list(conn, "account.").await?;
    let text = |key: &str| stored.get(key).map(String::as_str).unwrap_or_default();
    if text(PLACE).is_empty() {
        return Ok(None);
    }
    Ok(Some((text(EMPLOYEE).parse().ok(), text(NAME).to_owned())))
}

fn read_tokens(json: &Json) -> Option<Tokens> {
    Some(Tokens {
        access: json["access"].as_str()?.to_owned(),
        refresh: json["refresh"].as_str()?.to_owned(),
    })
}

/// The session of a data folder, shared by all its programs: one of them renews it at a time,
/// and the others take what it got.
#[derive(Debug)]
struct SharedSession(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    store: Store,
    secrets: Secrets,
    lock: PathBuf,
    server: String,
    client: Client,
    now: RwLock<Option<Tokens>>,
}

impl Shared {
    async fn place(&self) -> Option<Place> {
        let mut conn = self.store.read().await.ok()?;
        let word = settings::find(&mut conn, PLACE).await.ok()??;
        Place::from_word(&word)
    }

    /// Errors: SignedOut where there is no session; KeyringSilent.
    async fn stored(&self) -> std::result::Result<Tokens, RemoteError> {
        let place = self.place().await.ok_or(RemoteError::SignedOut)?;
        match self.secrets.find(place).await {
            Ok(found) => found.ok_or(RemoteError::SignedOut),
            Err(Silent) => Err(RemoteError::KeyringSilent),
        }
    }

    /// Keeps renewed tokens, and where they are now.
    async fn keep(&self, tokens: &Tokens) {
        let before = self.place().await;
        match self.secrets.save(tokens, before).await {
            Ok(place) => {
                if before != Some(place) {
                    self.note(PLACE, place.word()).await;
                }
                self.note(EXPIRED, "").await;
            }
            Err(error) => tracing::warn!(%error, "the renewed session could not be kept"),
        }
    }

    /// Writes a setting where it holds something else.
    async fn note(&self, key: &str, value: &str) {
        let written = async {
            let known = {
                let mut conn = self.store.read().await?;
                settings::find(&mut conn, key).await?
            };
            if known.unwrap_or_default() == value {
                return Ok(());
            }
            let mut tx = self.store.begin_plain().await?;
            settings::set(&mut tx, key, value).await?;
            self.store.commit(tx, Vec::new()).await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, key, "a setting could not be kept");
        }
    }

    async fn lock(&self) -> Option<File> {
        let path = self.lock.clone();
        tokio::task::spawn_blocking(move || {
            let file = files::open_lock(&path).ok()?;
            file.lock().ok()?;
            Some(file)
        })
        .await
        .ok()
        .flatten()
    }

    async fn ask_anew(&self, refresh: &str) -> std::result::Result<Tokens, RemoteError> {
        let url = format!("{}api/v1/auth/token/refresh/", self.server);
        let response = self
            .client
            .post(url)
            .timeout(std::time::Duration::from_secs(30))
            .header("content-type", "application/json")
            .body(json!({"refresh": refresh}).to_string())
            .send()
            .await
            .map_err(http::unreachable)?;
        if !response.status().is_success() {
            return Err(http::failure(response).await);
        }
        let answer: Json = http::read(response).await?;
        read_tokens(&answer).ok_or_else(|| RemoteError::NotCentral("no tokens".to_owned()))
    }

    async fn access(&self) -> std::result::Result<String, RemoteError> {
        if let Some(tokens) = &*self.now.read().await {
            return Ok(tokens.access.clone());
        }
        let tokens = self.stored().await?;
        let access = tokens.access.clone();
        *self.now.write().await = Some(tokens);
        Ok(access)
    }

    async fn renew(&self, refused: &str) -> std::result::Result<String, RemoteError> {
        // Held until the new tokens are kept: a second program that renews with the same
        // token would end the session of both.
        let _lock = self.lock().await;
        let stored = self.stored().await?;
        let tokens = if stored.access == refused {
            match self.ask_anew(&stored.refresh).await {
                Ok(fresh) => {
                    self.keep(&fresh).await;
                    fresh
                }
                Err(RemoteError::SignedOut) => {
                    self.note(EXPIRED, "yes").await;
                    return Err(RemoteError::SignedOut);
                }
                Err(error) => return Err(error),
            }
        } else {
            stored
        };
        let access = tokens.access.clone();
        *self.now.write().await = Some(tokens);
        Ok(access)
    }
}

#[async_trait]
impl Session for SharedSession {
    async fn access(&self) -> std::result::Result<String, RemoteError> {
        self.0.access().await
    }

    async fn renew(&self, refused: &str) -> std::result::Result<String, RemoteError> {
        // A renewal that has begun is finished though nobody waits for it any more: what the
        // server gave out must be kept, and the lock held until it is.
        let (shared, refused) = (self.0.clone(), refused.to_owned());
        tokio::spawn(async move { shared.renew(&refused).await })
            .await
            .map_err(|error| RemoteError::Unreachable(error.to_string()))?
    }
}
