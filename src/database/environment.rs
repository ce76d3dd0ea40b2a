//! Which database the environment variables name.

use crate::{Error, ErrorKind, Result};

/// What the environment says: the connection strings, each with the variable that holds it.
pub(super) struct Named {
    pub(super) url: (&'static str, String),
    pub(super) replica: Option<(&'static str, String)>,
}

const URL: &str = "DATABASE_URL";
const LOCAL_URL: &str = "DATABASE_URL_LOCAL_PROXY";
const REPLICA_URL: &str = "DATABASE_REPLICA_URL";

/// `DATABASE_URL`, unless `DB_METHOD` names another variable. An empty variable counts as unset.
pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Named> {
    let variable = |name| variable(name).filter(|value| !value.trim().is_empty());
    let method = variable("DB_METHOD");
    let name = match method.as_deref() {
        None | Some("NEON_BRANCH" | "PRODUCTION") => URL,
        Some("LOCAL_PROXY") => LOCAL_URL,
        Some(_) => {
            let message = "no database is configured: DB_METHOD is none of LOCAL_PROXY, which takes the database of \
                 DATABASE_URL_LOCAL_PROXY, and NEON_BRANCH and PRODUCTION, which take that of DATABASE_URL";
            return Err(Error::new(ErrorKind::Configuration, message));
        }
    };
    let url = variable(name).ok_or_else(|| {
        let why = method.map(|method| format!(", which DB_METHOD={method} asks for,")).unwrap_or_default();
        let message =
            format!("no database is configured: set {name}{why} to postgres://user:password@host/name");
        Error::new(ErrorKind::Configuration, message)
    })?;
    // A local proxy must not read from a remote replica.
    let replica = variable(REPLICA_URL).filter(|_| name == URL).map(|url| (REPLICA_URL, url));
    Ok(Named { url: (name, url), replica })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(variables: &[(&str, &str)]) -> Result<Named> {
        read(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn every_method_has_its_variable() {
        let all = [(URL, "remote"), (LOCAL_URL, "local"), (REPLICA_URL, "replica")];
        for (method, expected, replica) in [
            ("", "remote", true),
            ("LOCAL_PROXY", "local", false),
            ("NEON_BRANCH", "remote", true),
            ("PRODUCTION", "remote", true),
        ] {
            let found = named(&[all.as_slice(), &[("DB_METHOD", method)]].concat()).unwrap();
            assert_eq!((found.url.1.as_str(), found.replica.is_some()), (expected, replica), "{method}");
        }
        assert!(named(&[(URL, "remote"), (REPLICA_URL, " ")]).unwrap().replica.is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        for (variables, missing) in [
            (&[][..], "set DATABASE_URL to"),
            (&[(URL, "")], "set DATABASE_URL to"),
            (&[(LOCAL_URL, "x")], "set DATABASE_URL to"),
            (
                &[("DB_METHOD", "LOCAL_PROXY"), (URL, "x")],
                "set DATABASE_URL_LOCAL_PROXY, which DB_METHOD=LOCAL_PROXY",
            ),
            (
                &[("DB_METHOD", "PRODUCTION"), (LOCAL_URL, "x")],
                "set DATABASE_URL, which DB_METHOD=PRODUCTION",
            ),
            (&[("DB_METHOD", "local_proxy"), (URL, "x")], "none of LOCAL_PROXY"),
        ] {
            let Err(error) = named(variables) else { panic!("{variables:?}") };
            assert!(error.to_string().contains(missing), "{error}");
            assert_eq!(error.kind(), ErrorKind::Configuration);
        }
    }
}
