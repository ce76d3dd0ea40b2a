//! The meaning of the parameters.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts};

use super::read::Parameter;
use super::{Encryption, FORM, InvalidTarget, PoolSettings, SessionKind, Target, Verification, When, pooler};

/// Applies the parameters, or rejects one.
pub(super) fn apply(parameters: Vec<Parameter>) -> Result<Target, InvalidTarget> {
    let mut reading = Reading::default();
    for Parameter { key, value, can_be_named } in parameters {
        if value.contains(&0) {
            return Err(InvalidTarget::unreadable());
        }
        if key == "password" {
            // The only one that need not be UTF-8.
            reading.config.password(value);
            continue;
        }
        let value = String::from_utf8(value).map_err(|_| InvalidTarget::unreadable())?;
        reading.parameter(&key, &value, can_be_named)?;
    }
    reading.finish()
}

#[derive(Default)]
struct Reading {
    config: Config,
    hosts: String,
    addresses: String,
    ports: String,
    application_name: Option<String>,
    fallback_application_name: Option<String>,
    sslmode: Option<String>,
    sslrootcert: Option<String>,
    strict_certificates: bool,
    direct: bool,
    session: SessionKind,
    pool: PoolSettings,
    pgbouncer: Option<bool>,
}

impl Reading {
    fn parameter(&mut self, key: &str, value: &str, can_be_named: bool) -> Result<(), InvalidTarget> {
        let config = &mut self.config;
        match key {
            "host" => value.clone_into(&mut self.hosts),
            "hostaddr" => value.clone_into(&mut self.addresses),
            "port" => value.clone_into(&mut self.ports),
            "user" => drop(config.user(value)),
            "dbname" => drop(config.dbname(value)),
            "options" => drop(config.options(value)),
            "application_name" => self.application_name = Some(value.to_owned()),
            "fallback_application_name" => self.fallback_application_name = Some(value.to_owned()),
            "connect_timeout" => {
                if let Some(limit) = seconds(key, value)? {
                    config.connect_timeout(limit);
                }
            }
            "tcp_user_timeout" => {
                if let Some(limit) = positive(key, value)? {
                    config.tcp_user_timeout(Duration::from_millis(limit));
                }
            }
            "keepalives" => drop(config.keepalives(number::<u8>(key, value)? != 0)),
            "keepalives_idle" => {
                if let Some(idle) = seconds(key, value)? {
                    config.keepalives_idle(idle);
                }
            }
            "keepalives_interval" => {
                if let Some(interval) = seconds(key, value)? {
                    config.keepalives_interval(interval);
                }
            }
            // The first is libpq's name, the second that of tokio-postgres.
            "keepalives_count" | "keepalives_retries" => drop(config.keepalives_retries(number(key, value)?)),
            "channel_binding" => {
                config.channel_binding(match value {
                    "disable" => ChannelBinding::Disable,
                    "prefer" => ChannelBinding::Prefer,
                    "require" => ChannelBinding::Require,
                    _ => return Err(one_of(key, "disable, prefer and require")),
                });
            }
            "load_balance_hosts" => {
                config.load_balance_hosts(match value {
                    "disable" => LoadBalanceHosts::Disable,
                    "random" => LoadBalanceHosts::Random,
                    _ => return Err(one_of(key, "disable and random")),
                });
            }
            "target_session_attrs" => self.session = session(key, value)?,
            "sslmode" => self.sslmode = Some(value.to_owned()),
            "sslrootcert" => self.sslrootcert = Some(value.to_owned()).filter(|path| !path.is_empty()),
            "sslnegotiation" => self.direct = choice(key, value, &[("postgres", false), ("direct", true)])?,
            // libpq also accepts what users of JDBC write.
            "ssl" => {
                if choice(key, value, &[("true", true), ("1", true), ("false", false), ("0", false)])? {
                    self.sslmode.get_or_insert_with(|| "require".to_owned());
                }
            }
            // Prisma's
            "sslaccept" => {
                self.strict_certificates =
                    choice(key, value, &[("strict", true), ("accept_invalid_certs", false)])?;
            }
            "pgbouncer" => self.pgbouncer = Some(choice(key, value, &[("true", true), ("false", false)])?),
            "connection_limit" => self.pool.max_connections = Some(number(key, value)?),
            "pool_timeout" => self.pool.acquire_timeout = seconds(key, value)?,
            _ => return accepted(key, value, can_be_named),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Target, InvalidTarget> {
        self.places()?;
        if self.config.get_user().is_none() {
            self.config.user(operating_system_user());
        }
        if let Some(name) = self.application_name.take().or(self.fallback_application_name.take()) {
            self.config.application_name(name);
        }
        let encryption = self.encryption()?;
        self.pool.transaction_mode = self.pgbouncer.unwrap_or_else(|| pooler::is_known(&self.config));
        Ok(Target { config: self.config, encryption, session: self.session, pool: self.pool })
    }

    /// Hosts, addresses and ports: each a list, or one value for all.
    fn places(&mut self) -> Result<(), InvalidTarget> {
        let list = |text: &str| match text {
            "" => Vec::new(),
            text => text.split(',').map(|item| item.trim().to_owned()).collect::<Vec<String>>(),
        };
        let (hosts, addresses, ports) = (list(&self.hosts), list(&self.addresses), list(&self.ports));
        if hosts.is_empty() && addresses.is_empty() {
            return Err(InvalidTarget::new("the database URL has no host", FORM));
        }
        for host in &hosts {
            if host.is_empty() || host.contains('@') {
                return Err(InvalidTarget::unreadable());
            }
            self.config.host(host);
        }
        for address in &addresses {
            self.config.hostaddr(address.parse().map_err(|_| one_of("hostaddr", "numeric addresses"))?);
        }
        let count = hosts.len().max(addresses.len());
        let fits = |items: usize| items <= 1 || items == count;
        if !fits(hosts.len()) || !fits(ports.len()) || (!addresses.is_empty() && addresses.len() != count) {
            let help = "give as many ports and addresses as hosts, or one port for all";
            return Err(InvalidTarget::new("the database URL has lists of different lengths", help));
        }
        for port in &ports {
            let port = if port.is_empty() { Ok(5432) } else { port.parse() };
            self.config.port(port.ok().filter(|port| *port != 0).ok_or_else(InvalidTarget::unreadable)?);
        }
        Ok(())
    }

    /// `sslmode` as in libpq, except that the operating system's certificates are trusted where libpq would look for a file in
    /// the home directory.
    fn encryption(&self) -> Result<Encryption, InvalidTarget> {
        let system = self.sslrootcert.as_deref() == Some("system");
        let file = self.sslrootcert.as_ref().filter(|_| !system).map(PathBuf::from);
        let asked = match self.sslmode.as_deref() {
            None if system => "verify-full",
            None => "prefer",
            Some(mode) => mode,
        };
        let (when, verification) = match asked {
            "disable" => (When::Never, Verification::None),
            // Encrypting where libpq would not insist on it does no harm.
            "allow" | "prefer" => (When::IfOffered, Verification::None),
            "require" => (When::Always, Verification::None),
            "verify-ca" => (When::Always, Verification::Chain),
            "verify-full" => (When::Always, Verification::ChainAndName),
            _ => return Err(one_of("sslmode", "disable, allow, prefer, require, verify-ca and verify-full")),
        };
        if system && verification != Verification::ChainAndName {
            // Anyone can get a certificate from a public authority.
            let help = "with sslrootcert=system the sslmode is verify-full";
            return Err(InvalidTarget::new(
                "the database URL asks for a weak sslmode with sslrootcert=system",
                help,
            ));
        }
        if self.direct && when != When::Always {
            let help = "with sslnegotiation=direct the sslmode is require, verify-ca or verify-full";
            return Err(InvalidTarget::new(
                "the database URL asks for a weak sslmode with direct encryption",
                help,
            ));
        }
        let verification = match verification {
            Verification::None if when != When::Never && self.strict_certificates => {
                Verification::ChainAndName
            }
            // If an authority is named, certificates are checked against it.
            Verification::None if when != When::Never && file.is_some() => Verification::Chain,
            asked => asked,
        };
        let when = if self.strict_certificates && when == When::IfOffered { When::Always } else { when };
        Ok(Encryption { when, verification, root_certificates: file, direct: self.direct })
    }
}

/// Accepts parameters that have no effect here; all others are errors.
fn accepted(key: &str, value: &str, can_be_named: bool) -> Result<(), InvalidTarget> {
    let is = |values: &[&str]| values.iter().any(|accepted| accepted.eq_ignore_ascii_case(value));
    let fits = match key {
        // Settings of other clients' caches, libraries and protocols.
        "statement_cache_size"
        | "statement-cache-capacity"
        | "prepared_statement_cache_size"
        | "prepareThreshold"
        | "preferQueryMode"
        | "default_query_exec_mode"
        | "uselibpqcompat"
        | "supa"
        | "workaround"
        | "socket_timeout"
        | "max_idle_connection_lifetime"
        | "sslcompression"
        | "krbsrvname"
        | "gsslib"
        | "gssdelegation" => true,
        "gssencmode" => is(&["disable", "prefer"]),
        "client_encoding" => is(&["utf8", "utf-8", "auto", "unicode"]),
        "sslsni" => is(&["1"]),
        "ssl_min_protocol_version" => is(&["TLSv1", "TLSv1.1", "TLSv1.2"]),
        "ssl_max_protocol_version" => is(&["TLSv1.3"]),
        // The schema that Prisma and JDBC use, which is PostgreSQL's default anyway.
        "schema" | "currentSchema" => is(&["public"]),
        "sslcert"
        | "sslkey"
        | "sslpassword"
        | "sslcrl"
        | "sslcrldir"
        | "sslcertmode"
        | "sslidentity"
        | "requirepeer"
        | "require_auth"
        | "require_ssl"
        | "passfile"
        | "service"
        | "servicefile"
        | "replication"
        | "min_protocol_version"
        | "max_protocol_version"
        | "scram_client_key"
        | "scram_server_key" => false,
        _ => return Err(unknown(key, can_be_named)),
    };
    let help = match key {
        "schema" | "currentSchema" => {
            "set the search path by options=-c%20search_path%3D..., or for the role"
        }
        _ => "remove it; sqlward does not support it",
    };
    if fits {
        return Ok(());
    }
    Err(InvalidTarget::new(format!("the database URL has an unsupported value of `{key}`"), help))
}

fn unknown(key: &str, can_be_named: bool) -> InvalidTarget {
    let is_name = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
    if can_be_named && is_name(key) {
        let help = "remove it, or check its spelling against libpq's";
        return InvalidTarget::new(format!("the database URL has the unknown parameter `{key}`"), help);
    }
    let help = "a password that contains spaces goes in quotes: password='a b'";
    InvalidTarget::new("the database URL has an unknown parameter", help)
}

fn session(key: &str, value: &str) -> Result<SessionKind, InvalidTarget> {
    choice(
        key,
        value,
        &[
            ("any", SessionKind::Any),
            ("read-write", SessionKind::ReadWrite),
            ("read-only", SessionKind::ReadOnly),
            ("primary", SessionKind::Primary),
            ("standby", SessionKind::Standby),
            ("prefer-standby", SessionKind::PreferStandby),
        ],
    )
}

fn choice<T: Copy>(key: &str, value: &str, choices: &[(&str, T)]) -> Result<T, InvalidTarget> {
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let chosen = choices.iter().find(|(name, _)| *name == value);
    chosen.map(|(_, meaning)| *meaning).ok_or_else(|| one_of(key, &names.join(", ")))
}

fn number<T: FromStr>(key: &str, value: &str) -> Result<T, InvalidTarget> {
    value.trim().parse().map_err(|_| one_of(key, "numbers"))
}

/// `None` for 0 and less, which means no limit to libpq.
fn positive(key: &str, value: &str) -> Result<Option<u64>, InvalidTarget> {
    Ok(u64::try_from(number::<i64>(key, value)?).ok().filter(|number| *number > 0))
}

fn seconds(key: &str, value: &str) -> Result<Option<Duration>, InvalidTarget> {
    Ok(positive(key, value)?.map(Duration::from_secs))
}

fn one_of(key: &str, choices: &str) -> InvalidTarget {
    let message = format!("the database URL has an invalid value of `{key}`");
    InvalidTarget::new(message, format!("it is one of {choices}"))
}

/// libpq's default user name.
fn operating_system_user() -> String {
    ["USER", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| "postgres".to_owned())
}
