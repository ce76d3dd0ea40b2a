//! The generated code for a usual catalog, which must be readable and short.

use sqlward_codegen::emit::{Files, emit};
use sqlward_codegen::fresh::{Input, Inputs};
use sqlward_codegen::infer::{
    Catalog, EnumOrigin, EnumType, FieldValue, IdType, MembershipType, Plain, RowField, RowStruct, RustType,
    ScopeType,
};
use sqlward_codegen::parse::Cardinality;
use sqlward_codegen::prove::Proven;

use crate::model::*;

const TEXT: RustType = RustType::Plain(Plain::Text);
const TIME: RustType = RustType::Plain(Plain::Timestamptz);

fn usual() -> Catalog<Proven> {
    let mut catalog = catalog();
    let plain_id =
        |name: &str, inner, column: &str| IdType { name: name.to_owned(), inner, column: column.to_owned() };
    catalog.ids = vec![
        plain_id("ContentId", Plain::Uuid, "content.id"),
        plain_id("OrganizationId", Plain::Uuid, "organizations.id"),
        plain_id("UserId", Plain::Text, "users.id"),
    ];
    let values = [("Draft", "draft"), ("Published", "published"), ("InReview", "in_review")];
    catalog.enums = vec![EnumType {
        name: "ContentStatus".to_owned(),
        variants: values.map(|(variant, value)| (variant.to_owned(), value.to_owned())).to_vec(),
        origin: EnumOrigin::Check {
            table: "content".to_owned(),
            column: "status".to_owned(),
            constraint: "content_status_check".to_owned(),
        },
    }];
    catalog.scopes = vec![
        scope("creator", "CreatorScope", "creator_id", id("UserId"), false),
        ScopeType {
            membership: Some(MembershipType {
                rows: "organization_memberships where status = 'active'".to_owned(),
                roles: vec![
                    role("editor", "OrganizationEditor", "role in ('owner', 'admin', 'editor')", &[]),
                    role("billing", "OrganizationBilling", "role in ('owner', 'billing')", &[]),
                    role("admin", "OrganizationAdmin", "role in ('owner', 'admin')", &[0]),
                    role("owner", "OrganizationOwner", "role = 'owner'", &[1, 0, 2]),
                ],
            }),
            ..scope("organization", "OrganizationScope", "organization_id", id("OrganizationId"), false)
        },
        scope("organizations", "OrganizationsScope", "organization_ids", id("OrganizationId"), true),
    ];
    catalog.constraints =
        vec![constraint("content", "content_creator_id_slug_key", "ContentCreatorIdSlugKey")];
    catalog.rows = vec![
        content(),
        listed(),
        row(
            "Membership",
            Some(&["organizations", "members"]),
            &[("organization_id", "uuid", id("OrganizationId"), false), ("role", "varchar", TEXT, false)],
        ),
    ];
    catalog.queries = queries();
    catalog
}

/// A row of a whole table.
fn content() -> RowStruct {
    let mut content = row(
        "Content",
        None,
        &[
            ("id", "uuid", id("ContentId"), false),
            ("creator_id", "text", id("UserId"), false),
            ("organization_id", "uuid", id("OrganizationId"), true),
            ("title", "varchar", TEXT, false),
            ("slug", "varchar", TEXT, false),
            ("type", "varchar", TEXT, false),
            ("status", "varchar", RustType::Enum("ContentStatus".to_owned()), false),
            ("tags", "_text", array(TEXT, false), true),
            ("price_cents", "int4", RustType::Plain(Plain::Int4), true),
            ("metadata", "jsonb", RustType::Plain(Plain::Json), false),
            ("published_at", "timestamptz", TIME, true),
            ("created_at", "timestamptz", TIME, false),
            ("deleted_at", "timestamptz", TIME, true),
        ],
    );
    content.docs = vec!["Something that a creator publishes.".to_owned()];
    content.fields[8].docs = vec!["`null` for what is free.".to_owned()];
    content
}

/// A row with an optional nested struct.
fn listed() -> RowStruct {
    let mut listed = row(
        "ListedContent",
        Some(&["content"]),
        &[
            ("id", "uuid", id("ContentId"), false),
            ("organization.name", "varchar", TEXT, false),
            ("organization.logo_url", "text", TEXT, true),
        ],
    );
    let mut fields = listed.fields.split_off(1);
    fields[0].name = "name".to_owned();
    fields[1].name = "logo_url".to_owned();
    let name = "ListedContentOrganization".to_owned();
    let value = FieldValue::Nested { name, fields, optional: Some(vec![1, 2]) };
    listed.fields.push(RowField { name: "organization".to_owned(), docs: Vec::new(), value });
    listed
}

