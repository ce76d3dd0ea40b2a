//! Sales figures, compared with the same figures computed here from plain rows: hundreds of sales of two tenants in two
//! currencies, some disputed, some of pieces that were removed or moved, some of users whose account is closed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use codex_catalog::analytics::{self, RecentActivity, RevenueByCreator, RevenueTotals, TopContent};
use codex_catalog::{ContentId, OrganizationManager, PurchaseStatus, UserId};
use sqlward::{Database, Page};

use super::fixture::Codex;
use super::lists;

/// Variations of the sales: fees, currencies, and pieces that move to another organization, become personal, or are
/// removed.
const CHANGES: &str = "
update purchases set platform_fee_cents = amount_paid_cents / 10, organization_fee_cents = amount_paid_cents / 4,
    creator_payout_cents = amount_paid_cents - amount_paid_cents / 10 - amount_paid_cents / 4;
update purchases set currency = 'eur' where stripe_payment_intent_id like '%3' or stripe_payment_intent_id like '%8';
update purchases set status = 'refunded' where stripe_payment_intent_id like '%7';
update purchases set status = 'failed' where stripe_payment_intent_id like '%9';
update content set creator_id = 'u7' where slug like '%3';
update content set slug = slug || '-moved', organization_id = (select id from organizations where slug = 'beta')
where slug in ('slug-5', 'slug-33') and creator_id = 'ann';
update content set organization_id = null where slug = 'slug-7' and creator_id = 'ann';
update users set deleted_at = now() where id = 'u7';
update purchases set disputed_at = now() where customer_id = 'u3';
";

/// A purchase, whether it counts as a sale or not.
struct Sale {
    id: String,
    customer: String,
    /// Whether the customer's account is open.
    is_open: bool,
    content: ContentId,
    /// Title, creator, and whether the piece was removed. `None` if it no longer belongs to the organization.
    piece: Option<(String, String, bool)>,
    amount: i64,
    parts: [i64; 3],
    at: DateTime<Utc>,
    status: String,
    currency: String,
    is_disputed: bool,
}

/// The currencies of the sales.
const CURRENCIES: [&str; 2] = ["eur", "usd"];

impl Sale {
    fn stands(&self) -> bool {
        self.status == "completed" && !self.is_disputed
    }

    fn stands_in(&self, currency: &str) -> bool {
        self.stands() && self.currency == currency
    }
}

/// All purchases in Ann's organization.
async fn sales(codex: &Codex) -> Vec<Sale> {
    let sql = "
        select p.id::text, p.customer_id, u.deleted_at is null, p.content_id,
            c.organization_id is not distinct from p.organization_id, c.title, c.creator_id, c.deleted_at is not null,
            p.amount_paid_cents::bigint, p.platform_fee_cents::bigint, p.organization_fee_cents::bigint,
            p.creator_payout_cents::bigint, coalesce(p.purchased_at, p.created_at), p.status,
            p.currency, p.disputed_at is not null
        from purchases p join users u on u.id = p.customer_id join content c on c.id = p.content_id
        where p.organization_id = $1";
    let rows = codex.rows(sql, &codex.ann.organization_id.0).await;
    let sale = |row: &tokio_postgres::Row| Sale {
        id: row.get(0),
        customer: row.get(1),
        is_open: row.get(2),
        content: ContentId(row.get(3)),
        piece: row.get::<_, bool>(4).then(|| (row.get(5), row.get(6), row.get(7))),
        amount: row.get(8),
        parts: [row.get(9), row.get(10), row.get(11)],
        at: row.get(12),
        status: row.get(13),
        currency: row.get(14),
        is_disputed: row.get(15),
    };
    rows.iter().map(sale).collect()
}

