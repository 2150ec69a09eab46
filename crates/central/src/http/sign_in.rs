//! `auth/login/` and `auth/token/refresh/`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Map, Value};
use servease_domain::{Code, Problem};

use super::ask::Sender;
use super::body::JsonObject;
use super::state::App;
use crate::auth::{passwords, sign_in};
use crate::clock;
use crate::door::Peer;
use crate::failure::ApiFailure;

pub async fn login(
    State(app): State<App>,
    Extension(Sender(sender)): Extension<Sender>,
    body: JsonObject,
) -> Result<Response, ApiFailure> {
    let (email, password) = (text(&body.fields, "email"), text(&body.fields, "password"));
    let (Ok(email), Ok(password)) = (&email, &password) else {
        let problems = [email.err(), password.err()];
        return Err(ApiFailure::Problems(
            problems.into_iter().flatten().collect(),
        ));
    };
    // A whole network of IPv6 addresses is one: its owner has 2^64 of them.
    let address = Peer::of(sender).to_string();
    let answer = sign_in::sign_in(
        &app.db,
        &app.passwords,
        &app.tokens,
        (email, password),
        &address,
        clock::now(),
    );
    Ok(Json(answer.await?).into_response())
}

pub async fn refresh(State(app): State<App>, body: JsonObject) -> Result<Response, ApiFailure> {
    let token =
        text(&body.fields, "refresh").map_err(|problem| ApiFailure::Problems(vec![problem]))?;
    let answer = sign_in::refresh(&app.db, &app.tokens, &token, clock::now());
    Ok(Json(answer.await?).into_response())
}

fn text(fields: &Map<String, Value>, name: &str) -> Result<String, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Err(Problem::new(name, Code::Required)),
        Some(Value::String(text)) if text.trim().is_empty() => {
            Err(Problem::new(name, Code::Required))
        }
        Some(Value::String(text)) if text.contains('\0') => {
            Err(Problem::new(name, Code::ControlCharacter).with("character", "U+0000"))
        }
        Some(Value::String(text)) if text.len() > passwords::PASSWORD_MAX_BYTES * 4 => {
            let max = passwords::PASSWORD_MAX_BYTES * 4;
            Err(Problem::new(name, Code::TooLong).with("max", max))
        }
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(Problem::new(name, Code::NotText)),
    }
}
