use crate::diagnostics::Diagnostics;
use crate::project::{Config, Project};

/// The configuration, and each finding as the text it underlines, its message and its help.
fn read(text: &str) -> (Config, Vec<(String, String)>) {
    let mut diagnostics = Diagnostics::default();
    let project = Project::in_memory(&mut diagnostics, text, "", &[]);
    let findings = diagnostics.into_sorted().into_iter().map(|found| {
        let underlined = project.sources.text(found.span).to_owned();
        (underlined, format!("{}; {}", found.message, found.help.expect("every finding has help")))
    });
    (project.config, findings.collect())
}

/// Expects exactly these findings: what is underlined, and words of the message or help.
fn expect(text: &str, expected: &[(&str, &str)]) {
    let (_, findings) = read(text);
    let matches = findings.len() == expected.len()
        && findings
            .iter()
            .zip(expected)
            .all(|((at, said), (place, words))| at == place && said.contains(words));
    assert!(matches, "{text}\n{findings:#?}");
}

#[test]
fn everything_is_read_in_the_order_of_the_file() {
    let text = r#"
schema = ["schema.sql", "more.sql"]
queries = "queries"
output = "catalog"

[soft_delete]
column = "deleted_at"
never_delete = ["organization_memberships"]

[scopes.creator]
id = "public.users.id"
param = "creator_id"
column = "creator_id"
owns.users = "id"
via.media_renditions = "media_items"
via.organizations = { table = "organization_memberships", where = "status = 'active'" }
via.collections = "content( parent_id )"
[scopes.organization]
param = "organization_id"
column = "organization_id"
[scopes.organization.membership]
table = "organization_memberships"
member = "user_id"
where = "status = 'active'"
roles.manager = "role in ('owner', 'admin')"
roles.owner = "role = 'owner'"
[scopes.organizations]
param = "organization_ids"
column = "organization_id"
set = true
[scopes.user]
id = "users.id"
param = "user_id"
owns = { users = "id", purchases = "customer_id" }
via.content = [{ table = "purchases(content_id)", where = "status = 'completed'" }, "content_access"]
rows.content = "status = 'published'"
[scopes.public]
rows.users = { columns = ["id", "name"] }
rows.content = { where = "true", columns = ["id"] }

[shared]
tables = ["platform_fee_config"]

[functions]
trusted = { slugify = "text only" }

[types]
"public.money_eur" = "my_crate::Money"
citext = "String"

[columns]
"content.tags" = "Vec<my_crate::Tag>"
"public.content.price" = { type = "[u8; 4]", nullable = false }
"users.name" = { nullable = true }

[crate]
name = "codex-catalog"
sqlward = { path = "." }
derives = ["schemars::JsonSchema", "Hash"]

[crate.dependencies]
my_crate = { path = "../my_crate", features = ["x"] }
other = "1.0"
"#;
    let (config, findings) = read(text);
    assert!(findings.is_empty(), "{findings:#?}");
    assert_eq!(
        config.schema.iter().map(|path| path.value.as_str()).collect::<Vec<_>>(),
        ["schema.sql", "more.sql"]
    );
    let scopes: Vec<_> = config.scopes.iter().map(|scope| scope.name.value.as_str()).collect();
    assert_eq!(scopes, ["creator", "organization", "organizations", "user", "public"]);
    let creator = config.scope("creator").expect("it is there");
    let id = creator.id.as_ref().expect("it is there");
    assert_eq!((id.table.as_str(), id.column.as_str()), ("public.users", "id"));
    assert_eq!(&text[id.span.start..id.span.end], "\"public.users.id\"");
    let tables: Vec<_> = creator.via.iter().map(|via| via.table.value.as_str()).collect();
    assert_eq!(tables, ["media_renditions", "organizations", "collections"]);
    assert_eq!(creator.via[2].ways[0].table.value, "content");
    assert_eq!(creator.via[2].ways[0].column.as_ref().map(|column| column.value.as_str()), Some("parent_id"));
    let membership = config.scopes[1].membership.as_ref().expect("it is there");
    assert_eq!(
        (&*membership.table.value, &*membership.member.value),
        ("organization_memberships", "user_id")
    );
    let roles: Vec<_> = membership.roles.iter().map(|role| role.name.value.as_str()).collect();
    assert_eq!(roles, ["manager", "owner"]);
    let user = config.scope("user").expect("it is there");
    assert_eq!(user.via[0].ways.len(), 2);
    assert_eq!(
        user.via[0].ways[0].condition.as_ref().map(|found| found.value.as_str()),
        Some("status = 'completed'")
    );
    let public = config.scope("public").expect("it is there");
    assert!(public.param.is_none() && public.rows[0].condition.is_none());
    assert_eq!(public.rows[0].columns.as_ref().map(Vec::len), Some(2));
    assert!(config.scope("organizations").is_some_and(|scope| scope.set));
    assert_eq!(config.trusted[0].reason.value, "text only");
    assert_eq!(config.types[0].rust_type.value, "my_crate::Money");
    assert_eq!(config.columns[1].column.table, "public.content");
    assert_eq!(config.columns[1].nullable.as_ref().map(|nullable| nullable.value), Some(false));
    assert_eq!(config.columns[2].rust_type, None);
    let derives: Vec<_> = config.package.derives.iter().map(|derive| derive.value.as_str()).collect();
    assert_eq!(derives, ["schemars::JsonSchema", "Hash"]);
    assert_eq!(config.package.dependencies[0].1.to_string(), r#"{ features = ["x"], path = "../my_crate" }"#);
}

#[test]
fn all_unknown_settings_are_told_at_once() {
    expect(
        "shcema = \"a\"\nzebra = 1\n[soft_delete]\ncolum = \"x\"\n[scopes.a]\nparam = \"a\"\nvai.x = \"y\"\nvia.z = { tabel = \"b\" }\n",
        &[
            ("shcema", "did you mean `schema`?"),
            ("zebra", "the settings here are schema, queries"),
            ("colum", "unknown setting `colum` in `soft_delete`; did you mean `column`?"),
            ("vai", "did you mean `via`?"),
            ("tabel", "did you mean `table`?"),
        ],
    );
}

#[test]
fn wrong_values_are_told_where_they_stand() {
    expect("output = 1", &[("1", "`output` must be a string, not a number")]);
    expect("output = \" \"", &[("\" \"", "`output` is empty")]);
    expect("schema = [\"a\", true]", &[("true", "`schema` must be a string, not a boolean")]);
    expect("soft_delete = []", &[("[]", "`soft_delete` must be a table, not a list")]);
    expect("[scopes]\na = 1", &[("1", "`scopes.a` must be a table, not a number")]);
    expect("[crate]\nderives = [\"Hash, Eq\"]", &[("\"Hash, Eq\"", "`Hash, Eq` is not the name of a trait")]);
    expect("[scopes.a]\nparam = \"x\"\nset = \"yes\"", &[("\"yes\"", "must be true or false, not a string")]);
    expect("[scopes.a]\nparam = \"1x\"", &[("\"1x\"", "is not a valid parameter name")]);
    expect("[scopes.a]\nparam = \"x\"\nid = \"users\"", &[("\"users\"", "write `table.column`")]);
    expect("[scopes.a]\ncolumn = \"x\"", &[("column", "`param = \"a_id\"`")]);
    expect("[scopes.a]\nvia.x = \"b(c\"", &[("\"b(c\"", "is not `table` or `table(column)`")]);
    expect("[scopes.a]\nvia.x = []", &[("[]", "does not name a table")]);
    expect("[scopes.a]\nrows.x = {}", &[("{}", "has neither `where` nor `columns`")]);
    let of = |membership: &str| format!("[scopes.a]\nparam = \"x\"\nmembership = {membership}");
    expect(
        &of("{ tabel = \"b\" }"),
        &[("{ tabel = \"b\" }", "has no `member`"), ("tabel", "did you mean `table`?")],
    );
    expect(&of("{ table = \"b\", member = \"c\", where = 1 }"), &[("1", "must be a string, not a number")]);
    let role = of("{ table = \"b\", member = \"c\", roles = { \"a b\" = \"d\" } }");
    expect(&role, &[("\"a b\"", "is not a valid role name")]);
    expect(
        "[scopes.a]\nparam = \"x\"\nset = true\nmembership = { table = \"b\", member = \"c\" }",
        &[("{ table = \"b\", member = \"c\" }", "has no effect")],
    );
    expect(
        "[scopes.a]\nmembership = { table = \"b\", member = \"c\" }",
        &[("membership", "`param = \"a_id\"`")],
    );
    expect("[scopes.system]", &[("system", "is built in")]);
    expect("[scopes.\"a b\"]", &[("\"a b\"", "is not a valid scope name")]);
    expect("[types]\nx = \"evil; fn f() {}\"", &[("\"evil; fn f() {}\"", "is not a Rust type")]);
    expect("[types]\nx = \"Vec<u8\"", &[("\"Vec<u8\"", "is not a Rust type")]);
    expect("[columns]\nx = \"u8\"", &[("x", "write `table.column`")]);
    expect("[crate]\nname = \"a b\"", &[("\"a b\"", "is not a valid crate name")]);
    expect("[crate]\nsqlward = 1", &[("1", "must be a version or a table")]);
}

#[test]
fn what_could_not_be_read_never_widens_the_policy() {
    let (config, findings) =
        read("[scopes.public]\nrows.a = { where = 1, columns = [\"id\"] }\nrows.b = 1\nrows.c = \"\"\n");
    assert_eq!(findings.len(), 3, "{findings:#?}");
    assert!(config.scopes[0].rows.is_empty());
}

#[test]
fn broken_toml_is_told_where_it_breaks() {
    let (_, findings) =
        read("output = \"catalog\nqueries = \"queries\"\n[soft_delete\ncolumn = \"x\"\nzebra = 1\n");
    assert!(findings.len() >= 2, "{findings:#?}");
    let (_, findings) = read("output = \"a\"\noutput = \"b\"\n");
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!(findings[0].0, "output");
    assert!(read("é = ü").1.iter().all(|(_, said)| !said.is_empty()));
}
