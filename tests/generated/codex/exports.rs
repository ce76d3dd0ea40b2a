//! Exports, which are read row by row.

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
             update content set deleted_at = now() where slug = 'removed'",
        )
        .await;
    for (tenant, pieces) in [(ann, 1), (bob, 2)] {
        let sales: Vec<_> =
            exports::export_sales(db, &tenant.organization).await.unwrap().try_collect().await.unwrap();
        let reference = "select p.id, p.status, c.title, p.amount_paid_cents
                         from purchases p, content c
                         where c.id = p.content_id and c.slug <> 'removed' and p.organization_id = $1
                         order by p.created_at, p.id";
        let rows = codex.rows(reference, &tenant.organization_id.0).await;
        let rows = rows.iter().filter(|row| matches!(row.get::<_, &str>(1), "completed" | "refunded"));
        let expected: Vec<_> = rows.map(|row| (row.get(0), row.get(2), row.get(3))).collect();
        let sales: Vec<(_, String, i32)> =
            sales.into_iter().map(|sale| (sale.id.0, sale.title, sale.amount_paid_cents)).collect();
        assert_eq!(sales, expected);
        assert_eq!(sales.len(), pieces * 2_500);
    }
}
