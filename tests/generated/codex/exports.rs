//! Exports, which are streamed row by row.

use codex_catalog::exports;
use futures_util::TryStreamExt;

use super::fixture::Codex;

#[tokio::test]
async fn sales_are_those_of_the_organization_in_their_order() {
    let codex = Codex::new().await;
    let Codex { db, ann, bob, .. } = &codex;
    for (tenant, slugs) in [(ann, ["a", "removed"]), (bob, ["b", "c"])] {
        for slug in slugs {
            codex.published(tenant, slug).await;
        }
    }
    codex
        .sql(
            "insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, status,
                    stripe_payment_intent_id, organization_fee_cents, created_at, purchased_at)
             select 'bob', c.id, c.organization_id, n, (array['pending', 'completed', 'refunded', 'failed'])[1 + n % 4],
                    c.slug || n, n, now() - n * interval '1 minute', now()
             from content c, generate_series(1, 5000) n;
             update content set deleted_at = now() where slug = 'removed';
             insert into content (creator_id, title, slug, content_type) values ('ann', 'moved', 'moved', 'written');
             insert into purchases (customer_id, content_id, organization_id, amount_paid_cents, status,
                    stripe_payment_intent_id, organization_fee_cents, currency, purchased_at, disputed_at)
             select 'bob', c.id, o.id, 5, 'completed', 'moved', 5, 'eur', now(), now()
             from content c, organizations o where c.slug = 'moved' and o.slug = 'alpha'",
        )
        .await;
    // The export has the titles of removed pieces, but not of pieces that have moved to another organization.
    for (tenant, others) in [(ann, 1), (bob, 0)] {
        let sales: Vec<_> =
            exports::export_sales(db, &tenant.organization).await.unwrap().try_collect().await.unwrap();
        let reference = "select p.id, p.status, nullif(c.title, 'moved'), p.amount_paid_cents, p.currency,
                             p.disputed_at is not null
                         from purchases p, content c
                         where c.id = p.content_id and p.organization_id = $1
                         order by p.created_at, p.id";
        let rows = codex.rows(reference, &tenant.organization_id.0).await;
        let rows = rows.iter().filter(|row| matches!(row.get::<_, &str>(1), "completed" | "refunded"));
        let expected: Vec<_> =
            rows.map(|row| (row.get(0), row.get(2), row.get(3), row.get(4), row.get(5))).collect();
        let sale = |sale: exports::ExportSalesRow| {
            (sale.id.0, sale.title, sale.amount_paid_cents, sale.currency, sale.disputed_at.is_some())
        };
        let sales: Vec<(_, Option<String>, i32, String, bool)> = sales.into_iter().map(sale).collect();
        assert_eq!(sales, expected);
        assert_eq!(sales.len(), 2 * 2_500 + others);
    }
}
