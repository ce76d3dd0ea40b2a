-- Sales and customers of an organization.
--
-- A sale counts if it is completed and not disputed. Disputed sales are listed, but not included in net revenue.
--@ scope organization as manager

--@ fragment spent
-- coalesce(sum(p.amount_paid_cents) filter (where p.currency = lower(:currency)), 0)

--! list_customers
--- The organization's customers, with the number of purchases that count and what they spent in one currency. Filters:
--- name or e-mail address, a piece they bought, date of the first purchase, and amount spent.
--@ page total
select
    u.id,
    u.name,
    u.email,
    count(*) as purchases,
    :spent as spent_cents,
    min(coalesce(p.purchased_at, p.created_at)) as first_purchase_at,
    max(coalesce(p.purchased_at, p.created_at)) as last_purchase_at
from purchases p
join users u on u.id = p.customer_id and u.deleted_at is null
where p.organization_id = :organization_id
    and p.status = 'completed'
    and p.disputed_at is null
    and strpos(lower(concat_ws(' ', u.name, u.email)), lower(:search)) > 0  --? search
    and exists (                                                --? content_id
        select from purchases b                                 --? content_id
        where b.customer_id = u.id                              --? content_id
            and b.organization_id = :organization_id            --? content_id
            and b.status = 'completed'                          --? content_id
            and b.disputed_at is null                           --? content_id
            and b.content_id = :content_id                      --? content_id
    )                                                           --? content_id
group by u.id
having count(*) > 0
    and min(coalesce(p.purchased_at, p.created_at)) >= :since   --? since
    and :spent >= :min_spent_cents                              --? min_spent_cents
    and :spent <= :max_spent_cents                              --? max_spent_cents
order by spent_cents desc, u.id                                 --? sort spent
--  order by last_purchase_at desc, u.id                        --? sort recent
--  order by u.name, u.id                                       --? sort name
--  order by purchases desc, u.id                               --? sort purchases
;

--! list_organization_sales
--- The organization's sales with buyer and piece, the latest first. Filters: state, piece, customer, period, disputed.
--- The piece is null if it no longer belongs to the organization, the buyer if nothing was ever paid.
--@ allow soft-delete content: "the books name what was sold, removed since or not"
--@ page total
select
    p.id,
    p.amount_paid_cents,
    p.currency,
    p.status,
    p.platform_fee_cents,
    p.organization_fee_cents,
    p.creator_payout_cents,
    p.purchased_at,
    p.created_at,
    p.refunded_at,
    p.refund_amount_cents,
    p.refund_reason,
    p.disputed_at,
    c.id as "content.id",
    c.title as "content.title",
    c.slug as "content.slug",
    u.id as "buyer.id",
    u.name as "buyer.name",
    u.email as "buyer.email"
from purchases p
left join content c on c.id = p.content_id and c.organization_id = :organization_id
left join users u on u.id = p.customer_id and p.status in ('completed', 'refunded') and u.deleted_at is null
where p.organization_id = :organization_id
    and p.status = :status                                      --? status
    and p.content_id = :content_id                              --? content_id
    and p.customer_id = :customer_id                            --? customer_id
    and coalesce(p.purchased_at, p.created_at) >= :since        --? since
    and coalesce(p.purchased_at, p.created_at) < :until         --? until
    and p.disputed_at is not null                               --? disputed
order by coalesce(p.purchased_at, p.created_at) desc, p.id;

--! organization_sales_stats
--- Totals for each currency: paid, refunded, disputed and net; optionally for a period.
select
    p.currency,
    count(*) as sales,
    count(*) filter (where p.status = 'refunded') as refunds,
    count(*) filter (where p.disputed_at is not null) as disputes,
    sum(p.amount_paid_cents) as gross_cents,
    coalesce(sum(p.refund_amount_cents) filter (where p.status = 'refunded'), 0) as refunded_cents,
    coalesce(sum(p.amount_paid_cents) filter (where p.status = 'completed' and p.disputed_at is not null), 0)
        as disputed_cents,
    sum(p.amount_paid_cents)
        - coalesce(sum(p.refund_amount_cents) filter (where p.status = 'refunded'), 0)
        - coalesce(sum(p.amount_paid_cents) filter (where p.status = 'completed' and p.disputed_at is not null), 0)
        as net_cents
from purchases p
where p.organization_id = :organization_id
    and p.status in ('completed', 'refunded')
    and coalesce(p.purchased_at, p.created_at) >= :since        --? since
    and coalesce(p.purchased_at, p.created_at) < :until         --? until
group by p.currency
order by p.currency;
