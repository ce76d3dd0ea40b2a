//! Organizations and their members.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{Api, api};

#[tokio::test]
async fn an_organization_is_founded_changed_and_removed() {
    let mut api = api().await;
    let (ann, bob) = (api.join("ann").await, api.join("bob").await);
    let id = api.found(&ann, "engines").await;
    let (me, other) = (Some(&*ann), Some(&*bob));
    for slug in ["engines", "admin"] {
        let new = json!({ "name": "x", "slug": slug });
        api.call("POST /v1/organizations", other, new).await.problem(409, "slug-taken");
        let answer = api.call(&format!("GET /v1/organization-slugs/{slug}"), None, None).await;
        assert_eq!(answer.is(StatusCode::OK), json!({ "available": false }));
    }
    // Anyone can look it up, by id or slug.
    for name in [&*id, "engines", "ENGINES"] {
        let found = api.call(&format!("GET /v1/organizations/{name}"), None, None).await.is(StatusCode::OK);
        assert_eq!(found["id"], id);
    }
    let texts = json!({ "name": "Engines", "description": "of all kinds" });
    api.call("PATCH /v1/organizations/engines", other, texts.clone()).await.problem(404, "not-found");
    let changed = api.call("PATCH /v1/organizations/engines", me, texts).await.is(StatusCode::OK);
    assert_eq!(changed["description"], "of all kinds");
    let moved = json!({ "slug": "machines" });
    api.call("PUT /v1/organizations/engines/slug", me, moved).await.is(StatusCode::OK);
    api.call("GET /v1/organizations/engines", None, None).await.problem(404, "not-found");
    let logo = json!({ "url": "https://example.org/logo.svg" });
    api.call("PUT /v1/organizations/machines/logo", me, logo).await.is(StatusCode::NO_CONTENT);
    api.call("DELETE /v1/organizations/machines/logo", me, None).await.is(StatusCode::NO_CONTENT);
    let overview = api.call("GET /v1/organizations/machines/overview", me, None).await.is(StatusCode::OK);
    assert_eq!(overview["active_members"], 1);
    let listed =
        api.call("GET /v1/organizations?search=KINDS&sort=name", None, None).await.is(StatusCode::OK);
    assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &json!(id)));
    let mine = api.call("GET /v1/me/organizations", me, None).await.is(StatusCode::OK);
    assert_eq!((&mine[0]["role"], &mine[0]["organization"]["slug"]), (&json!("owner"), &json!("machines")));
    api.call("DELETE /v1/organizations/machines", me, None).await.is(StatusCode::NO_CONTENT);
    for name in [&*id, "machines"] {
        api.call(&format!("GET /v1/organizations/{name}"), None, None).await.problem(404, "not-found");
        api.call(&format!("DELETE /v1/organizations/{name}"), me, None).await.problem(404, "not-found");
    }
}

