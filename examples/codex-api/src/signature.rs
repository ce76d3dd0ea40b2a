//! Verifies the signatures of messages from other services.
//!
//! `x-signature: t=1700000000,v1=5257a8...`: the time, and the HMAC-SHA256 of time, a dot and the body, in hex. The
//! signed time limits how long an intercepted message can be replayed.

use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use sha2::Sha256;

use crate::app::{App, Secrets};
use crate::extract::parse;
use crate::problem::Problem;

/// How many seconds the time of a message may differ from the service's clock.
const TOLERANCE: i64 = 300;

/// A body that was signed by the service `S`.
pub struct Signed<S, T> {
    /// The parsed body.
    pub message: T,
    sender: PhantomData<S>,
}

/// Another service.
pub trait Sender {
    /// The secret that it signs with.
    fn secret(secrets: &Secrets) -> &str;
}

/// The transcoding service.
pub struct Transcoding;

/// The payment provider.
pub struct Payments;

/// The gateway that signs users in through other providers.
pub struct Gateway;

impl Sender for Gateway {
    fn secret(secrets: &Secrets) -> &str {
        &secrets.gateway
    }
}

impl Sender for Transcoding {
    fn secret(secrets: &Secrets) -> &str {
        &secrets.transcoding
    }
}

impl Sender for Payments {
    fn secret(secrets: &Secrets) -> &str {
        &secrets.payments
    }
}

impl<S: Sender, T: DeserializeOwned> FromRequest<App> for Signed<S, T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let header = request.headers().get("x-signature").and_then(|value| value.to_str().ok());
        let header = header.ok_or_else(Problem::unauthenticated)?.to_owned();
        let body = Bytes::from_request(request, app)
            .await
            .map_err(|rejection| Problem::malformed(rejection.status(), "the body cannot be read"))?;
        if !is_genuine(&header, &body, S::secret(app.secrets()), Utc::now().timestamp()) {
            return Err(Problem::unauthenticated());
        }
        Ok(Signed { message: parse(&body)?, sender: PhantomData })
    }
}

/// The header value for a body that is sent at `at`.
pub fn sign(body: &[u8], secret: &str, at: i64) -> String {
    let mac = mac(body, secret, at).finalize().into_bytes();
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={at},v1={hex}")
}

fn is_genuine(header: &str, body: &[u8], secret: &str, now: i64) -> bool {
    let Some((at, signature)) = header.strip_prefix("t=").and_then(|rest| rest.split_once(",v1=")) else {
        return false;
    };
    let (Ok(at), Some(signature)) = (at.parse::<i64>(), from_hex(signature)) else { return false };
    // `verify_slice` compares in constant time.
    now.abs_diff(at) <= TOLERANCE.unsigned_abs() && mac(body, secret, at).verify_slice(&signature).is_ok()
}

fn mac(body: &[u8], secret: &str, at: i64) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(secret.as_bytes()).expect("any length is a key");
    mac.update(format!("{at}.").as_bytes());
    mac.update(body);
    mac
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_signed_with_the_secret_just_now_is_genuine() {
        let header = sign(b"{}", "secret", 1000);
        assert!(is_genuine(&header, b"{}", "secret", 1000));
        assert!(is_genuine(&header, b"{}", "secret", 1300));
        assert!(!is_genuine(&header, b"{}", "secret", 1301));
        assert!(!is_genuine(&header, b"{} ", "secret", 1000));
        assert!(!is_genuine(&header, b"{}", "Secret", 1000));
        assert!(!is_genuine(&header.replace("t=1000", "t=1001"), b"{}", "secret", 1000));
        for header in
            ["", "t=,v1=", "t=1000,v1=", "t=1000,v1=zz", "t=99999999999999999999,v1=00", "t=-1,v1=é"]
        {
            assert!(!is_genuine(header, b"{}", "secret", 1000), "{header}");
        }
    }
}
