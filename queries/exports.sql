-- Exports: what is too much for memory.
--@ scope organization

--! export_sales
--- Every sale of the organization, the oldest first, one after the other.
--@ stream
select
    p.id,
    p.purchased_at,
    p.status,
    c.title,
    p.amount_paid_cents,
    p.platform_fee_cents,
    p.organization_fee_cents,
    p.creator_payout_cents,
    p.currency
from purchases p
join content c on c.id = p.content_id and c.organization_id = :organization_id and c.deleted_at is null
where p.organization_id = :organization_id and p.status in ('completed', 'refunded')
order by p.created_at, p.id;
