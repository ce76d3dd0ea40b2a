//! Purchases, the access they give, and the organization's view of them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::content::draft;
use crate::media::film;
use crate::support::{Api, api};

/// A video for 9.99 in Ann's organization `engines`, and a customer.
struct Shop {
    api: Api,
    ann: String,
    cara: String,
    cara_id: String,
    film: String,
}

async fn shop() -> Shop {
    let mut api = api().await;
    let (ann, cara) = (api.creator("ann").await, api.join("cara").await);
    let organization = api.found(&ann, "engines").await;
    let item = film(&mut api, &ann).await;
    let sold = json!({
        "organization_id": organization, "media_item_id": item, "price_cents": 999, "visibility": "purchased_only",
    });
    let film = draft(&api, &ann, "film", sold).await;
    api.call(&format!("POST /v1/content/{film}/publish"), Some(&ann), None).await.is(StatusCode::OK);
    let cara_id = api.call("GET /v1/me", Some(&cara), None).await.body["id"].as_str().unwrap().to_owned();
    Shop { api, ann, cara, cara_id, film }
}

impl Shop {
    fn paid(&self, payment: &str) -> Value {
        json!({
            "event": "paid", "payment_id": payment, "customer_id": self.cara_id, "content_id": self.film,
            "amount_cents": 999, "currency": "usd",
        })
    }

    async fn tell(&self, event: &Value) -> crate::support::Answer {
        self.api.webhook("/v1/webhooks/payments", event).await
    }

    async fn customer(&self, request: &str, body: impl Into<Option<Value>>) -> crate::support::Answer {
        self.api.call(request, Some(&self.cara), body).await
    }

    async fn manager(&self, path: &str) -> Value {
        let request = format!("GET /v1/organizations/engines/{path}");
        self.api.call(&request, Some(&self.ann), None).await.is(StatusCode::OK)
    }
}

#[tokio::test]
async fn a_payment_that_is_told_many_times_at_once_is_one_purchase() {
    let shop = shop().await;
    let price = shop.api.call(&format!("GET /v1/browse/content/{}/price", shop.film), None, None).await;
    assert_eq!(price.is(StatusCode::OK)["price_cents"], 999);
    let stream = format!("GET /v1/me/content/{}/stream", shop.film);
    shop.customer(&stream, None).await.problem(404, "not-found");
    let event = shop.paid("pay_1");
    let (a, b, c, d) =
        tokio::join!(shop.tell(&event), shop.tell(&event), shop.tell(&event), shop.tell(&event));
    for answer in [a, b, c, d] {
        answer.is(StatusCode::NO_CONTENT);
    }
    let history = shop.customer("GET /v1/me/purchases?status=completed", None).await.is(StatusCode::OK);
    assert_eq!((&history["total"], &history["items"][0]["content"]["slug"]), (&json!(1), &json!("film")));
    let purchase = history["items"][0]["id"].as_str().unwrap();
    let shown = shop.customer(&format!("GET /v1/me/purchases/{purchase}"), None).await.is(StatusCode::OK);
    assert_eq!(shown["amount_paid_cents"], 999);
    let receipt = shop.customer("GET /v1/me/payments/pay_1", None).await.is(StatusCode::OK);
    assert_eq!(receipt["id"], *purchase);
    let popular = "GET /v1/browse/organizations/engines/popular";
    let popular = shop.api.call(popular, None, None).await.is(StatusCode::OK);
    assert_eq!(popular["items"][0]["purchase_count"], 1);
    let source = shop.customer(&stream, None).await.is(StatusCode::OK);
    assert_eq!(source["hls_master_playlist_key"], "a.m3u8");
    // A payment's id can only be used for one purchase.
    let other = json!({ "customer_id": "somebody else" });
    let mut event = event;
    event.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    shop.tell(&event).await.problem(409, "other-purchase");
}