async fn codex() -> Codex {
    let codex = Codex::new().await;
    codex.sql(lists::ROWS).await;
    codex.sql(CHANGES).await;
    codex
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Start and end times of windows. There are sales exactly at those in May.
const MOMENTS: [&str; 5] = [
    "2000-01-01T00:00:00Z",
    "2024-05-02T00:00:00Z",
    "2024-05-09T00:00:00Z",
    "2024-05-09T00:00:00.000001Z",
    "2030-01-01T00:00:00Z",
];

/// All windows, including empty ones and ones that end before they begin.
fn windows() -> impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)> {
    MOMENTS.into_iter().flat_map(|since| MOMENTS.into_iter().map(move |until| (at(since), at(until))))
}

#[tokio::test]
async fn totals_are_those_of_the_sales_that_stand() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let sales = sales(&codex).await;
    let ends = || [None].into_iter().chain(MOMENTS.map(|moment| Some(at(moment))));
    let mut counted = 0;
    for (since, until) in ends().flat_map(|since| ends().map(move |until| (since, until))) {
        let found =
            analytics::revenue_totals(db, &ann.organization, &RevenueTotals { since, until }).await.unwrap();
        let within = |sale: &&Sale| {
            sale.stands()
                && since.is_none_or(|since| sale.at >= since)
                && until.is_none_or(|until| sale.at < until)
        };
        let mut expected = Vec::new();
        for currency in CURRENCIES {
            let sales: Vec<_> =
                sales.iter().filter(within).filter(|sale| sale.currency == currency).collect();
            let sum = |part: fn(&Sale) -> i64| sales.iter().map(|sale| part(sale)).sum::<i64>();
            let (count, revenue) = (sales.len() as i64, sum(|sale| sale.amount));
            if count > 0 {
                let average = (2 * revenue + count) / (2 * count);
                let parts = [sum(|sale| sale.parts[0]), sum(|sale| sale.parts[1]), sum(|sale| sale.parts[2])];
                expected.push((currency.to_owned(), [count, revenue, average], parts));
            }
            counted += count;
        }
        let found = found.into_iter().map(|row| {
            let parts = [row.platform_fee_cents, row.organization_fee_cents, row.creator_payout_cents];
            (row.currency, [row.sales, row.revenue_cents, row.average_cents], parts)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{since:?} {until:?}");
    }
    assert!(counted > 500, "only {counted} sales were counted");
    assert!(sales.iter().any(|sale| sale.is_disputed && sale.status == "completed"));
    assert!(
        CURRENCIES.iter().all(|currency| sales.iter().filter(|sale| sale.stands_in(currency)).count() > 20)
    );
}

#[tokio::test]
async fn days_are_those_of_utc_and_a_year_of_them_at_most() {
    let codex = codex().await;
    // A time that is on different days depending on the time zone, and sales over more than a year.
    codex.sql("
        update purchases set purchased_at = '2024-05-09 23:30:00-02' where id in (select id from purchases order by id limit 40);
        update purchases set purchased_at = '2024-05-09 23:30:00Z' where id in (select id from purchases order by id desc limit 40);
        insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, creator_payout_cents,
            stripe_payment_intent_id, status, purchased_at)
        select 'u1', c.id, c.organization_id, 5, 5, 'd' || n, 'completed', timestamptz '2010-01-01 12:00Z' + n * interval '1 day'
        from generate_series(0, 499) n, (select * from content where slug = 'slug-1' and creator_id = 'ann') c;
    ").await;
    let sales = sales(&codex).await;
    for (currency, (since, until)) in CURRENCIES.into_iter().flat_map(|c| windows().map(move |w| (c, w))) {
        let mut days: BTreeMap<NaiveDate, (i64, i64)> = BTreeMap::new();
        let within = |sale: &&Sale| sale.stands_in(currency) && sale.at >= since && sale.at < until;
        for sale in sales.iter().filter(within) {
            let day = days.entry(sale.at.date_naive()).or_default();
            *day = (day.0 + 1, day.1 + sale.amount);
        }
        let days: Vec<_> =
            days.into_iter().take(366).map(|(day, (sales, revenue))| (day, sales, revenue)).collect();
        let found = by_day(&codex, currency, since, until).await;
        assert_eq!(found, days, "{currency} {since} {until}");
    }
    assert_eq!(by_day(&codex, "USD", at(MOMENTS[0]), at(MOMENTS[4])).await.len(), 366);
}

async fn by_day(
    codex: &Codex,
    currency: &str,
    since: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Vec<(NaiveDate, i64, i64)> {
    let found = analytics::revenue_by_day(&codex.db, &codex.ann.organization, currency, since, until);
    found.await.unwrap().iter().map(|row| (row.day, row.sales, row.revenue_cents)).collect()
}

#[tokio::test]
async fn creators_are_paid_for_what_was_sold() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let sales = sales(&codex).await;
    for (since, until) in windows().map(|(since, until)| (Some(since), Some(until))).chain([(None, None)]) {
        let mut creators: BTreeMap<(String, Option<String>), (i64, i64, i64)> = BTreeMap::new();
        let within = |sale: &&Sale| {
            sale.stands()
                && since.is_none_or(|since| sale.at >= since)
                && until.is_none_or(|until| sale.at < until)
        };
        for sale in sales.iter().filter(within) {
            let creator = sale.piece.as_ref().map(|piece| piece.1.clone());
            let creator = creators.entry((sale.currency.clone(), creator)).or_default();
            *creator = (creator.0 + 1, creator.1 + sale.amount, creator.2 + sale.parts[2]);
        }
        let mut expected: Vec<_> = creators.into_iter().collect();
        // Among equals, the row without a creator is last.
        expected.sort_by_key(|((currency, creator), sums)| {
            (currency.clone(), -sums.2, creator.is_none(), creator.clone())
        });
        let wanted = RevenueByCreator { since, until };
        let found =
            analytics::revenue_by_creator(db, &ann.organization, &wanted, Page::default()).await.unwrap();
        assert_eq!(found.total, expected.len() as u64);
        for row in &found.items {
            let name = row.creator_id.as_ref().filter(|id| id.0 != "u7").map(|_| "ann");
            assert_eq!(row.creator_name.as_deref(), name);
        }
        let rows = found.items.into_iter().map(|row| {
            let sums = (row.sales, row.revenue_cents, row.payout_cents);
            ((row.currency, row.creator_id.map(|id| id.0)), sums)
        });
        assert_eq!(rows.collect::<Vec<_>>(), expected, "{since:?} {until:?}");
        if since.is_none() {
            let creators: BTreeSet<_> = expected.iter().map(|((_, creator), _)| creator.as_deref()).collect();
            assert_eq!(creators, BTreeSet::from([None, Some("ann"), Some("u7")]));
        }
    }
}

#[tokio::test]
async fn customers_are_counted_once_and_are_new_with_their_first_sale() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let mut first: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    for sale in sales(&codex).await.iter().filter(|sale| sale.stands() && sale.is_open) {
        let first = first.entry(sale.customer.clone()).or_insert(sale.at);
        *first = sale.at.min(*first);
    }
    assert!(first.len() > 5);
    assert!(!first.contains_key("u3"), "who has nothing but disputes");
    assert_eq!(analytics::customer_totals(db, &ann.organization).await.unwrap(), first.len() as i64);
    let moments = MOMENTS.map(at).into_iter().chain(first.values().copied());
    for since in moments {
        let expected = first.values().filter(|first| **first >= since).count();
        let found = analytics::new_customers_since(db, &ann.organization, since).await.unwrap();
        assert_eq!(found, expected as i64, "{since}");
    }
}

