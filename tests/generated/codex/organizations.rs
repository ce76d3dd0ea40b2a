//! Organizations: creating, finding, changing and removing them.

use chrono::{DateTime, Utc};
use codex_catalog::organizations::{
    self, CreateOrganizationWithOwner, ListOrganizations, ListOrganizationsSort, UpdateOrganization,
};
use codex_catalog::{Constraint, OrganizationMembershipRole, OrganizationsScope, content, memberships};

use super::fixture::{Codex, founding, page, violated};

#[tokio::test]
async fn founding_makes_the_founder_the_owner() {
    let codex = Codex::new().await;
    let db = &codex.db;
    let new =
        CreateOrganizationWithOwner { description: Some("50% off"), ..founding(&codex.bob.id, "Gamma") };
    let gamma = codex.found(&new).await.unwrap().unwrap();
    assert_eq!(
        (&*gamma.slug, gamma.description.as_deref(), gamma.logo_url),
        ("gamma", Some("50% off"), None)
    );
    let (token, membership) =
        memberships::get_my_membership(db, &codex.bob.user, gamma.id).await.unwrap().unwrap();
    assert_eq!((token.organization_id(), membership.role), (&gamma.id, OrganizationMembershipRole::Owner));

    let by_gone = founding(&codex.gone.id, "delta");
    assert_eq!(codex.found(&by_gone).await.unwrap(), None);
}

#[tokio::test]
async fn slugs_are_unique_among_live_organizations() {
    let codex = Codex::new().await;
    let db = &codex.db;
    let available = async |slug| organizations::is_organization_slug_available(db, slug).await.unwrap();
    assert!(!available("ALPHA").await && available("Dead").await);

    let taken = codex.found(&founding(&codex.bob.id, "ALPHA")).await;
    assert_eq!(violated(taken), Constraint::OrganizationsSlugUnique);
    let taken = organizations::change_organization_slug(db, &codex.ann.organization, "beta").await;
    assert_eq!(violated(taken), Constraint::OrganizationsSlugUnique);
    let moved =
        organizations::change_organization_slug(db, &codex.ann.organization, "Alpha-1").await.unwrap();
    assert_eq!(moved.unwrap().slug, "alpha-1");

    // The slug of a removed organization can be used again.
    let next = codex.found(&founding(&codex.bob.id, "dead")).await;
    let next = next.unwrap().unwrap().id;
    assert_ne!(next, codex.dead);
    assert_eq!(organizations::resolve_organization_id(db, "DEAD").await.unwrap(), Some(next));
    assert_eq!(organizations::resolve_organization_id(db, "alpha").await.unwrap(), None);
}

#[tokio::test]
async fn removed_organizations_are_found_by_nobody() {
    let codex = Codex::new().await;
    let db = &codex.db;
    let alpha = organizations::get_organization(db, codex.ann.organization_id).await.unwrap().unwrap();
    assert_eq!(organizations::get_organization_by_slug(db, "Alpha").await.unwrap().as_ref(), Some(&alpha));
    assert_eq!(organizations::get_organization(db, codex.dead).await.unwrap(), None);
    assert_eq!(organizations::get_organization_by_slug(db, "dead").await.unwrap(), None);

    let all = ListOrganizations::default();
    let listed = organizations::list_organizations(db, &all, page()).await.unwrap();
    let slugs: Vec<_> = listed.items.iter().map(|organization| &*organization.slug).collect();
    assert_eq!(slugs, ["orphan", "beta", "alpha"]);
    assert_eq!(listed.total, 3);
    assert_eq!(organizations::platform_counts(&codex.service()).await.unwrap().organizations, 3);

    let search = async |text| {
        let search = ListOrganizations { search: Some(text), sort: ListOrganizationsSort::Name };
        let found = organizations::list_organizations(db, &search, page()).await.unwrap();
        found.items.into_iter().map(|organization| organization.slug).collect::<Vec<_>>()
    };
    assert_eq!(search("ALPH").await, ["alpha"]);
    assert!(search("dead").await.is_empty());
    assert!(search("%").await.is_empty(), "nothing in the text is a wildcard");
}

#[tokio::test]
async fn a_token_of_one_organization_changes_no_other() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let update = async |change| {
        organizations::update_organization(db, &ann.organization, change).await.unwrap().unwrap()
    };
    let named = UpdateOrganization { name: Some("Alpha!"), ..UpdateOrganization::default() };
    assert_eq!(update(&named).await.name, "Alpha!");
    let described = UpdateOrganization { description: Some("text"), ..UpdateOrganization::default() };
    let changed = update(&described).await;
    assert_eq!((&*changed.name, changed.description.as_deref()), ("Alpha!", Some("text")));
    let emptied = UpdateOrganization { description: Some(""), ..UpdateOrganization::default() };
    assert_eq!(update(&emptied).await.description, None);
    assert_eq!(organizations::set_organization_logo(db, &ann.organization, Some("logo")).await.unwrap(), 1);
    let beta = organizations::get_organization(db, bob.organization_id).await.unwrap().unwrap();
    assert_eq!((&*beta.name, beta.logo_url), ("beta", None));
    assert_eq!(organizations::set_organization_logo(db, &ann.organization, None).await.unwrap(), 1);

    // A token that was granted before the organization was removed.
    codex.sql("update organizations set deleted_at = null where slug = 'dead'").await;
    let granted = memberships::get_my_management_membership(db, &ann.user, codex.dead).await;
    let (dead, _) = granted.unwrap().unwrap();
    codex.sql("update organizations set deleted_at = now() where slug = 'dead'").await;
    assert_eq!(organizations::update_organization(db, &dead, &named).await.unwrap(), None);
    assert_eq!(organizations::set_organization_logo(db, &dead, None).await.unwrap(), 0);
    assert_eq!(organizations::change_organization_slug(db, &dead, "x").await.unwrap(), None);
    assert_eq!(organizations::organization_overview(db, &dead).await.unwrap(), None);
    assert_eq!(organizations::get_organization_with_members(db, &dead).await.unwrap(), None);
}

