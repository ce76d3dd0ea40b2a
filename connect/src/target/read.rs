//! A connection string as a list of parameters, for both forms.

use super::InvalidTarget;

/// One parameter. A later one of the same name has precedence.
pub(super) struct Parameter {
    pub(super) key: String,
    pub(super) value: Vec<u8>,
    /// Whether messages may contain the key, which is not so if it may be part of an unescaped password.
    pub(super) can_be_named: bool,
}

/// The parameters of a URL, or of libpq's `key=value` words.
pub(super) fn parameters(text: &str) -> Result<Vec<Parameter>, InvalidTarget> {
    let text = text.trim();
    match text.strip_prefix("postgresql://").or_else(|| text.strip_prefix("postgres://")) {
        Some(rest) => url(rest),
        None => words(text),
    }
}

fn url(rest: &str) -> Result<Vec<Parameter>, InvalidTarget> {
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    // If a `/` or a `?` of the password was not escaped, what follows is not a database or a parameter.
    if !authority.contains('@') && (path.contains('@') || query.contains('@')) {
        return Err(InvalidTarget::unreadable());
    }
    let mut found = Vec::new();
    let mut add = |key: &str, value: &str| {
        let key = String::from_utf8_lossy(&decoded(key)).into_owned();
        found.push(Parameter { key, value: decoded(value), can_be_named: true });
    };
    let hosts = match authority.split_once('@') {
        Some((credentials, hosts)) => {
            let (user, password) = match credentials.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (credentials, None),
            };
            add("user", user);
            if let Some(password) = password {
                add("password", password);
            }
            hosts
        }
        None => authority,
    };
    // With an unescaped `@` in the password, the rest of the password is in the host.
    if hosts.contains('@') {
        return Err(InvalidTarget::unreadable());
    }
    if !hosts.is_empty() {
        let (names, ports): (Vec<&str>, Vec<&str>) = hosts.split(',').map(host_and_port).unzip();
        add("host", &names.join(","));
        add("port", &ports.join(","));
    }
    if let Some(database) = path.strip_prefix('/').filter(|database| !database.is_empty()) {
        add("dbname", database);
    }
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').ok_or_else(InvalidTarget::unreadable)?;
        add(key, value);
    }
    Ok(found)
}

/// `host:port`, `[address]:port`, either without the port.
fn host_and_port(text: &str) -> (&str, &str) {
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':').unwrap_or(rest));
    }
    text.split_once(':').unwrap_or((text, ""))
}

/// `key = value`, possibly with space around, the value possibly in quotes, with `\` before a quote or a backslash.
fn words(text: &str) -> Result<Vec<Parameter>, InvalidTarget> {
    let mut found: Vec<Parameter> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=').ok_or_else(InvalidTarget::unreadable)?;
        let (value, after) = word(after.trim_start()).ok_or_else(InvalidTarget::unreadable)?;
        let key = key.trim().to_owned();
        if key.is_empty() || key.contains(char::is_whitespace) {
            return Err(InvalidTarget::unreadable());
        }
        // An unquoted space in a password makes a key of what follows.
        let can_be_named = !found.iter().any(|parameter| parameter.key == "password");
        found.push(Parameter { key, value: value.into_bytes(), can_be_named });
        rest = after.trim_start();
    }
    Ok(found)
}

/// The value at the beginning of the text, and what follows it.
fn word(text: &str) -> Option<(String, &str)> {
    let quoted = text.starts_with('\'');
    let mut value = String::new();
    let mut characters = text.char_indices().skip(usize::from(quoted));
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.push(characters.next()?.1),
            '\'' if quoted => return Some((value, &text[at + 1..])),
            space if !quoted && space.is_whitespace() => return Some((value, &text[at..])),
            other => value.push(other),
        }
    }
    (!quoted).then_some((value, ""))
}

/// Decodes `%41` as `A`; anything that is not an escape is kept.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let digit = |index: usize| after.get(index).and_then(|digit| char::from(*digit).to_digit(16));
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}
