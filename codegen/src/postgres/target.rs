//! Where a server is and how to speak to it: a connection string, read.

use std::path::PathBuf;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use super::tls::Verification;
use crate::error::{Error, Result};

/// A connection string, read. Its password is never printed.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    /// What is asked of the server's certificate when the connection is encrypted.
    pub(super) verification: Verification,
    /// The certificates to trust instead of the machine's.
    pub(super) root_certificates: Option<PathBuf>,
}

impl Target {
    /// A URL (`postgresql://user:password@host/database?sslmode=verify-full`) or libpq's `key=value` words.
    ///
    /// `sslmode` means what it means to libpq: `prefer`, the default, encrypts if the server can; `require`
    /// encrypts without looking at the certificate, unless `sslrootcert` names one; `verify-ca` and `verify-full`
    /// look at it.
    pub(super) fn parse(text: &str) -> Result<Target> {
        let mut options = TlsOptions::default();
        let rest = if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            let (address, query) = text.split_once('?').unwrap_or((text, ""));
            let rest: Vec<&str> =
                query.split('&').filter(|pair| !pair.is_empty() && !options.takes(pair, true)).collect();
            if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) }
        } else {
            let rest: Vec<&str> = text.split(' ').filter(|pair| !options.takes(pair, false)).collect();
            rest.join(" ")
        };
        // The parser's own words name options, and what stands where an option should can be part of a password.
        let mut config: Config = rest.parse().map_err(|_| unreadable())?;
        // An `@` in a password that is not written as `%40` leaves the rest of the password in the host.
        let has_at = |host: &Host| matches!(host, Host::Tcp(name) if name.contains('@'));
        if config.get_hosts().iter().any(has_at) {
            return Err(unreadable());
        }
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(Error::new("the database URL names no host").help(FORM));
        }
        if config.get_user().is_none() {
            config.user(operating_system_user());
        }
        let verification = options.apply(&mut config)?;
        Ok(Target { config, verification, root_certificates: options.sslrootcert.map(PathBuf::from) })
    }

    /// The only database of a server of our own.
    pub(super) fn embedded(server: &sqlward_server::Server) -> Target {
        let mut config = Config::new();
        config.host_path(server.folder()).port(server.port()).user("postgres").dbname("template1");
        config.ssl_mode(SslMode::Disable);
        Target { config, verification: Verification::None, root_certificates: None }
    }

    /// The same server, another database.
    pub(super) fn with_database(&self, name: &str) -> Target {
        let mut target = self.clone();
        target.config.dbname(name);
        target
    }

    /// How messages call it.
    pub(super) fn display(&self) -> String {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        match (self.config.get_hosts().first(), self.config.get_hostaddrs().first()) {
            (Some(Host::Tcp(host)), _) => format!("{host}:{port}"),
            #[cfg(unix)]
            (Some(Host::Unix(folder)), _) => format!("{} (port {port})", folder.display()),
            (None, Some(address)) => format!("{address}:{port}"),
            (None, None) => "no host".to_owned(),
        }
    }
}

const FORM: &str = "write it as postgresql://user:password@host:port/database";

/// Says nothing of what was given, because a password is part of it.
fn unreadable() -> Error {
    let help = "; in a user or a password write %40 for @, %2F for /, %3A for :, %3F for ? and %25 for %";
    Error::new("the database URL cannot be read").help(format!("{FORM}{help}"))
}

/// What libpq knows of TLS and the parser of tokio-postgres does not.
#[derive(Default)]
struct TlsOptions {
    sslmode: Option<String>,
    sslrootcert: Option<String>,
}

impl TlsOptions {
    /// Whether it is one of these options.
    fn takes(&mut self, pair: &str, encoded: bool) -> bool {
        let Some((key, value)) = pair.split_once('=') else { return false };
        let option = match key {
            "sslmode" => &mut self.sslmode,
            "sslrootcert" => &mut self.sslrootcert,
            _ => return false,
        };
        *option = Some(if encoded { percent_decoded(value) } else { value.trim_matches('\'').to_owned() });
        true
    }

    fn apply(&self, config: &mut Config) -> Result<Verification> {
        let (mode, verification) = match self.sslmode.as_deref() {
            Some("disable") => (SslMode::Disable, Verification::None),
            // Encrypting where libpq would not insist on it harms nobody.
            None | Some("allow" | "prefer") => (SslMode::Prefer, Verification::None),
            Some("require") if self.sslrootcert.is_some() => (SslMode::Require, Verification::Chain),
            Some("require") => (SslMode::Require, Verification::None),
            Some("verify-ca") => (SslMode::Require, Verification::Chain),
            Some("verify-full") => (SslMode::Require, Verification::ChainAndName),
            Some(_) => {
                return Err(Error::new("the database URL asks for an sslmode that does not exist")
                    .help("it is one of disable, allow, prefer, require, verify-ca and verify-full"));
            }
        };
        config.ssl_mode(mode);
        Ok(verification)
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = (first == b'%')
            .then(|| after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(code.unwrap_or(first));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Who libpq would say we are.
fn operating_system_user() -> String {
    ["USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| "postgres".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_and_words_are_read_alike() {
        for text in [
            "postgresql://ann:s%3Fcret@db.example:5433/shop?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=3",
            "host=db.example port=5433 user=ann password=s?cret dbname=shop sslmode=verify-full sslrootcert=/ca.pem connect_timeout=3",
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!(target.config.get_user(), Some("ann"));
            assert_eq!(target.config.get_password(), Some(b"s?cret".as_slice()));
            assert_eq!(target.config.get_dbname(), Some("shop"));
            assert_eq!(target.config.get_ssl_mode(), SslMode::Require);
            assert_eq!(target.verification, Verification::ChainAndName);
            assert_eq!(target.root_certificates, Some(PathBuf::from("/ca.pem")));
            assert_eq!(target.config.get_connect_timeout().unwrap().as_secs(), 3);
            assert_eq!(target.display(), "db.example:5433");
        }
    }

    #[test]
    fn encryption_is_libpqs() {
        let of = |query: &str| {
            let target = Target::parse(&format!("postgres://a@h/d{query}")).unwrap();
            (target.config.get_ssl_mode(), target.verification)
        };
        assert_eq!(of(""), (SslMode::Prefer, Verification::None));
        assert_eq!(of("?sslmode=disable"), (SslMode::Disable, Verification::None));
        assert_eq!(of("?sslmode=require"), (SslMode::Require, Verification::None));
        assert_eq!(of("?sslmode=require&sslrootcert=x"), (SslMode::Require, Verification::Chain));
        assert_eq!(of("?sslmode=verify-ca"), (SslMode::Require, Verification::Chain));
    }

    #[test]
    fn errors_never_repeat_the_password() {
        for text in [
            "postgres://ann:hunter2@h/d?sslmode=verify-ful",
            "postgres://ann:hunter2@h/d?nonsense=1",
            "postgres://ann:hunter2@h:port/d",
            "postgres://ann:a@hunter2@h/d",
            "postgres://ann:a?sslmode=hunter2@h/d",
            "host=h password=a hunter2=b",
            "host=h sslmode=hunter2",
            "password=hunter2 user=ann",
            "hunter2",
        ] {
            let Err(error) = Target::parse(text) else { panic!("{text} was accepted") };
            let mut words = format!("{error} {error:?} {:?}", error.help_text());
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                words.push_str(&format!(" {cause} {cause:?}"));
                source = cause.source();
            }
            assert!(!words.contains("hunter2"), "{words}");
        }
    }
}
