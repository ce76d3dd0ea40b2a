//! Opens a session on a [`Target`]: the socket, encryption, authentication.

use std::io;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{self, ScramSha256};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;
use sqlward_connect::{Connector, Place, Target};
use tokio_postgres::config::ChannelBinding;

use super::server_error::ServerError;
use super::wire::Wire;

/// A session that is ready for queries.
pub(super) struct Session {
    pub(super) wire: Wire,
    /// `server_version_num`
    pub(super) version: u32,
}

/// Why there is no session.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The server answered with an error.
    Server(Box<ServerError>),
    /// There was no answer, or not one of PostgreSQL.
    Io(io::Error),
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Refusal::Io(error)
    }
}

/// Settings that must not depend on the configuration of the server, role or database: how constants in the SQL are read, and
/// that a session has no time limits.
pub(super) const SETTINGS: [(&str, &str); 9] = [
    ("application_name", "sqlward"),
    ("client_encoding", "UTF8"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("TimeZone", "UTC"),
    ("standard_conforming_strings", "on"),
    ("transform_null_equals", "off"),
    ("idle_session_timeout", "0"),
    ("statement_timeout", "0"),
];

/// Begins a session on the first of the target's hosts that answers.
pub(super) async fn begin(target: &Target) -> Result<Session, Refusal> {
    let config = &target.config;
    let limit = config.get_connect_timeout().copied().filter(|limit| !limit.is_zero());
    let limit = limit.unwrap_or(Duration::from_secs(10));
    let mut last = Refusal::Io(io::Error::other("no host is given"));
    let connector = Connector::new(target.clone());
    for place in connector.places() {
        let attempt = tokio::time::timeout(limit, begin_on(&connector, &place));
        last = match attempt.await {
            Ok(Ok(session)) => return Ok(session),
            // A server that refuses the session has been reached. The next host is only for one that cannot be reached.
            Ok(Err(Refusal::Server(error))) => return Err(Refusal::Server(error)),
            Ok(Err(Refusal::Io(error))) => Refusal::Io(error),
            Err(_) => {
                let words = format!("no answer within {} s", limit.as_secs_f32());
                Refusal::Io(io::Error::new(io::ErrorKind::TimedOut, words))
            }
        };
    }
    Err(last)
}

async fn begin_on(connector: &Connector, place: &Place) -> Result<Session, Refusal> {
    let stream = connector.open(place).await?;
    let binding = stream.channel_binding();
    let mut startup = Startup { wire: Wire::new(Box::new(stream)), target: connector.target() };
    startup.introduce().await?;
    startup.authenticate(binding).await?;
    startup.finish().await
}

struct Startup<'a> {
    wire: Wire,
    target: &'a Target,
}

