-- Exports, which are streamed because they may not fit in memory.
--@ scope organization as manager

--! export_sales
--- All paid sales of the organization, the oldest first, including refunded and disputed ones and those of removed
--- pieces. The title is null if the piece no longer belongs to the organization.
--@ allow soft-delete content: "the books name what was sold, removed since or not"
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
    p.currency,
    p.refunded_at,
    p.refund_amount_cents,
    p.disputed_at
from purchases p
left join content c on c.id = p.content_id and c.organization_id = :organization_id
where p.organization_id = :organization_id and p.status in ('completed', 'refunded')
order by p.created_at, p.id;