/// Invites a user into `engines`, who accepts, and returns the user's id.
async fn bring(api: &Api, manager: &str, name: &str, token: &str, role: &str) -> String {
    let invitee = json!({ "email": format!("{name}@example.org"), "role": role });
    let request = "POST /v1/organizations/engines/members";
    let invited = api.call(request, Some(manager), invitee).await.is(StatusCode::CREATED);
    let organization = invited["organization_id"].as_str().unwrap();
    let accept = format!("PUT /v1/me/invitations/{organization}");
    api.call(&accept, Some(token), None).await.is(StatusCode::NO_CONTENT);
    invited["user_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn members_are_invited_promoted_and_removed() {
    let mut api = api().await;
    let (ann, bob, eve) = (api.join("ann").await, api.join("bob").await, api.join("eve").await);
    let id = api.found(&ann, "engines").await;
    let (me, his, hers) = (Some(&*ann), Some(&*bob), Some(&*eve));
    let invite = "POST /v1/organizations/engines/members";
    let bad = [("bob", "owner"), ("nobody", "admin")];
    for (name, role) in bad {
        let invitee = json!({ "email": format!("{name}@example.org"), "role": role });
        api.call(invite, me, invitee).await.problem(422, "invalid");
    }
    let invitee = json!({ "email": "bob@example.org", "role": "admin" });
    api.call(invite, hers, invitee.clone()).await.problem(404, "not-found");
    api.call(invite, me, invitee.clone()).await.is(StatusCode::CREATED);
    api.call(invite, me, invitee.clone()).await.problem(409, "already-there");
    // An invited user is not a member yet, and can decline.
    let invitations = api.call("GET /v1/me/invitations", his, None).await.is(StatusCode::OK);
    assert_eq!(invitations[0]["organization"]["slug"], "engines");
    api.call("GET /v1/organizations/engines/team", his, None).await.problem(404, "not-found");
    let invitation = format!("/v1/me/invitations/{id}");
    api.call(&format!("DELETE {invitation}"), his, None).await.is(StatusCode::NO_CONTENT);
    api.call(&format!("PUT {invitation}"), his, None).await.problem(404, "not-found");
    // Invited again, Bob accepts.
    let bob_id = bring(&api, &ann, "bob", &bob, "admin").await;
    let eve_id = bring(&api, &bob, "eve", &eve, "member").await;
    let team = api.call("GET /v1/organizations/engines/team", hers, None).await.is(StatusCode::OK);
    assert_eq!(team["members"].as_array().unwrap().len(), 3);
    let members = "GET /v1/organizations/engines/members?role=admin&limit=1";
    let listed = api.call(members, me, None).await.is(StatusCode::OK);
    assert_eq!((&listed["total"], &listed["items"][0]["user"]["id"]), (&json!(1), &json!(bob_id)));
    api.call(members, hers, None).await.problem(404, "not-found");

    let role = |user: &str| format!("PUT /v1/organizations/engines/members/{user}/role");
    let to = |role: &str| json!({ "role": role });
    // An admin cannot make anyone an owner.
    api.call(&role(&bob_id), his, to("owner")).await.problem(403, "forbidden");
    api.call(&role(&eve_id), his, to("creator")).await.is(StatusCode::OK);
    api.call(&role("nobody"), me, to("creator")).await.problem(404, "not-found");
    let remove = |user: &str| format!("DELETE /v1/organizations/engines/members/{user}");
    api.call(&remove(&eve_id), me, None).await.is(StatusCode::NO_CONTENT);
    api.call("GET /v1/organizations/engines/team", hers, None).await.problem(404, "not-found");
    api.call(&format!("DELETE /v1/me/organizations/{id}"), me, None).await.problem(409, "owner");
    api.call(&format!("DELETE /v1/me/organizations/{id}"), his, None).await.is(StatusCode::NO_CONTENT);
    let counts = api.call("GET /v1/organizations/engines/member-counts", me, None).await.is(StatusCode::OK);
    assert_eq!(counts, json!([{ "role": "owner", "members": 1 }]));
}

#[tokio::test]
async fn of_two_owners_who_demote_each_other_at_once_one_stays() {
    let mut api = api().await;
    let (ann, bob) = (api.join("ann").await, api.join("bob").await);
    api.found(&ann, "engines").await;
    let bob_id = bring(&api, &ann, "bob", &bob, "admin").await;
    let ann_id = api.call("GET /v1/me", Some(&ann), None).await.body["id"].as_str().unwrap().to_owned();
    let role = |user: &str| format!("PUT /v1/organizations/engines/members/{user}/role");
    for round in 0..8 {
        // Makes both of them owners.
        for (token, user) in [(&ann, &bob_id), (&bob, &ann_id)] {
            api.call(&role(user), Some(token), json!({ "role": "owner" })).await;
        }
        let (his, hers) = (role(&bob_id), role(&ann_id));
        let down = json!({ "role": "member" });
        let (one, two) =
            tokio::join!(api.call(&his, Some(&ann), down.clone()), api.call(&hers, Some(&bob), down.clone()));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        // The second one is no longer a manager.
        assert_eq!(statuses, [200, 404], "round {round}: {one:?} {two:?}");
        let (owner, member, user) =
            if one.status.is_success() { (&ann, &bob, &bob_id) } else { (&bob, &ann, &ann_id) };
        let counts = api.call("GET /v1/organizations/engines/member-counts", Some(member), None).await;
        assert_eq!(counts.is(StatusCode::OK)[1], json!({ "role": "owner", "members": 1 }));
        // The last owner cannot be demoted.
        let own = if user == &bob_id { &ann_id } else { &bob_id };
        let refused = api.call(&role(own), Some(owner), json!({ "role": "member" })).await;
        refused.problem(409, "last-owner");
        api.call(&role(user), Some(owner), json!({ "role": "owner" })).await.is(StatusCode::OK);
    }
}