#[tokio::test]
async fn what_was_paid_back_is_closed() {
    let shop = shop().await;
    let refund = json!({ "event": "refunded", "payment_id": "pay_1", "reason": "asked for it" });
    shop.tell(&refund).await.problem(409, "unknown-payment");
    shop.tell(&shop.paid("pay_1")).await.is(StatusCode::NO_CONTENT);
    let mut too_much = refund.clone();
    too_much["amount_cents"] = json!(1000);
    shop.tell(&too_much).await.problem(422, "invalid");
    let access = format!("GET /v1/me/content/{}/access", shop.film);
    assert_eq!(shop.customer(&access, None).await.is(StatusCode::OK), json!({ "allowed": true }));
    let (one, two) = tokio::join!(shop.tell(&refund), shop.tell(&refund));
    assert_eq!([one.status, two.status], [StatusCode::NO_CONTENT; 2]);
    assert_eq!(shop.customer(&access, None).await.is(StatusCode::OK), json!({ "allowed": false }));
    // A repeated event of the payment gives no access.
    shop.tell(&shop.paid("pay_1")).await.is(StatusCode::NO_CONTENT);
    assert_eq!(shop.customer(&access, None).await.is(StatusCode::OK), json!({ "allowed": false }));
    shop.tell(&shop.paid("pay_2")).await.is(StatusCode::NO_CONTENT);
    let dispute = json!({ "event": "disputed", "payment_id": "pay_2" });
    shop.tell(&dispute).await.is(StatusCode::NO_CONTENT);
    assert_eq!(shop.customer(&access, None).await.is(StatusCode::OK), json!({ "allowed": false }));
    let failed = json!({ "event": "failed", "payment_id": "pay_3" });
    shop.tell(&failed).await.is(StatusCode::NO_CONTENT);
    let stats = shop.manager("sales/stats").await;
    assert_eq!(
        (&stats[0]["sales"], &stats[0]["refunds"], &stats[0]["disputes"]),
        (&json!(2), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn a_library_tells_how_far_one_got() {
    let shop = shop().await;
    shop.tell(&shop.paid("pay_1")).await.is(StatusCode::NO_CONTENT);
    let playback = format!("/v1/me/content/{}/playback", shop.film);
    let position = |seconds: i32| json!({ "position_seconds": seconds, "duration_seconds": 60 });
    let put = format!("PUT {playback}");
    let library = async |played: &str| {
        let list = format!("GET /v1/me/library?played={played}&content_type=video&sort=title");
        shop.customer(&list, None).await.is(StatusCode::OK)["total"].clone()
    };
    assert_eq!(library("not_started").await, 1);
    shop.customer(&put, position(-1)).await.problem(422, "invalid");
    shop.api.call(&put, Some(&shop.ann), position(0)).await.is(StatusCode::OK);
    shop.customer(&put, position(30)).await.is(StatusCode::OK);
    // The position never moves back.
    assert_eq!(shop.customer(&put, position(10)).await.is(StatusCode::OK)["position_seconds"], 30);
    assert_eq!(library("in_progress").await, 1);
    let watching = shop.customer("GET /v1/me/watching?limit=5", None).await.is(StatusCode::OK);
    assert_eq!(watching[0]["slug"], "film");
    assert_eq!(shop.customer(&put, position(57)).await.is(StatusCode::OK)["completed"], true);
    assert_eq!(library("completed").await, 1);
    let shown = shop.customer(&format!("GET {playback}"), None).await.is(StatusCode::OK);
    assert_eq!(shown["position_seconds"], 57);
    // Several positions at once, from a player that was offline. Pieces that are not open are left out.
    let elsewhere = json!({ "content_id": uuid::Uuid::nil(), "position_seconds": 1, "duration_seconds": 60 });
    let here = json!({ "content_id": shop.film, "position_seconds": 58, "duration_seconds": 60 });
    let positions = json!({ "positions": [here, elsewhere] });
    let stored = shop.customer("PUT /v1/me/playback", positions).await.is(StatusCode::OK);
    assert_eq!((stored.as_array().unwrap().len(), &stored[0]["position_seconds"]), (1, &json!(58)));
    let many = json!({ "positions": vec![stored[0].clone(); 101] });
    shop.customer("PUT /v1/me/playback", many).await.problem(422, "invalid");
    let page = json!({ "content_ids": [shop.film] });
    let page = shop.customer("POST /v1/me/playback", page).await.is(StatusCode::OK);
    assert_eq!((page.as_array().unwrap().len(), &page[0]["completed"]), (1, &json!(true)));
    let performance = shop.manager("performance").await;
    assert_eq!((&performance[0]["viewers"], &performance[0]["completions"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn managers_see_what_is_sold_and_to_whom() {
    let shop = shop().await;
    let grants = format!("content/{}/grants", shop.film);
    let put = format!("PUT /v1/organizations/engines/{grants}");
    let grantee = json!({ "user_id": shop.cara_id });
    shop.api.call(&put, Some(&shop.ann), grantee.clone()).await.problem(422, "invalid");
    shop.tell(&shop.paid("pay_1")).await.is(StatusCode::NO_CONTENT);
    let sales = shop.manager(&format!("sales?customer_id={}&status=completed", shop.cara_id)).await;
    assert_eq!((&sales["total"], &sales["items"][0]["buyer"]["name"]), (&json!(1), &json!("cara")));
    let customers = shop.manager("customers?search=CARA&sort=recent&min_spent_cents=999").await;
    assert_eq!((&customers["total"], &customers["items"][0]["spent_cents"]), (&json!(1), &json!(999)));
    let customer = shop.manager(&format!("customers/{}", shop.cara_id)).await;
    assert_eq!((&customer["sales"], &customer["history"][0]["title"]), (&json!(1), &json!("film")));
    let dashboard = shop.manager("dashboard?days=7").await;
    assert_eq!(
        (
            &dashboard["revenue"][0]["revenue_cents"],
            &dashboard["customers"],
            &dashboard["top_content"][0]["sales"]
        ),
        (&json!(999), &json!(1), &json!(1))
    );
    let in_euros = shop.manager("dashboard?days=7&currency=EUR").await;
    assert_eq!((&in_euros["currency"], &in_euros["top_content"]), (&json!("eur"), &json!([])));
    let activity = shop.manager("activity?kind=sale").await;
    assert_eq!((&activity["total"], &activity["items"][0]["person_name"]), (&json!(1), &json!("cara")));
    let payouts = shop.manager("payouts?since=2020-01-01T00:00:00Z").await;
    assert_eq!(
        (&payouts["items"][0]["creator_name"], &payouts["items"][0]["payout_cents"]),
        (&json!("ann"), &json!(899))
    );
    assert_eq!(shop.manager("mails?status=success").await["total"], 0);
    assert_eq!(shop.manager("mails/stats").await, json!([]));

    shop.api.call(&put, Some(&shop.ann), grantee).await.is(StatusCode::OK);
    let granted = shop.manager(&grants).await;
    assert_eq!(
        (&granted["total"], &granted["items"][0]["access_type"]),
        (&json!(1), &json!("complimentary"))
    );
    assert_eq!(shop.manager(&format!("content/{}/stream", shop.film)).await["duration_seconds"], 60);
    // Customers cannot call the routes of managers.
    for path in ["sales", "sales/export", "customers", "dashboard", "activity"] {
        let request = format!("GET /v1/organizations/engines/{path}");
        shop.customer(&request, None).await.problem(404, "not-found");
    }
}

#[tokio::test]
async fn the_books_are_sent_line_by_line() {
    let shop = shop().await;
    let export = "GET /v1/organizations/engines/sales/export";
    let books = shop.api.call(export, Some(&shop.ann), None).await;
    assert_eq!(books.headers["content-type"], "application/x-ndjson");
    assert_eq!(books.headers["cache-control"], "no-store");
    assert_eq!(books.is(StatusCode::OK), Value::Null);
    // More rows than the buffers between database and client hold.
    let client = shop.api.database.client().await.unwrap();
    let many = "insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents,
            stripe_payment_intent_id, status)
        select u.id, c.id, c.organization_id, n, n, n, 'completed'
        from content c, users u, generate_series(1, 3000) n where u.name = 'cara'";
    client.execute(many, &[]).await.unwrap();
    let books = shop.api.call(export, Some(&shop.ann), None).await.is(StatusCode::OK);
    let lines = books.as_array().unwrap();
    assert_eq!(
        (lines.len(), &lines[0]["title"], &lines[0]["currency"]),
        (3000, &json!("film"), &json!("usd"))
    );
    // If the query fails at the start, the response is an ordinary error.
    client.batch_execute("alter table purchases rename column currency to coin").await.unwrap();
    shop.api.call(export, Some(&shop.ann), None).await.problem(500, "internal");
}