#[tokio::test]
async fn the_best_pieces_come_first_with_what_they_earned_before() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    codex.sql("update video_playback set updated_at = timestamptz '2024-05-01' + length(user_id) * interval '1 day'").await;
    let views = codex
        .rows("select v.content_id, v.updated_at from video_playback v where $1::int = 1", &1i32)
        .await
        .iter()
        .map(|row| (ContentId(row.get(0)), row.get::<_, DateTime<Utc>>(1)))
        .collect::<Vec<_>>();
    let sales = sales(&codex).await;
    let previous_since = at("2024-05-01T00:00:00Z");
    let mut seen = 0;
    for (currency, (since, until)) in CURRENCIES.into_iter().flat_map(|c| windows().map(move |w| (c, w))) {
        for limit in [0, 1, 3, 1000] {
            let mut pieces: BTreeMap<ContentId, (i64, i64, i64)> = BTreeMap::new();
            let within =
                |sale: &&Sale| sale.stands_in(currency) && sale.at >= previous_since && sale.at < until;
            for sale in sales.iter().filter(within) {
                let piece = pieces.entry(sale.content).or_default();
                match sale.at >= since {
                    true => *piece = (piece.0 + 1, piece.1 + sale.amount, piece.2),
                    false => piece.2 += sale.amount,
                }
            }
            let mut expected: Vec<_> = pieces.into_iter().filter(|(_, sums)| sums.0 > 0).collect();
            expected.sort_by_key(|(content, sums)| (-sums.1, content.0));
            expected.truncate(limit.min(100) as usize);
            let wanted = TopContent { currency, since, until, previous_since, limit };
            let found = analytics::top_content(db, &ann.organization, &wanted).await.unwrap();
            let sums = found
                .iter()
                .map(|row| (row.content_id, (row.sales, row.revenue_cents, row.previous_revenue_cents)));
            assert_eq!(sums.collect::<Vec<_>>(), expected, "{wanted:?}");
            for row in &found {
                let of_it = sales.iter().find(|sale| sale.content == row.content_id).unwrap();
                let title = of_it.piece.as_ref().map(|piece| &*piece.0);
                let is_removed = of_it.piece.as_ref().is_some_and(|piece| piece.2);
                assert_eq!((row.title.as_deref(), row.is_removed), (title, is_removed));
                let viewers =
                    views.iter().filter(|(id, at)| *id == row.content_id && *at >= since && *at < until);
                let viewers = if of_it.piece.is_some() { viewers.count() as i64 } else { 0 };
                assert_eq!(row.viewers, viewers, "{wanted:?} {row:?}");
                seen += viewers;
            }
        }
    }
    assert!(seen > 10, "only {seen} viewers were seen");
    codex
        .sql("
            insert into content (creator_id, organization_id, title, slug, content_type)
            select 'ann', id, 'x', 'many' || n, 'written' from organizations, generate_series(1, 110) n where slug = 'alpha';
            insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status, purchased_at)
            select 'u1', id, organization_id, 0, slug, 'completed', '2024-06-01' from content where slug like 'many%'")
        .await;
    let wanted = TopContent {
        currency: "usd",
        since: previous_since,
        until: at(MOMENTS[4]),
        previous_since,
        limit: 1000,
    };
    assert_eq!(analytics::top_content(db, &ann.organization, &wanted).await.unwrap().len(), 100);
    assert!(sales.iter().any(|sale| sale.stands() && sale.piece.is_none()));
    assert!(sales.iter().any(|sale| sale.stands() && sale.piece.as_ref().is_some_and(|piece| piece.2)));
}

