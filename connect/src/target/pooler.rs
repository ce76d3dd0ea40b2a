//! Poolers that are recognised by their address.

use tokio_postgres::Config;
use tokio_postgres::config::Host;

/// Whether all hosts are a provider's poolers in transaction mode.
pub(super) fn is_known(config: &Config) -> bool {
    let ports = config.get_ports();
    let known = |(index, host): (usize, &Host)| {
        let port = ports.get(index).or(ports.first()).copied().unwrap_or(5432);
        matches!(host, Host::Tcp(name) if is_known_at(&name.to_ascii_lowercase(), port))
    };
    !config.get_hosts().is_empty() && config.get_hosts().iter().enumerate().all(known)
}

fn is_known_at(name: &str, port: u16) -> bool {
    // Supabase: on the usual port the same address is a session pooler.
    let supabase = port == 6543 && (name.ends_with(".pooler.supabase.com") || name.ends_with(".supabase.co"));
    // Neon: ep-name-123456-pooler.region.aws.neon.tech
    let neon = name.ends_with(".neon.tech")
        && name.split('.').next().is_some_and(|endpoint| endpoint.ends_with("-pooler"));
    supabase || neon
}
