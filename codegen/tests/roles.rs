//! Memberships and roles in `sqlward.toml`: which role includes which, and errors in them.

use std::fs;
use std::path::Path;

use sqlward_codegen::project::ProjectOptions;
use sqlward_codegen::{Compilation, Options, compile};

fn compiled(config: &Path) -> Compilation {
    let project = ProjectOptions { config: config.to_owned(), ..ProjectOptions::default() };
    compile(&Options { project, ..Options::default() }, &|_| {}).expect("the environment is fine")
}

/// The findings for a query with the policy of `tests/grants`, in which a text is replaced by another.
fn findings(from: &str, to: &str, query: &str) -> Vec<String> {
    findings_after("", from, to, query)
}

/// The same with SQL at the end of the schema.
fn findings_after(change: &str, from: &str, to: &str, query: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grants");
    let schema = fs::read_to_string(cases.join("schema.sql")).unwrap();
    fs::write(folder.path().join("schema.sql"), schema + change).unwrap();
    let policy = fs::read_to_string(cases.join("sqlward.toml")).unwrap();
    assert!(policy.contains(from), "{from}");
    let policy = policy.replacen(from, to, 1).replace("[\"safe\", \"unsafe\"]", "\"queries\"");
    fs::write(folder.path().join("sqlward.toml"), policy).unwrap();
    fs::create_dir(folder.path().join("queries")).unwrap();
    fs::write(folder.path().join("queries/q.sql"), query).unwrap();
    let compilation = compiled(&folder.path().join("sqlward.toml"));
    let sources = &compilation.project.sources;
    let found = compilation.diagnostics.into_sorted().into_iter();
    let said = found.map(|found| {
        let help = found.help.map(|help| format!("; {help}")).unwrap_or_default();
        format!("{}: {}{help}", sources.text(found.span), found.message)
    });
    said.collect()
}