#[tokio::test]
async fn the_feed_has_what_happened_and_nothing_else() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let mut expected: Vec<(DateTime<Utc>, &str, String)> = Vec::new();
    for sale in sales(&codex).await.into_iter().filter(Sale::stands) {
        expected.push((sale.at, "sale", sale.id));
    }
    for (kind, sql) in [
        (
            "publication",
            "select id::text, published_at from content where organization_id = $1 and status = 'published'
            and published_at is not null and deleted_at is null",
        ),
        (
            "join",
            "select m.id::text, m.created_at from organization_memberships m where organization_id = $1
            and status = 'active' and user_id not in (select id from users where deleted_at is not null)",
        ),
    ] {
        let rows = codex.rows(sql, &ann.organization_id.0).await;
        assert!(rows.len() > 3, "{kind}");
        expected.extend(rows.iter().map(|row| (row.get(1), kind, row.get(0))));
    }
    expected.sort_by(|a, b| (b.0, a.1, &a.2).cmp(&(a.0, b.1, &b.2)));
    for kind in [None, Some("sale"), Some("publication"), Some("join"), Some("refund")] {
        let expected = expected.iter().filter(|(_, of, _)| kind.is_none_or(|kind| kind == *of));
        let expected: Vec<_> = expected.map(|(at, kind, id)| (*at, kind.to_string(), id.clone())).collect();
        let mut found = Vec::new();
        for number in 1.. {
            let page = Page::new(number, 13).unwrap();
            let page = analytics::recent_activity(db, &ann.organization, &RecentActivity { kind }, page)
                .await
                .unwrap();
            assert_eq!(page.total, expected.len() as u64, "{kind:?}");
            if page.items.is_empty() {
                break;
            }
            for row in &page.items {
                let (with_content, with_amount) = match &*row.kind {
                    "join" => (false, false),
                    kind => (row.content_title.is_some(), kind == "sale"),
                };
                assert_eq!(
                    (row.content_id.is_some(), row.amount_cents.is_some(), row.currency.is_some()),
                    (with_content, with_amount, with_amount)
                );
                assert_eq!(row.person_id.is_some(), row.person_name.is_some());
                assert!(
                    row.person_id.as_ref().is_none_or(|id| id.0 != "u10" && id.0 != "u7"),
                    "closed accounts have no name"
                );
            }
            found.extend(page.items.into_iter().map(|row| (row.happened_at, row.kind, row.id.to_string())));
        }
        assert_eq!(found, expected, "{kind:?}");
    }
}

