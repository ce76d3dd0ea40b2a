//! Attacks on every route. There are two tenants. A user of one sends every request with the ids of the other, and so
//! do users whose role does not allow it. No response may contain private data, and no row of the other tenant may
//! change. Then the same requests are sent by users who are allowed to, and succeed.

use std::collections::BTreeSet;

use codex_api::openapi::Auth;
use serde_json::Value;
use tokio_postgres::Client;

use crate::attacks_tenant::{Tenant, session};
use crate::support::{Answer, Api, api};

/// A line of `attacks.txt`, which explains the syntax.
pub struct Line {
    pub route: &'static str,
    words: Vec<&'static str>,
    pub method: &'static str,
    target: &'static str,
    pub body: &'static str,
}

/// How many hours sessions last in these tests: so long that no request extends them.
const MONTH: i32 = 30 * 24;

impl Line {
    fn all() -> Vec<Line> {
        let lines = include_str!("attacks.txt").lines();
        lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(Line::parse).collect()
    }

    fn parse(line: &'static str) -> Line {
        let mut parts = line.splitn(2, " /");
        let (head, tail) = (parts.next().unwrap(), parts.next().unwrap_or_else(|| panic!("{line}")));
        let mut words: Vec<&str> = head.split(' ').collect();
        let method = words.pop().unwrap();
        let route = words.remove(0);
        for word in &words {
            let known = ["open", "figures", "owners", "attack", "control"].contains(word)
                || word.starts_with(['@', '=', '~']);
            assert!(known, "{word} in {line}");
        }
        let (target, body) = tail.split_once(' ').unwrap_or((tail, ""));
        Line { route, words, method, target, body }
    }

    /// Whether the line has this word.
    pub fn says(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// The word that begins with this sign, without the sign.
    pub fn word(&self, sign: char) -> Option<&'static str> {
        self.words.iter().find_map(|word| word.strip_prefix(sign))
    }

    /// The user who may send the request.
    fn by(&self) -> &'static str {
        self.word('@').unwrap_or("owner")
    }

    /// The path, without its first `/`.
    pub fn path(&self) -> &'static str {
        self.target.split('?').next().unwrap()
    }

    /// The names in `<>`, without duplicates.
    pub fn placeholders(&self) -> Vec<&'static str> {
        let both = [self.target, self.body].into_iter().flat_map(|text| text.split('<').skip(1));
        let mut names: Vec<_> = both.map(|rest| rest.split('>').next().unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The request and its body, with a value in each placeholder.
    pub fn fill(&self, value: impl Fn(&str) -> String) -> (String, Option<Value>) {
        let (mut request, mut body) = (format!("{} /{}", self.method, self.target), self.body.to_owned());
        for name in self.placeholders() {
            let (hole, value) = (format!("<{name}>"), value(name));
            request = request.replace(&hole, &value);
            body = body.replace(&hole, &value);
        }
        let body = (!body.is_empty()).then(|| serde_json::from_str(&body).unwrap());
        (request, body)
    }

    /// Whether the status is one that an attacker with the ids `theirs` may get.
    fn is_in_vain(&self, auth: Auth, theirs: &[&str], status: u16) -> bool {
        let refused = matches!(status, 401 | 403 | 404);
        let within = |text: &str| theirs.iter().any(|name| text.contains(&format!("<{name}>")));
        if matches!(auth, Auth::Member | Auth::Studio | Auth::Manager) && theirs.contains(&"org") {
            return refused;
        }
        if auth == Auth::Operator {
            return refused;
        }
        if let Some(told) = self.word('=') {
            return refused || status.to_string() == told;
        }
        if self.says("attack") {
            return refused;
        }
        match auth {
            Auth::Service => status == 401,
            _ if auth == Auth::Anyone || self.says("open") => refused || status < 300,
            // A request with the attacker's own ids only.
            _ if theirs.is_empty() => status < 500,
            _ if within(self.path()) => refused,
            _ if within(self.body) => refused || status == 422,
            // A list with a filter for ids of the other tenant is empty.
            _ => refused || status == 200,
        }
    }
}

/// The tenant that is attacked, and its rows before the attacks.
struct Target<'a> {
    api: &'a Api,
    client: &'a Client,
    ann: &'a Tenant,
    rows: Vec<(String, String)>,
}

impl Target<'_> {
    /// Sends a request, and checks that the response has no private data and that no row has changed.
    async fn attack(
        &mut self,
        line: &Line,
        ids: impl Fn(&str) -> String,
        token: Option<&str>,
    ) -> (u16, String) {
        let (request, body) = line.fill(ids);
        let answer = self.api.call(&request, token, body).await;
        let told = format!("{}: {request}: {} {}", line.route, answer.status, answer.body);
        let private = answer.body.to_string().to_lowercase().contains(&self.ann.mark());
        assert!(!private, "something private: {told}");
        let now = self.ann.rows(self.client).await;
        let changed = |from: &[(String, String)], to: &[(String, String)]| -> Vec<String> {
            let meant = |table: &str| line.words.iter().any(|word| word.strip_prefix('~') == Some(table));
            let gone = from.iter().filter(|row| !to.contains(row) && !meant(&row.0));
            gone.map(|(table, row)| format!("{table} {row}")).collect()
        };
        let (gone, new) = (changed(&self.rows, &now), changed(&now, &self.rows));
        assert!(gone.is_empty() && new.is_empty(), "rows of theirs: {told}\n{gone:?}\n{new:?}");
        self.rows = now;
        (answer.status.as_u16(), told)
    }
}

