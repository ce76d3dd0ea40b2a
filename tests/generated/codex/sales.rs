//! An organization's sales, for its managers.

use codex_catalog::PurchaseStatus::{Completed, Failed, Refunded};
use codex_catalog::commerce::{self, ListOrganizationSales, OrganizationSalesStats};
use codex_catalog::content;
use sqlward::Page;

use super::fixture::{Codex, Tenant, page, utc};

/// Alpha's sales: five sales of two pieces, in all states and two currencies.
async fn sales(codex: &Codex) {
    let Codex { db, ann, bob, .. } = codex;
    let eve = codex.person("eve").await;
    let one = codex.published(ann, "one").await;
    let two = codex.published(ann, "two").await;
    for (customer, id, payment) in [
        (&bob.id, one, "pi_1"),
        (&eve, one, "pi_2"),
        (&bob.id, two, "pi_3"),
        (&eve, two, "pi_4"),
        (&eve, two, "pi_5"),
    ] {
        codex.bought(customer, id, payment).await;
    }
    codex.bought(&eve, codex.published(bob, "of-beta").await, "pi_6").await;
    codex
        .sql(
            "update purchases set purchased_at = '2025-01-02' where stripe_payment_intent_id = 'pi_2';
             update purchases set purchased_at = '2025-01-03', status = 'refunded', refund_amount_cents = 400
                 where stripe_payment_intent_id = 'pi_3';
             update purchases set purchased_at = '2025-01-04', currency = 'eur', disputed_at = now()
                 where stripe_payment_intent_id = 'pi_4';
             update purchases set purchased_at = null, created_at = '2025-01-05', status = 'failed'
                 where stripe_payment_intent_id = 'pi_5';",
        )
        .await;
    content::soft_delete_content(db, &ann.creator, one).await.unwrap();
}

async fn list(
    codex: &Codex,
    of: &Tenant,
    wanted: ListOrganizationSales<'_>,
    page: Page,
) -> (Vec<String>, u64) {
    let found = commerce::list_organization_sales(&codex.db, &of.organization, &wanted, page).await.unwrap();
    let rows = found.items.into_iter().map(|row| {
        let slug = row.content.map_or("-".to_owned(), |content| content.slug);
        let buyer = row.buyer.map_or("-".to_owned(), |buyer| buyer.email);
        format!("{slug} {buyer} {:?}", row.status)
    });
    (rows.collect(), found.total)
}

#[tokio::test]
async fn managers_see_their_sales_with_buyer_and_piece() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    sales(&codex).await;
    let all = ListOrganizationSales::default();
    let whole = [
        "two - Failed",
        "two eve@x.org Completed",
        "two bob@x.org Refunded",
        "one eve@x.org Completed",
        "one bob@x.org Completed",
    ];
    assert_eq!(list(&codex, ann, all, page()).await, (whole.map(str::to_owned).to_vec(), 5));
    assert_eq!(
        list(&codex, ann, all, Page::new(2, 3).unwrap()).await,
        (whole[3..].iter().map(|row| (*row).to_owned()).collect(), 5)
    );
    assert_eq!(list(&codex, bob, all, page()).await.0, ["of-beta eve@x.org Completed"]);

    let eve = codex_catalog::UserId::from("eve");
    let two: Vec<uuid::Uuid> = codex
        .rows("select id from content where slug = $1", &"two")
        .await
        .iter()
        .map(|row| row.get(0))
        .collect();
    for (wanted, rows) in [
        (ListOrganizationSales { status: Some(Completed), ..all }, &[1, 3, 4][..]),
        (ListOrganizationSales { status: Some(Failed), ..all }, &[0]),
        (ListOrganizationSales { content_id: Some(codex_catalog::ContentId(two[0])), ..all }, &[0, 1, 2]),
        (ListOrganizationSales { customer_id: Some(&eve), ..all }, &[0, 1, 3]),
        (ListOrganizationSales { since: Some(utc("2025-01-03")), ..all }, &[0, 1, 2]),
        (ListOrganizationSales { until: Some(utc("2025-01-03")), ..all }, &[3, 4]),
        (
            ListOrganizationSales { since: Some(utc("2025-01-03")), until: Some(utc("2025-01-05")), ..all },
            &[1, 2],
        ),
        (ListOrganizationSales { disputed: true, ..all }, &[1]),
        (ListOrganizationSales { status: Some(Refunded), customer_id: Some(&eve), ..all }, &[]),
    ] {
        let rows: Vec<_> = rows.iter().map(|row| whole[*row].to_owned()).collect();
        let total = rows.len() as u64;
        assert_eq!(list(&codex, ann, wanted, page()).await, (rows, total), "{wanted:?}");
    }

    // The title of a piece that was moved is not shown, nor the buyer whose account is closed.
    codex.sql("update content set organization_id = null where slug = 'two'; update users set deleted_at = now() where id = 'eve'").await;
    let found = list(&codex, ann, ListOrganizationSales { disputed: true, ..all }, page()).await;
    assert_eq!(found.0, ["- - Completed"]);
    let unknown = commerce::list_organization_sales(db, &ann.organization, &all, page()).await.unwrap();
    assert_eq!(unknown.items[0].buyer, None);
}

#[tokio::test]
async fn what_was_sold_is_added_up_for_each_currency() {
    let codex = Codex::new().await;
    let Codex { ann, bob, .. } = &codex;
    sales(&codex).await;
    let stats = async |of: &Tenant, since: Option<&str>, until: Option<&str>| {
        let wanted = OrganizationSalesStats { since: since.map(utc), until: until.map(utc) };
        let rows = commerce::organization_sales_stats(&codex.db, &of.organization, &wanted).await.unwrap();
        let row = |row: commerce::OrganizationSalesStatsRow| {
            let counts = (row.sales, row.refunds, row.disputes);
            (row.currency, counts, (row.gross_cents, row.refunded_cents, row.disputed_cents, row.net_cents))
        };
        rows.into_iter().map(row).collect::<Vec<_>>()
    };
    let line = |currency: &str, counts, cents| (currency.to_owned(), counts, cents);
    let eur = line("eur", (1, 0, 1), (1000, 0, 1000, 0));
    assert_eq!(stats(ann, None, None).await, [eur.clone(), line("usd", (3, 1, 0), (3000, 400, 0, 2600))]);
    assert_eq!(stats(ann, Some("2025-01-04"), None).await, [eur]);
    assert_eq!(stats(ann, None, Some("2025-01-02")).await, [line("usd", (1, 0, 0), (1000, 0, 0, 1000))]);
    assert_eq!(stats(bob, None, None).await, [line("usd", (1, 0, 0), (1000, 0, 0, 1000))]);
}