#[test]
fn a_role_includes_those_whose_condition_follows_from_its_own() {
    let compilation = compiled(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/grants/sqlward.toml"));
    let scopes = &compilation.catalog.scopes;
    let organization = scopes.iter().find(|scope| scope.scope == "organization").unwrap();
    let roles = &organization.membership.as_ref().unwrap().roles;
    let found: Vec<_> = roles
        .iter()
        .map(|role| {
            let weaker = role.weaker.iter().map(|weaker| roles[*weaker].role.as_str());
            (role.name.as_str(), weaker.collect::<Vec<_>>())
        })
        .collect();
    assert_eq!(
        found,
        [
            ("OrganizationBilling", vec![]),
            ("OrganizationEditor", vec![]),
            ("OrganizationAdmin", vec!["editor"]),
            ("OrganizationOwner", vec!["billing", "editor", "admin"]),
        ]
    );
}

#[test]
fn what_is_wrong_with_a_policy_is_told_where_it_stands() {
    let wrong = |from: &str, to: &str| findings(from, to, "--! q\nselect 1 as one;");
    assert_eq!(wrong("\"memberships\"", "\"memberships\""), [""; 0]);
    assert_eq!(
        wrong("table = \"memberships\"", "table = \"membership\""),
        ["\"membership\": the schema has no table `membership`; did you mean `memberships`?"]
    );
    assert_eq!(
        wrong("member = \"user_id\"", "member = \"user_ids\""),
        ["\"user_ids\": table `memberships` has no column `user_ids`; did you mean `user_id`?"]
    );
    assert_eq!(
        wrong("member = \"user_id\"", "member = \"organization_id\""),
        [
            "\"organization_id\": `organization_id` is the owner column of the scope; `member` must be another column"
        ]
    );
    assert!(
        wrong("table = \"memberships\"\nmember = \"user_id\"", "table = \"sessions\"\nmember = \"user_id\"")
            .iter()
            .any(|found| found.starts_with("\"sessions\": scope `organization` does not own `sessions`"))
    );
    assert_eq!(
        wrong("owner = \"role = 'owner'\"", "owner = \"rank = 'owner'\""),
        ["\"rank = 'owner'\": column \"rank\" does not exist"]
    );
    assert_eq!(
        wrong("owner = \"role = 'owner'\"", "owner = \"role = (select 'owner')\""),
        [
            "\"role = (select 'owner')\": this is not a condition of `memberships` alone; compare its columns with \
          constants: `status = 'published'`"
        ]
    );
}

/// A condition that no row can meet would make a role that nobody has.
#[test]
fn a_value_that_there_is_not_is_told_with_those_that_there_are() {
    let check =
        "alter table memberships add check (role in ('owner', 'admin', 'editor', 'billing', 'reader'));";
    let wrong =
        |change: &str, from: &str, to: &str| findings_after(change, from, to, "--! q\nselect 1 as one;");
    let words = "'owner', 'admin', 'editor', 'billing', 'reader'";
    assert_eq!(wrong(check, "set = true", "set = true"), [""; 0]);
    assert_eq!(
        wrong(check, "admin = \"role in ('owner', 'admin')\"", "admin = \"role in ('owner', 'admn')\""),
        [format!(
            "\"role in ('owner', 'admn')\": 'admn' is not a value of MembershipRole; did you mean 'admin'? The values are {words}"
        )]
    );
    // So is one that the database takes for a value of another type.
    let enumerated = "create type state as enum ('active', 'left');
        drop view my_roles, left_memberships cascade;
        alter table memberships alter status type state using status::state;";
    let found = wrong(enumerated, "status = 'active'", "status = 'actve'");
    let said = "invalid input value for enum state: \"actve\"; did you mean 'active'? The values are 'active', 'left'";
    assert!(found.iter().any(|found| found.ends_with(said)), "{found:#?}");
}

#[test]
fn a_role_that_there_is_not_is_told_with_the_nearest() {
    let wrong = |query: &str| findings("set = true", "set = true", query);
    let rename = "update organizations set name = :name where id = :organization_id and deleted_at is null;";
    assert_eq!(
        wrong(&format!("--@ scope organization as amdin\n--! rename\n{rename}")),
        ["amdin: scope `organization` has no role `amdin`; did you mean `admin`?"]
    );
    assert_eq!(
        wrong(&format!("--@ scope user as admin, organization\n--! rename\n{rename}")),
        [
            "admin: scope `user` has no role `admin`; declare it in sqlward.toml: `[scopes.user.membership.roles]`"
        ]
    );
    let enter =
        "select organization_id from memberships where user_id = :user_id and deleted_at is null limit 1;";
    assert_eq!(
        wrong(&format!("--@ scope user\n--! enter\n--@ grants organization as owners\n{enter}")),
        ["owners: scope `organization` has no role `owners`; did you mean `owner`?"]
    );
}

#[test]
fn a_new_row_is_not_deleted_where_nothing_else_makes_a_value() {
    const JOIN: &str = "--@ scope user, public
--! join
--@ grants organization
insert into memberships (organization_id, user_id, role, status)
select o.id, :user_id, 'reader', 'active' from organizations o
where o.id = :organization_id and o.deleted_at is null
returning organization_id, role;";
    for (change, is_granted) in [
        ("", true),
        ("alter table memberships alter deleted_at set default now();", false),
        (
            "drop view my_roles, left_memberships; create domain moment as timestamptz default now(); \
             alter table memberships alter deleted_at type moment;",
            false,
        ),
        (
            "drop view my_roles, left_memberships; alter table memberships drop deleted_at; alter table memberships \
             add deleted_at timestamptz generated always as ('2000-01-01 00:00:00+00') stored;",
            false,
        ),
    ] {
        let found = findings_after(change, "[soft_delete]", "[soft_delete]", JOIN);
        assert_eq!(found.is_empty(), is_granted, "{change}: {found:?}");
        assert!(is_granted || found[0].contains("deleted_at is null"), "{found:?}");
    }
}