#[tokio::test]
async fn removal_withdraws_what_was_published() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    codex.published(ann, "one").await;
    codex.published(bob, "two").await;
    let removed = db
        .transaction(async |tx| {
            let locked = organizations::lock_organization(tx, &ann.organization).await?.unwrap();
            assert_eq!(locked.slug, "alpha");
            let withdrawn = content::withdraw_organization_content(tx, &ann.organization).await?;
            let removed = organizations::soft_delete_organization(tx, &ann.organization).await?;
            let again = organizations::lock_organization(tx, &ann.organization).await?;
            assert_eq!(again, None);
            assert_eq!(organizations::soft_delete_organization(tx, &ann.organization).await?, 0);
            Ok::<_, sqlward::Error>((withdrawn, removed))
        })
        .await;
    assert_eq!(removed.unwrap(), (1, 1));
    assert_eq!(content::count_public_content(db, ann.organization_id).await.unwrap(), 0);
    assert_eq!(content::count_public_content(db, bob.organization_id).await.unwrap(), 1);
}

#[tokio::test]
async fn members_come_with_their_organization() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, gone, .. } = &codex;
    for (name, role) in [
        ("eve", OrganizationMembershipRole::Creator),
        ("dan", OrganizationMembershipRole::Member),
        ("zoe", OrganizationMembershipRole::Member),
        ("ian", OrganizationMembershipRole::Member),
    ] {
        let person = codex.person(name).await;
        codex.join(ann, &person, role).await;
    }
    codex.join(bob, &"eve".into(), OrganizationMembershipRole::Admin).await;
    codex
        .sql(
            "update users set deleted_at = now() where id = 'dan';
             update organization_memberships set status = 'inactive' where user_id = 'ian'",
        )
        .await;
    for (tenant, count) in [(ann, 3), (bob, 2), (gone, 0)] {
        let found = organizations::get_organization_with_members(db, &tenant.organization).await.unwrap();
        let found = found.unwrap();
        let slug: String =
            codex.value("select slug from organizations where id = $1", &tenant.organization_id).await;
        assert_eq!((found.id, &found.slug, found.members.len()), (tenant.organization_id, &slug, count));
        let members = found.members.iter().map(|member| {
            let user = &member.user;
            (member.id, member.role, member.joined_at, user.id.clone(), user.name.clone(), user.image.clone())
        });
        // The same, by a separate query.
        let expected = codex
            .rows(
                "select m.id, m.role, m.created_at, u.id, u.name, u.image
                 from organization_memberships m, users u
                 where m.organization_id = $1 and m.user_id = u.id and m.status = 'active' and u.deleted_at is null
                 order by m.created_at, m.id",
                &tenant.organization_id,
            )
            .await;
        let expected = expected.iter().map(|row| {
            (row.get(0), row.get(1), row.get::<_, DateTime<Utc>>(2), row.get(3), row.get(4), row.get(5))
        });
        assert!(members.eq(expected), "{found:?}");
    }
}

#[tokio::test]
async fn the_overview_counts_live_rows_of_its_organization() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    let overview =
        async || organizations::organization_overview(db, &ann.organization).await.unwrap().unwrap();
    assert_eq!((overview().await.published_pieces, overview().await.last_published_at), (0, None));
    let one = codex.published(ann, "one").await;
    codex.published(bob, "three").await;
    let found = overview().await;
    assert_eq!((found.active_members, found.published_pieces), (1, 1));
    assert!(found.last_published_at.is_some());
    content::soft_delete_content(db, &ann.creator, one).await.unwrap();
    assert_eq!((overview().await.published_pieces, overview().await.last_published_at), (0, None));
}

#[tokio::test]
async fn a_set_of_organizations_reaches_its_live_members() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, dead, .. } = &codex;
    codex.published(ann, "one").await;
    let draft = codex.piece(ann, "two").await;
    content::archive_content(db, &ann.creator, draft).await.unwrap().unwrap();
    let deleted = codex.published(ann, "deleted").await;
    content::soft_delete_content(db, &ann.creator, deleted).await.unwrap();
    codex.piece(bob, "three").await;
    let scope = OrganizationsScope::from_authenticated(vec![ann.organization_id, *dead]);
    let found = organizations::list_organizations_in_scope(db, &scope).await.unwrap();
    assert_eq!(found.iter().map(|found| found.id).collect::<Vec<_>>(), [ann.organization_id]);
    let counts = organizations::content_counts_per_organization(db, &scope).await.unwrap();
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].drafts, counts[0].published, counts[0].archived), (0, 1, 1));
    let nothing = OrganizationsScope::from_authenticated(Vec::new());
    assert!(organizations::list_organizations_in_scope(db, &nothing).await.unwrap().is_empty());
}