#[tokio::test]
async fn customers_are_known_to_whom_they_bought_from() {
    let codex = codex().await;
    let Codex { db, ann, bob, .. } = &codex;
    let sales = sales(&codex).await;
    let mut known = 0;
    for person in codex.column("select id from users order by id").await {
        let found =
            analytics::get_customer_details(db, &ann.organization, &UserId::from(&*person)).await.unwrap();
        let paid: Vec<_> = sales
            .iter()
            .filter(|sale| sale.customer == person && sale.status == "completed" && sale.is_open)
            .collect();
        assert_eq!(found.is_some(), !paid.is_empty(), "{person}");
        let Some(found) = found else { continue };
        known += 1;
        let mut spent: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for sale in paid.iter().filter(|sale| sale.stands()) {
            let spent = spent.entry(sale.currency.clone()).or_default();
            *spent = (spent.0 + 1, spent.1 + sale.amount);
        }
        assert_eq!(found.sales, spent.values().map(|(sales, _)| sales).sum::<i64>());
        let told = found.spent.iter().map(|row| (row.currency.clone(), (row.sales, row.spent_cents)));
        assert_eq!(told.collect::<Vec<_>>(), spent.into_iter().collect::<Vec<_>>());
        let moments = || paid.iter().map(|sale| sale.at);
        assert_eq!(
            (found.first_sale_at, found.last_sale_at),
            (moments().min().unwrap(), moments().max().unwrap())
        );
        assert_eq!(found.email, format!("{person}@example.org"));
        let mut history: Vec<_> = sales
            .iter()
            .filter(|sale| sale.customer == person && ["completed", "refunded"].contains(&&*sale.status))
            .collect();
        history.sort_by(|a, b| (b.at, &a.id).cmp(&(a.at, &b.id)));
        assert_eq!(found.history.len(), history.len());
        for (row, sale) in found.history.iter().zip(history) {
            let title = sale.piece.as_ref().filter(|piece| !piece.2).map(|piece| &*piece.0);
            assert_eq!(
                (row.id.to_string(), row.title.as_deref(), row.sold_at),
                (sale.id.clone(), title, sale.at)
            );
            assert_eq!(
                (i64::from(row.amount_paid_cents), &*row.currency, row.disputed_at.is_some()),
                (sale.amount, &*sale.currency, sale.is_disputed)
            );
            assert_eq!(row.status == PurchaseStatus::Completed && row.disputed_at.is_none(), sale.stands());
        }
    }
    assert!(known > 5);
    // A member, an author and someone whose payment is pending are not customers here, nor is another organization's
    // customer.
    codex.sql("insert into users (id, name, email) values ('tried', 'x', 'tried@x.org'), ('foreign', 'x', 'foreign@x.org')").await;
    for (person, status, organization) in [("tried", "pending", "alpha"), ("foreign", "completed", "beta")] {
        codex.sql(&format!("
            insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status)
            select '{person}', c.id, o.id, 0, '{person}', '{status}' from organizations o join content c on c.organization_id = o.id
            where o.slug = '{organization}' limit 1")).await;
    }
    let knows = async |by: &OrganizationManager, person: &str| {
        analytics::get_customer_details(db, by, &UserId::from(person)).await.unwrap().is_some()
    };
    for person in ["ann", "bob", "tried", "foreign", "nobody"] {
        assert!(!knows(&ann.organization, person).await, "{person}");
    }
    assert!(knows(&bob.organization, "foreign").await);
    // Only the latest hundred purchases are returned.
    codex.sql("
        insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status)
        select 'tried', c.id, c.organization_id, 0, 'long' || n, 'completed' from generate_series(1, 120) n,
            (select * from content where slug = 'slug-1' and creator_id = 'ann') c").await;
    let long = analytics::get_customer_details(db, &ann.organization, &UserId::from("tried"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((long.sales, long.history.len()), (120, 100));
}

/// The results of all queries of an organization, as text.
async fn everything(db: &Database, by: &OrganizationManager) -> String {
    let (since, until) = (at(MOMENTS[1]), at(MOMENTS[4]));
    let top = TopContent { currency: "usd", since, until, previous_since: at(MOMENTS[0]), limit: 100 };
    let page = Page::new(1, 100).unwrap();
    let mut told = vec![
        format!("{:?}", analytics::revenue_totals(db, by, &RevenueTotals::default()).await.unwrap()),
        format!("{:?}", analytics::revenue_by_day(db, by, "usd", since, until).await.unwrap()),
        format!(
            "{:?}",
            analytics::revenue_by_creator(db, by, &RevenueByCreator::default(), page).await.unwrap()
        ),
        format!("{:?}", analytics::customer_totals(db, by).await.unwrap()),
        format!("{:?}", analytics::new_customers_since(db, by, since).await.unwrap()),
        format!("{:?}", analytics::top_content(db, by, &top).await.unwrap()),
        format!("{:?}", analytics::recent_activity(db, by, &RecentActivity::default(), page).await.unwrap()),
    ];
    for person in 1..=30 {
        let person = UserId(format!("u{person}"));
        told.push(format!("{:?}", analytics::get_customer_details(db, by, &person).await.unwrap()));
    }
    told.join("\n")
}

#[tokio::test]
async fn the_other_tenant_changes_nothing() {
    let codex = codex().await;
    let Codex { db, ann, .. } = &codex;
    let before = everything(db, &ann.organization).await;
    codex.sql("
        update purchases set amount_paid_cents = 2 * amount_paid_cents, platform_fee_cents = 2 * platform_fee_cents,
            organization_fee_cents = 2 * organization_fee_cents, creator_payout_cents = 2 * creator_payout_cents,
            status = 'completed', purchased_at = '2024-06-01'
        where organization_id = (select id from organizations where slug = 'beta');
        update content set title = 'Foreign', status = 'published', published_at = '2024-06-02', deleted_at = null
        where organization_id is distinct from (select id from organizations where slug = 'alpha');
        update video_playback v set updated_at = '2024-06-03' from content c
        where c.id = v.content_id and c.organization_id is distinct from (select id from organizations where slug = 'alpha');
        update organization_memberships set status = 'active', created_at = '2024-06-04'
        where organization_id <> (select id from organizations where slug = 'alpha');
    ").await;
    assert_eq!(everything(db, &ann.organization).await, before);
}