impl Startup<'_> {
    async fn introduce(&mut self) -> Result<(), Refusal> {
        let config = &self.target.config;
        let mut parameters = vec![("user", config.get_user().unwrap_or_default())];
        parameters.extend(config.get_dbname().map(|name| ("database", name)));
        parameters.extend(config.get_options().map(|options| ("options", options)));
        parameters.extend(SETTINGS);
        let mut message = BytesMut::new();
        frontend::startup_message(parameters, &mut message)?;
        Ok(self.wire.send(&message).await?)
    }

    async fn authenticate(&mut self, binding: Option<Vec<u8>>) -> Result<(), Refusal> {
        let config = &self.target.config;
        let mut request = self.receive().await?;
        if config.get_channel_binding() == ChannelBinding::Require
            && !matches!(request, Message::AuthenticationSasl(_))
        {
            return Err(io::Error::other(
                "the server does not offer the channel binding that channel_binding=require needs",
            )
            .into());
        }
        match request {
            Message::AuthenticationOk => return Ok(()),
            Message::AuthenticationCleartextPassword => {
                let password = self.password()?.to_owned();
                self.send(|message| frontend::password_message(&password, message)).await?;
            }
            Message::AuthenticationMd5Password(body) => {
                let user = config.get_user().unwrap_or_default();
                let hash = md5_hash(user.as_bytes(), self.password()?, body.salt());
                self.send(|message| frontend::password_message(hash.as_bytes(), message)).await?;
            }
            Message::AuthenticationSasl(body) => self.scram(&body, binding).await?,
            _ => {
                let words = "the server asks for a kind of authentication other than a password";
                return Err(io::Error::new(io::ErrorKind::Unsupported, words).into());
            }
        }
        request = self.receive().await?;
        match request {
            Message::AuthenticationOk => Ok(()),
            _ => Err(unexpected()),
        }
    }

    async fn scram(
        &mut self,
        body: &AuthenticationSaslBody,
        binding: Option<Vec<u8>>,
    ) -> Result<(), Refusal> {
        let offered: Vec<&str> = body.mechanisms().collect()?;
        let wanted = self.target.config.get_channel_binding();
        let binding = binding.filter(|_| wanted != ChannelBinding::Disable);
        let (mechanism, binding) = match binding {
            Some(binding) if offered.contains(&sasl::SCRAM_SHA_256_PLUS) => {
                (sasl::SCRAM_SHA_256_PLUS, sasl::ChannelBinding::tls_server_end_point(binding))
            }
            _ if wanted == ChannelBinding::Require => {
                return Err(io::Error::other("the connection does not support channel binding").into());
            }
            Some(_) => (sasl::SCRAM_SHA_256, sasl::ChannelBinding::unrequested()),
            None => (sasl::SCRAM_SHA_256, sasl::ChannelBinding::unsupported()),
        };
        if !offered.contains(&mechanism) {
            let words = "the server offers no SCRAM-SHA-256";
            return Err(io::Error::new(io::ErrorKind::Unsupported, words).into());
        }
        let mut scram = ScramSha256::new(self.password()?, binding);
        self.send(|message| frontend::sasl_initial_response(mechanism, scram.message(), message)).await?;
        let Message::AuthenticationSaslContinue(body) = self.receive().await? else {
            return Err(unexpected());
        };
        scram.update(body.data())?;
        self.send(|message| frontend::sasl_response(scram.message(), message)).await?;
        let Message::AuthenticationSaslFinal(body) = self.receive().await? else { return Err(unexpected()) };
        Ok(scram.finish(body.data())?)
    }

    /// Reads messages until the server is ready for queries.
    async fn finish(mut self) -> Result<Session, Refusal> {
        let mut version = 0;
        loop {
            match self.receive().await? {
                Message::ParameterStatus(body) if body.name()? == "server_version" => {
                    version = sqlward_server::version_number(body.value()?);
                }
                Message::ParameterStatus(_) | Message::BackendKeyData(_) => {}
                Message::ReadyForQuery(_) => return Ok(Session { wire: self.wire, version }),
                _ => return Err(unexpected()),
            }
        }
    }

    fn password(&self) -> io::Result<&[u8]> {
        self.target
            .config
            .get_password()
            .ok_or_else(|| io::Error::other("the server asks for a password, and the URL has none"))
    }

    async fn send(&mut self, encode: impl FnOnce(&mut BytesMut) -> io::Result<()>) -> io::Result<()> {
        let mut message = BytesMut::new();
        encode(&mut message)?;
        self.wire.send(&message).await
    }

    async fn receive(&mut self) -> Result<Message, Refusal> {
        loop {
            match self.wire.receive().await? {
                Message::ErrorResponse(body) => {
                    return Err(Refusal::Server(Box::new(ServerError::read(body.fields())?)));
                }
                Message::NoticeResponse(_) => {}
                message => return Ok(message),
            }
        }
    }
}

fn unexpected() -> Refusal {
    Refusal::Io(io::Error::new(
        io::ErrorKind::InvalidData,
        "the server does not speak the PostgreSQL protocol",
    ))
}
