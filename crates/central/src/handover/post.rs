//! One request to the notification service: signed, bounded, never sent elsewhere.

use std::time::Duration;

use aws_lc_rs::hmac;
use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};

use super::config::{Notify, NotifyError};

/// The header that says who sent a request, and when: `t=SECONDS,v1=HEX`.
pub const SIGNATURE: &str = "ServEase-Signature";

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// From the first byte sent to the last header of the answer.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// What became of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The service has it.
    Delivered(u16),
    /// It is asked again; not before so long, if it said so.
    Retry {
        answer: String,
        wait: Option<TimeDelta>,
    },
    /// It will never take this.
    Refused(u16),
}

#[derive(Debug)]
pub struct Poster {
    client: Client,
    notify: Notify,
    key: hmac::Key,
}

impl Poster {
    pub fn new(notify: Notify) -> Result<Poster, NotifyError> {
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TIMEOUT)
            // Whatever it may be that answers so: what is about customers goes where the operator
            // said, and the signature with it.
            .redirect(Policy::none())
            .user_agent(concat!("ServEase Central/", env!("CARGO_PKG_VERSION")));
        Ok(Poster {
            client: client.build().map_err(NotifyError::Client)?,
            key: hmac::Key::new(hmac::HMAC_SHA256, &notify.secret),
            notify,
        })
    }

    /// Sends a message; whoever gets it twice knows it by its key.
    pub async fn post(&self, key: &str, body: &str, now: DateTime<Utc>) -> Outcome {
        let sent = self
            .client
            .post(self.notify.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .header(SIGNATURE, sign(&self.key, now.timestamp(), body))
            .body(body.to_owned())
            .send();
        match sent.await {
            // What else it says is not read.
            Ok(response) => judge(response.status(), response.headers(), now),
            Err(error) => Outcome::Retry {
                answer: why(&error).to_owned(),
                wait: None,
            },
        }
    }
}

/// The value of the header [`SIGNATURE`].
pub fn signature(secret: &[u8], at: i64, body: &str) -> String {
    sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), at, body)
}

fn sign(key: &hmac::Key, at: i64, body: &str) -> String {
    let tag = hmac::sign(key, format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(tag))
}

fn judge(status: StatusCode, headers: &HeaderMap, now: DateTime<Utc>) -> Outcome {
    match status {
        status if status.is_success() => Outcome::Delivered(status.as_u16()),
        // The message itself is wrong: it will be no better the next time. Whatever else it
        // answers, an operator may mend.
        StatusCode::BAD_REQUEST
        | StatusCode::PAYLOAD_TOO_LARGE
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Outcome::Refused(status.as_u16()),
        status => Outcome::Retry {
            answer: status.as_u16().to_string(),
            wait: headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok())
                .and_then(|text| patience(text.trim(), now)),
        },
    }
}

/// Seconds, or a date (RFC 9110, section 10.2.3).
fn patience(text: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    if let Ok(seconds) = text.parse::<u32>() {
        return TimeDelta::try_seconds(i64::from(seconds));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?.to_utc();
    Some(Ord::max(until - now, TimeDelta::zero()))
}

/// What failed, without the address, which may hold what opens it.
fn why(error: &reqwest::Error) -> &'static str {
    match error {
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        _ => "the connection broke",
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn a_signature_is_the_one_that_others_compute() {
        // printf '1767225600.{"a":1}' | openssl dgst -sha256 -hmac 'a secret of thirty-two bytes ...'
        let signed = signature(
            b"a secret of thirty-two bytes ...",
            1_767_225_600,
            r#"{"a":1}"#,
        );
        assert_eq!(
            signed,
            "t=1767225600,v1=80572af755130a63bd68f425fff313cc2bc7a22e078da9a1361aa2a478e6d6ff"
        );
    }

    #[test]
    fn what_an_operator_may_mend_is_tried_again_and_patience_is_heeded() {
        let now = Utc.with_ymd_and_hms(2026, 5, 1, 9, 0, 0).unwrap();
        let judged = |status: u16, retry_after: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            if let Some(text) = retry_after {
                headers.insert(RETRY_AFTER, text.parse().unwrap());
            }
            judge(StatusCode::from_u16(status).unwrap(), &headers, now)
        };
        assert_eq!(judged(204, None), Outcome::Delivered(204));
        assert_eq!(judged(422, Some("5")), Outcome::Refused(422));
        for status in [302, 401, 404, 409, 429, 500, 503] {
            let answer = status.to_string();
            assert_eq!(judged(status, None), Outcome::Retry { answer, wait: None });
        }
        for (text, seconds) in [
            ("120", Some(120)),
            ("Fri, 01 May 2026 09:01:00 GMT", Some(60)),
            ("Fri, 01 May 2026 08:00:00 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
        ] {
            let Outcome::Retry { wait, .. } = judged(503, Some(text)) else {
                panic!("{text}");
            };
            assert_eq!(wait, seconds.map(TimeDelta::seconds), "{text}");
        }
    }
}