fn queries() -> Vec<Proven> {
    let content: &[&str] = &["content"];
    let creator =
        |query: Builder| query.scope(&["creator"]).token("creator_id", "text", id("UserId"), "creator");
    let get = query(
        content,
        "get_content",
        "select * from content\nwhere id = :id and creator_id = :creator_id and deleted_at is null",
    );
    let get =
        creator(get.docs(&["One piece of the creator's content."]).param("id", "uuid", id("ContentId")));
    let create = query(
        content,
        "create_content",
        "insert into content (creator_id, title, slug, tags, price_cents)\n\
         values (:creator_id, :title, :slug, :tags, :price_cents)\nreturning *",
    );
    let create = creator(create)
        .param("title", "varchar", TEXT)
        .param("slug", "varchar", TEXT)
        .param("tags", "_text", array(TEXT, false))
        .optional("price_cents", "int4", RustType::Plain(Plain::Int4))
        .params_struct("CreateContent");
    let list = query(
        content,
        "list_content",
        "select c.id, o.name as \"organization.name\", o.logo_url as \"organization.logo_url\"\nfrom content c\n\
         left join organizations o on o.id = c.organization_id and o.deleted_at is null\n\
         where c.organization_id = any(:organization_ids) and c.deleted_at is null\norder by c.created_at, c.id",
    );
    let list = list
        .docs(&["What all of the organizations have, oldest first."])
        .scope(&["organizations"])
        .token("organization_ids", "_uuid", array(id("OrganizationId"), false), "organizations");
    let count = query(
        content,
        "count_content",
        "select count(*) from content\nwhere status = :status and deleted_at is null",
    );
    let count = count.param("status", "varchar", RustType::Enum("ContentStatus".to_owned()));
    let lock = query(
        content,
        "lock_content",
        "select * from content where id = :id and creator_id = :creator_id and deleted_at is null for update",
    );
    let lock =
        creator(lock.param("id", "uuid", id("ContentId"))).with(|_, signature| signature.transaction = true);
    let export = query(content, "export_content", "select * from content where deleted_at is null");
    let purge = query(&["sessions"], "purge_expired", "delete from sessions where expires_at < :now");
    let members: &[&str] = &["organizations", "members"];
    let enter = query(
        members,
        "enter_organization",
        "select organization_id, role from organization_memberships\n\
         where user_id = :user_id and organization_id = :organization_id and status = 'active'",
    );
    let enter = enter
        .param("user_id", "text", id("UserId"))
        .param("organization_id", "uuid", id("OrganizationId"))
        .grants("organization", Some("admin"));
    let rename = query(
        members,
        "rename_organization",
        "update organizations set name = :name where id = :organization_id and deleted_at is null",
    );
    let rename = rename.scope(&["organization"]).role("admin").writes().param("name", "text", TEXT).token(
        "organization_id",
        "uuid",
        id("OrganizationId"),
        "organization",
    );
    vec![
        get.rows(Cardinality::Opt, 0).build(),
        create.writes().rows(Cardinality::One, 0).build(),
        list.rows(Cardinality::Many, 1).page().build(),
        count.scalar(Cardinality::One, "count", "int8", RustType::Plain(Plain::Int8), false).build(),
        lock.rows(Cardinality::Opt, 0).build(),
        export.rows(Cardinality::Stream, 0).system("nightly export").build(),
        enter.rows(Cardinality::Opt, 2).build(),
        rename.build(),
        purge.param("now", "timestamptz", TIME).system("housekeeping").build(),
    ]
}

fn emitted() -> Files {
    let inputs =
        Inputs { files: vec![Input::new("../sqlward.toml", b"")], folders: vec!["../queries".to_owned()] };
    emit(&usual(), &settings(), &inputs)
}

/// `SQLWARD_BLESS=1 cargo test` overwrites the expected files.
#[test]
fn generated_files_are_as_expected() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/generated/expected");
    let mut expected = Vec::new();
    for (path, text) in emitted().into_iter().filter(|(path, _)| path.ends_with(".rs") && path != "build.rs")
    {
        let file = format!("{folder}/{}", path.replace("src/", "").replace('/', "."));
        if std::env::var_os("SQLWARD_BLESS").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let saved = std::fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
        assert_eq!(text, saved, "{file}");
        expected.push(file);
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            expected.contains(&path.to_str().unwrap().to_owned()),
            "{} is expected of nothing",
            path.display()
        );
    }
}

#[test]
fn the_same_catalog_gives_the_same_bytes() {
    assert_eq!(emitted(), emitted());
}

#[test]
fn a_query_takes_about_twenty_lines() {
    let files = emitted();
    let modules = ["src/content.rs", "src/organizations/members.rs", "src/sessions.rs"];
    // The row structs are below the functions.
    let functions =
        |path: &&str| files[*path].split("\n/// A row that ").next().map_or(0, |text| text.lines().count());
    let lines: usize = modules.iter().map(functions).sum();
    assert!(lines / queries().len() <= 19, "{lines} lines, imports and parameters included");
    let wide = files.iter().filter(|(path, _)| path.ends_with(".rs")).flat_map(|(_, text)| text.lines());
    let wide: Vec<&str> = wide.filter(|line| line.chars().count() > 110 && !line.contains('"')).collect();
    assert_eq!(wide, [""; 0]);
}