#[tokio::test]
async fn nobody_gets_at_what_is_somebody_elses() {
    let mut api = api().await;
    let client = api.database.client().await.unwrap();
    let (ann, bob) = (Tenant::settle(&api.database, "ann").await, Tenant::settle(&api.database, "bob").await);
    let lines = every_route_has_lines();

    let ended = session(&client, &ann.person("owner"), -1).await;
    let mut weaker = Vec::new();
    for person in ["customer", "invited", "removed", "member", "author", "admin"] {
        weaker.push((person, session(&client, &ann.person(person), MONTH).await));
    }
    let rows = ann.rows(&client).await;
    assert!(rows.len() > 40, "{rows:?}");
    let mut target = Target { api: &api, client: &client, ann: &ann, rows };
    for (line, auth) in lines.iter().filter(|(line, _)| !line.says("control")) {
        // Every subset of the ids is Ann's.
        let names = line.placeholders();
        let masks = if names.is_empty() { 0..1 } else { 1..1 << names.len() };
        for mask in masks {
            let theirs: Vec<&str> = names
                .iter()
                .enumerate()
                .filter(|(at, _)| mask >> at & 1 == 1)
                .map(|(_, name)| *name)
                .collect();
            let ids = |name: &str| if theirs.contains(&name) { ann.value(name) } else { bob.value(name) };
            let token = session(&client, &bob.person("owner"), MONTH).await;
            let (status, told) = target.attack(line, ids, Some(&token)).await;
            assert!(line.is_in_vain(*auth, &theirs, status), "{told} with {theirs:?}");
        }
        for token in [None, Some("nobody"), Some(&*ended)] {
            let (status, told) = target.attack(line, |name| ann.value(name), token).await;
            assert!(*auth == Auth::Anyone || status == 401, "{told}");
        }
        for (person, token) in &weaker {
            let is_weaker = match auth {
                Auth::Anyone | Auth::User | Auth::Service => false,
                Auth::Creator | Auth::Operator => true,
                Auth::Member => matches!(*person, "customer" | "invited" | "removed"),
                Auth::Studio => !matches!(*person, "author" | "admin"),
                Auth::Manager => *person != "admin" || line.says("owners"),
            };
            if is_weaker {
                let (status, told) = target.attack(line, |name| ann.value(name), Some(token)).await;
                assert!(matches!(status, 403 | 404), "{person}: {told}");
            }
        }
    }

    // Mails that attackers caused were sent to the address's owner only.
    while let Ok(mail) = api.outbox.mails.try_recv() {
        assert_eq!(mail.to, ann.value("email"));
    }

    // The same requests succeed for authorized users, so they were not refused for being malformed.
    let mut mailed = String::new();
    for (line, auth) in lines.iter().filter(|(line, _)| !line.says("attack")) {
        let ids = |name: &str| if name == "mailed" { mailed.clone() } else { ann.value(name) };
        let (request, body) = line.fill(ids);
        let answer = as_meant(&api, &client, &ann, line, &request, body).await;
        assert!(answer.status.is_success(), "{}: {request}: {} {}", line.route, answer.status, answer.body);
        // The response contains the tenant's data, except for figures.
        let is_private =
            *auth != Auth::Anyone && line.method == "GET" && !line.says("open") && !line.says("figures");
        let is_theirs = ann.concerns(&answer.body.to_string());
        assert!(is_theirs || !is_private, "{}: {request}: {}", line.route, answer.body);
        if let Ok(mail) = api.outbox.mails.try_recv() {
            let (codex_api::app::Message::VerifyEmail { token }
            | codex_api::app::Message::ResetPassword { token }) = mail.message;
            mailed = token;
        }
        if let Some(ticket) = answer.body["ticket"].as_str() {
            ticket.clone_into(&mut mailed);
        }
    }
}

/// Sends a request as a user who may send it.
pub async fn as_meant(
    api: &Api,
    client: &Client,
    tenant: &Tenant,
    line: &Line,
    request: &str,
    body: Option<Value>,
) -> Answer {
    if line.by() == "signed" {
        return api.webhook(request.split(' ').nth(1).unwrap(), &body.unwrap()).await;
    }
    let token = session(client, &tenant.person(line.by()), MONTH).await;
    api.call(request, Some(&token), body).await
}

/// All lines, with who may call their routes. Fails if a route has no lines, because then nobody has checked it.
pub fn every_route_has_lines() -> Vec<(Line, Auth)> {
    let (lines, routes) = (Line::all(), codex_api::routes::routes());
    for route in routes.table() {
        let own = || lines.iter().filter(|line| line.route == route.name);
        assert!(own().any(|line| !line.says("control")), "{}: no attack", route.name);
        assert!(own().any(|line| !line.says("attack")), "{}: nothing shows that it can succeed", route.name);
        for line in own() {
            assert!(
                route.method == line.method && leads_to(line.path(), route.path),
                "{}: {}",
                route.name,
                line.target
            );
        }
    }
    let known: BTreeSet<&str> = routes.table().iter().map(|route| &*route.name).collect();
    let auth =
        |line: &Line| routes.table().iter().find(|route| route.name == line.route).map(|route| route.auth);
    let with_auth = |line: Line| {
        assert!(known.contains(line.route), "{} is no route", line.route);
        let auth = auth(&line).unwrap();
        (line, auth)
    };
    lines.into_iter().map(with_auth).collect()
}

/// Whether a path without its first `/` matches a route.
fn leads_to(path: &str, route: &str) -> bool {
    let (parts, of_route) = (path.split('/'), route[1..].split('/'));
    let fits = |(part, wanted): (&str, &str)| part == wanted || wanted.starts_with('{');
    parts.clone().count() == of_route.clone().count() && parts.zip(of_route).all(fits)
}
