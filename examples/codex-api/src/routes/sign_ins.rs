//! Signing in through other providers, by way of a gateway.

use axum::extract::State;
use chrono::NaiveDateTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::identity::{Session, useless_token};
use crate::app::{Mail, Message, Outside, Service};
use crate::auth::Caller;
use crate::bounds::{Email, Text};
use crate::extract::{Created, Done};
use crate::openapi::Routes;
use crate::problem::{Problem, Result};
use crate::services::sign_ins::{self as service, Identity, Linking, Newcomer, SignIn};
use crate::signature::{Gateway, Signed};

pub fn routes(routes: Routes) -> Routes {
    routes
        .post("/v1/me/account-tickets", ticket)
        .post("/v1/webhooks/links", link)
        .post("/v1/webhooks/sign-ins", sign_in)
}

/// A ticket for linking a provider's account. The gateway returns it after the user has signed in at the provider.
#[derive(Serialize, JsonSchema)]
struct Ticket {
    ticket: String,
    expires_at: NaiveDateTime,
}

/// Only a signed-in user can begin a link. Their browser carries the ticket to the provider and back; the gateway has
/// to check that it returns in the same browser.
async fn ticket(State(acting): State<Service>, caller: Caller) -> Result<Created<Ticket>> {
    let ticket = service::ticket(acting.db(), acting.key(), &caller.user).await?;
    Ok(Created(Ticket { ticket: ticket.token, expires_at: ticket.expires_at }))
}

/// An account at a provider, and the tokens that the provider issued for it.
#[derive(Deserialize, JsonSchema)]
struct AtProvider {
    provider_id: Text<1, 50>,
    account_id: Text<1, 255>,
    access_token: Option<Text<1, 4000>>,
    refresh_token: Option<Text<1, 4000>>,
    id_token: Option<Text<1, 10_000>>,
    scope: Option<Text<1, 1000>>,
}

impl AtProvider {
    fn identity(&self) -> Result<Identity<'_>> {
        if &*self.provider_id == "credential" {
            return Err(Problem::invalid("this is what passwords are under").at("/provider_id"));
        }
        Ok(Identity {
            provider_id: &self.provider_id,
            account_id: &self.account_id,
            access_token: self.access_token.as_deref(),
            refresh_token: self.refresh_token.as_deref(),
            id_token: self.id_token.as_deref(),
            granted_scope: self.scope.as_deref(),
        })
    }
}

#[derive(Deserialize, JsonSchema)]
struct Link {
    ticket: Text<1, 200>,
    at: AtProvider,
}

async fn link(State(acting): State<Service>, signed: Signed<Gateway, Link>) -> Result<Done> {
    let Link { ticket, at } = &signed.message;
    match service::link(acting.db(), acting.key(), ticket, &at.identity()?).await? {
        Linking::Linked => Ok(Done),
        Linking::OfSomeoneElse => Err(Problem::conflict("account-taken", "someone else signs in with it")),
        Linking::UselessTicket => Err(useless_token()),
    }
}

#[derive(Deserialize, JsonSchema)]
struct Arrival {
    at: AtProvider,
    /// The name and address for registering a new user.
    newcomer: Option<NewPerson>,
}

#[derive(Deserialize, JsonSchema)]
struct NewPerson {
    name: Text<1, 100>,
    email: Email,
}

/// The gateway passes the session on to the user's browser.
async fn sign_in(
    State(acting): State<Service>,
    State(outside): State<Outside>,
    signed: Signed<Gateway, Arrival>,
) -> Result<Created<Session>> {
    let Arrival { at, newcomer } = &signed.message;
    let newcomer = newcomer.as_ref();
    let named = newcomer.map(|person| Newcomer { name: &person.name, email: &person.email });
    match service::sign_in(acting.db(), acting.key(), &at.identity()?, named, Some("gateway")).await? {
        SignIn::SignedIn(session) => Ok(Created(session.into())),
        SignIn::Registered { session, verification } => {
            if let Some(person) = newcomer {
                let message = Message::VerifyEmail { token: verification };
                outside.mail(Mail { to: person.email.to_string(), message });
            }
            Ok(Created(session.into()))
        }
        SignIn::Unknown => Err(Problem::not_found()),
        SignIn::EmailTaken => {
            Err(Problem::conflict("email-taken", "sign in to the account that has this address, and link it"))
        }
    }
}
