use std::path::PathBuf;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, Host};

use super::*;

fn parse(text: &str) -> Target {
    Target::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn urls_and_words_are_read_alike() {
    for text in [
        "postgresql://ann:s%3Fcret@db.example:5433/shop?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=3",
        "postgres://db.example/?user=ann&password=s%3Fcret&port=5433&dbname=shop&sslmode=verify-full&sslrootcert=/ca.pem&connect_timeout=3",
        "host=db.example port=5433 user=ann password=s?cret dbname=shop sslmode=verify-full sslrootcert=/ca.pem connect_timeout=3",
        " host = 'db.example' port=5433 user='ann' password='s?cret' dbname=shop\nsslmode=verify-full sslrootcert=/ca.pem connect_timeout=3",
    ] {
        let target = parse(text);
        assert_eq!(target.config.get_user(), Some("ann"));
        assert_eq!(target.config.get_password(), Some(b"s?cret".as_slice()));
        assert_eq!(target.config.get_dbname(), Some("shop"));
        assert_eq!(target.encryption.when, When::Always);
        assert_eq!(target.encryption.verification, Verification::ChainAndName);
        assert_eq!(target.encryption.root_certificates, Some(PathBuf::from("/ca.pem")));
        assert_eq!(target.config.get_connect_timeout(), Some(&Duration::from_secs(3)));
        assert_eq!(target.display(), "db.example:5433");
    }
    let target = parse(r"host=h password='it\'s a \\ b' user=a\ b");
    assert_eq!(target.config.get_password(), Some(br"it's a \ b".as_slice()));
    assert_eq!(target.config.get_user(), Some("a b"));
}

#[test]
fn encryption_is_libpqs() {
    use Verification::{Chain, ChainAndName, None};
    use When::{Always, IfOffered, Never};
    for (query, expected) in [
        ("", (IfOffered, None)),
        ("sslmode=disable", (Never, None)),
        ("sslmode=allow", (IfOffered, None)),
        ("sslmode=prefer", (IfOffered, None)),
        ("sslmode=require", (Always, None)),
        ("ssl=true", (Always, None)),
        ("ssl=false", (IfOffered, None)),
        ("ssl=true&sslmode=verify-full", (Always, ChainAndName)),
        ("sslmode=verify-full&ssl=true", (Always, ChainAndName)),
        ("sslmode=require&sslrootcert=x", (Always, Chain)),
        ("sslmode=disable&sslrootcert=x", (Never, None)),
        ("sslmode=verify-ca", (Always, Chain)),
        ("sslmode=verify-full", (Always, ChainAndName)),
        ("sslrootcert=system", (Always, ChainAndName)),
        ("sslmode=require&sslaccept=strict", (Always, ChainAndName)),
        ("sslaccept=strict", (Always, ChainAndName)),
        ("sslmode=require&sslaccept=accept_invalid_certs", (Always, None)),
    ] {
        let encryption = parse(&format!("postgres://a@h/d?{query}")).encryption;
        assert_eq!((encryption.when, encryption.verification), expected, "{query}");
    }
    for query in [
        "sslmode=require&sslrootcert=system",
        "sslmode=verify-ca&sslrootcert=system",
        "sslmode=prefer&sslnegotiation=direct",
        "sslnegotiation=direct",
        "sslmode=verify_full",
        "sslcert=x",
        "requirepeer=x",
        "require_auth=scram-sha-256",
        "ssl_min_protocol_version=TLSv1.3",
        "gssencmode=require",
        "sslsni=0",
        "schema=shop",
    ] {
        assert!(Target::parse(&format!("postgres://a@h/d?{query}")).is_err(), "{query} is weaker than asked");
    }
}

/// The strings as the providers' consoles show them.
#[test]
fn strings_of_providers() {
    let neon = parse(
        "postgresql://neondb_owner:npg_Ab1@ep-cool-darkness-123456.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
    );
    assert_eq!(neon.encryption.when, When::Always);
    assert_eq!(neon.config.get_channel_binding(), ChannelBinding::Require);
    assert!(!neon.pool.transaction_mode);
    let pooled = parse(
        "postgresql://neondb_owner:npg_Ab1@ep-cool-darkness-123456-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
    );
    assert!(pooled.pool.transaction_mode);
    // For clients that do not say the name of the host in TLS.
    let endpoint = parse(
        "postgres://alex:AbC123dEf@ep-cool-darkness-123456.us-east-2.aws.neon.tech/dbname?options=endpoint%3Dep-cool-darkness-123456",
    );
    assert_eq!(endpoint.config.get_options(), Some("endpoint=ep-cool-darkness-123456"));
    let both = parse("postgres://a@h/d?options=project%3Dp%20-c%20search_path%3Dshop");
    assert_eq!(both.config.get_options(), Some("project=p -c search_path=shop"));

    let direct = parse("postgresql://postgres:pass@db.abcdefghijklmnop.supabase.co:5432/postgres");
    assert_eq!(direct.display(), "db.abcdefghijklmnop.supabase.co:5432");
    assert!(!direct.pool.transaction_mode);
    let session = parse(
        "postgres://postgres.abcdefghijklmnop:pass@aws-0-eu-central-1.pooler.supabase.com:5432/postgres",
    );
    assert_eq!(session.config.get_user(), Some("postgres.abcdefghijklmnop"));
    assert!(!session.pool.transaction_mode);
    for query in
        ["", "?pgbouncer=true&connection_limit=1", "?pgbouncer=true&connection_limit=1&pool_timeout=20"]
    {
        let transaction = parse(&format!(
            "postgres://postgres.abcdefghijklmnop:pass@aws-0-eu-central-1.pooler.supabase.com:6543/postgres{query}"
        ));
        assert!(transaction.pool.transaction_mode);
        assert_eq!(transaction.pool.max_connections, query.contains("limit").then_some(1));
        assert_eq!(
            transaction.pool.acquire_timeout,
            query.contains("pool_timeout").then_some(Duration::from_secs(20))
        );
    }
    let said = parse(
        "postgres://postgres.abcdefghijklmnop:pass@aws-0-eu-central-1.pooler.supabase.com:6543/postgres?pgbouncer=false",
    );
    assert!(!said.pool.transaction_mode, "what is said counts");

    let aurora = parse(
        "host=shop.cluster-c9akciq32.eu-west-1.rds.amazonaws.com port=5432 dbname=shop user=app password=pw sslmode=verify-full sslrootcert=/etc/ssl/global-bundle.pem",
    );
    assert_eq!(aurora.encryption.verification, Verification::ChainAndName);
    let several = parse(
        "postgresql://app@one.example,two.example:5433/shop?target_session_attrs=read-write&load_balance_hosts=random&application_name=shop",
    );
    assert_eq!(several.session, SessionKind::ReadWrite);
    assert_eq!(several.config.get_ports(), [5432, 5433]);
    assert_eq!(several.config.get_application_name(), Some("shop"));
    assert_eq!(parse("host=a,b user=u port=6000").config.get_ports(), [6000]);
    assert_eq!(
        parse("postgres://u@h/d?target_session_attrs=prefer-standby").session,
        SessionKind::PreferStandby
    );

    // Prisma and Vercel
    parse(
        "postgresql://u:p@h:5432/d?schema=public&sslmode=require&connect_timeout=15&socket_timeout=3&supa=base-pooler.x",
    );
}

#[test]
fn sockets_and_addresses() {
    let folder = Host::Unix(PathBuf::from("/var/run/postgresql"));
    for text in [
        "postgres://ann@%2Fvar%2Frun%2Fpostgresql/shop",
        "postgresql:///shop?host=/var/run/postgresql&user=ann",
        "host=/var/run/postgresql user=ann dbname=shop",
    ] {
        let target = parse(text);
        assert_eq!(target.config.get_hosts(), std::slice::from_ref(&folder));
        assert_eq!(target.config.get_dbname(), Some("shop"));
    }
    let target = parse("postgres://ann@[::1]:6000/shop");
    assert_eq!(target.config.get_hosts(), [Host::Tcp("::1".to_owned())]);
    assert_eq!(target.config.get_ports(), [6000]);
    let target = parse("postgres://ann@db.example/shop?hostaddr=10.0.0.7");
    assert_eq!(target.config.get_hostaddrs(), ["10.0.0.7".parse::<std::net::IpAddr>().unwrap()]);
}

#[test]
fn unknown_parameters_are_named() {
    for text in ["postgres://a:secret@h/d?sslmod=hunter2", "host=h sslmod=hunter2 password=secret"] {
        let error = Target::parse(text).unwrap_err();
        assert!(error.message().contains("`sslmod`"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
    for (text, key) in [
        ("postgres://a@h/d?connect_timeout=hunter2", "connect_timeout"),
        ("postgres://a@h/d?target_session_attrs=hunter2", "target_session_attrs"),
        ("postgres://a@h/d?channel_binding=hunter2", "channel_binding"),
        ("postgres://a@h/d?pgbouncer=hunter2", "pgbouncer"),
        ("postgres://a@h/d?passfile=hunter2", "passfile"),
    ] {
        let error = Target::parse(text).unwrap_err().to_string();
        assert!(error.contains(key) && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn errors_never_repeat_the_password() {
    for text in [
        "postgres://ann:hunter2@h/d?sslmode=verify-ful",
        "postgres://ann:hunter2@h/d?nonsense=1",
        "postgres://ann:hunter2@h:port/d",
        "postgres://ann:a@hunter2@h/d",
        "postgres://ann:a?sslmode=hunter2@h/d",
        "postgres://ann:12?hunter2=b@h/d",
        "postgres://ann:12/hunter2@h/d",
        "host=h password=a hunter2=b",
        "host=h password=a hunter2",
        "host=h password='hunter2",
        "host=h sslmode=hunter2",
        "host=h hostaddr=hunter2",
        "host=h,i port=hunter2",
        "host=h,i port=1,2,3 password=hunter2",
        "password=hunter2 user=ann",
        "postgres://ann:hunter2%00@h/d",
        "hunter2",
        "",
    ] {
        let Err(error) = Target::parse(text) else { panic!("{text} was accepted") };
        let words = format!("{error} {error:?}");
        assert!(!words.contains("hunter2"), "{words}");
    }
    let target = parse("postgres://ann:hunter2@h/d?options=-c%20a.b%3Dhunter2");
    assert!(!format!("{target:?}").contains("hunter2"));
}
