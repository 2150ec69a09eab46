//! JSON Web Tokens, HS256, in the claims of the platform: a token that its own
//! authentication service issued with the same secret is as good as one of ours.

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::users::User;
use crate::caller::{Caller, Role};
use crate::failure::ApiFailure;

/// Access tokens are short, since they are believed until they end.
pub const ACCESS_MINUTES: i64 = 15;

/// A desk that was off for a month signs in anew.
pub const REFRESH_DAYS: i64 = 30;

/// Signs and reads tokens with one secret.
#[derive(Clone)]
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Tokens")
    }
}

/// A refresh token, as far as it concerns the sign-in that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refresh {
    pub family: Uuid,
    pub generation: i64,
}

impl Tokens {
    pub fn new(secret: &[u8]) -> Tokens {
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = 5;
        // The platform's tokens name audiences of their own.
        validation.validate_aud = false;
        validation.validate_nbf = true;
        Tokens {
            encoding: EncodingKey::from_secret(secret),
            decoding: DecodingKey::from_secret(secret),
            validation,
        }
    }

    pub fn access(&self, user: &User, now: DateTime<Utc>) -> Result<String, ApiFailure> {
        self.sign(&json!({
            "user_id": user.id,
            "email": user.email,
            "user_role": user.role.name(),
            "first_name": user.first_name,
            "last_name": user.last_name,
            "token_type": "access",
            "iat": now.timestamp(),
            "exp": (now + TimeDelta::minutes(ACCESS_MINUTES)).timestamp(),
            "jti": Uuid::new_v4(),
        }))
    }

    pub fn refresh(
        &self,
        user: &User,
        refresh: Refresh,
        expires_at: DateTime<Utc>,
    ) -> Result<String, ApiFailure> {
        self.sign(&json!({
            "user_id": user.id,
            "token_type": "refresh",
            "family": refresh.family,
            "generation": refresh.generation,
            "exp": expires_at.timestamp(),
            "jti": Uuid::new_v4(),
        }))
    }

    fn sign(&self, claims: &Json) -> Result<String, ApiFailure> {
        encode(&Header::new(Algorithm::HS256), claims, &self.encoding).map_err(|error| {
            ApiFailure::Internal {
                what: "a token could not be signed",
                source: error.into(),
            }
        })
    }

    /// When an access token ends. None: it is none.
    pub fn ends_at(&self, token: &str) -> Option<DateTime<Utc>> {
        let seconds = self.read(token, "access")?.get("exp")?.as_f64()?;
        DateTime::from_timestamp(seconds as i64, 0)
    }

    /// Who an access token stands for. None: no token of ours or the platform's, or expired.
    pub fn read_access(&self, token: &str) -> Option<Caller> {
        let claims = self.read(token, "access")?;
        let text = |name: &str| {
            claims
                .get(name)
                .and_then(Json::as_str)
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let user_id = match claims.get("user_id")? {
            Json::String(id) if !id.trim().is_empty() => one_spelling(id.trim()),
            Json::Number(id) => id.to_string(),
            _ => return None,
        };
        let email = text("email");
        let name = format!("{} {}", text("first_name"), text("last_name"));
        let name = match name.trim() {
            "" if email.is_empty() => user_id.clone(),
            "" => email.clone(),
            name => name.to_owned(),
        };
        // Control characters would travel into records and logs.
        let is_clean = |text: &str| text.len() <= 300 && !text.chars().any(char::is_control);
        (is_clean(&user_id) && is_clean(&email) && is_clean(&name)).then_some(())?;
        Some(Caller {
            user_id,
            email,
            name,
            role: Role::from_name(&text("user_role"))?,
        })
    }

    pub fn read_refresh(&self, token: &str) -> Option<Refresh> {
        let claims = self.read(token, "refresh")?;
        Some(Refresh {
            family: claims.get("family")?.as_str()?.parse().ok()?,
            generation: claims.get("generation")?.as_i64()?,
        })
    }

    fn read(&self, token: &str, token_type: &str) -> Option<Json> {
        let claims = decode::<Json>(token, &self.decoding, &self.validation)
            .ok()?
            .claims;
        let found = claims.get("token_type").and_then(Json::as_str);
        (found == Some(token_type)).then_some(claims)
    }
}

/// A UUID in the one spelling that it is compared in, whichever of its spellings it came in
/// (`urn:uuid:…`, braces, capitals): an account that was closed is closed under all of them.
fn one_spelling(id: &str) -> String {
    Uuid::try_parse(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAR: i64 = 4_000_000_000;

    fn platform(secret: &[u8], claims: Json) -> String {
        encode(
            &Header::new(Algorithm::HS256),
            &claims,
            &EncodingKey::from_secret(secret),
        )
        .unwrap()
    }

    #[test]
    fn a_token_of_the_platform_is_accepted() {
        let tokens = Tokens::new(b"shared");
        let claims = json!({"user_id": 7, "email": "a@b.cd", "user_role": "employee",
            "first_name": "Ada", "last_name": "L", "token_type": "access", "exp": FAR});
        let caller = tokens.read_access(&platform(b"shared", claims)).unwrap();
        assert_eq!(
            (caller.user_id.as_str(), caller.role),
            ("7", Role::Employee)
        );
        assert_eq!(caller.name, "Ada L");
    }

    #[test]
    fn an_id_is_the_same_in_all_of_its_spellings() {
        let tokens = Tokens::new(b"shared");
        let id = "0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
        for spelling in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("urn:uuid:{id}"),
            format!("{{{id}}}"),
            format!(" {id} "),
        ] {
            let claims = json!({"user_id": spelling, "user_role": "employee",
                "token_type": "access", "exp": FAR});
            let caller = tokens.read_access(&platform(b"shared", claims)).unwrap();
            assert_eq!(caller.user_id, id);
        }
    }

    #[test]
    fn other_secrets_types_roles_and_times_are_not() {
        let tokens = Tokens::new(b"shared");
        let good = json!({"user_id": 7, "user_role": "admin", "token_type": "access", "exp": FAR});
        assert!(
            tokens
                .read_access(&platform(b"shared", good.clone()))
                .is_some()
        );
        assert!(
            tokens
                .read_access(&platform(b"other", good.clone()))
                .is_none()
        );
        for (name, value) in [
            ("token_type", json!("refresh")),
            ("user_role", json!("root")),
            ("exp", json!(1)),
            ("exp", Json::Null),
            ("user_id", Json::Null),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert!(
                tokens.read_access(&platform(b"shared", bad)).is_none(),
                "{name}"
            );
        }
        // `alg: none` with the claims of a good token.
        let none = "eyJhbGciOiJub25lIn0.eyJ1c2VyX2lkIjo3LCJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.";
        assert!(tokens.read_access(none).is_none());
    }
}
