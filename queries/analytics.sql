-- Sales figures of an organization, for its managers.
--
-- A sale counts from the time it was paid (`sold_at`), if it is not refunded or disputed. Amounts are in cents of one
-- currency: totals are for each currency, rankings for the given one. In windows, `since` is inclusive and `until`
-- exclusive; days are in UTC. Customers are users with a live account and a sale that counts. For a piece that has
-- moved to another organization, its sales are still shown here but its title is not.
--@ scope organization as manager

--@ fragment stands
-- p.status = 'completed'
--     and p.disputed_at is null

--@ fragment sold_at
-- coalesce(p.purchased_at, p.created_at)

--! revenue_totals
--- Sales and the shares of each party, for each currency. The average is rounded to the cent.
select
    p.currency,
    count(*) as sales,
    sum(p.amount_paid_cents) as revenue_cents,
    sum(p.platform_fee_cents) as platform_fee_cents,
    sum(p.organization_fee_cents) as organization_fee_cents,
    sum(p.creator_payout_cents) as creator_payout_cents,
    round(avg(p.amount_paid_cents))::bigint as average_cents
from purchases p
where p.organization_id = :organization_id
    and :stands
    and :sold_at >= :since                                      --? since
    and :sold_at < :until                                       --? until
group by p.currency
order by p.currency;

--! revenue_by_day
--- Sales for each day in one currency, for up to a year. Days without a sale are left out.
select
    (:sold_at at time zone 'utc')::date as day,
    count(*) as sales,
    sum(p.amount_paid_cents) as revenue_cents
from purchases p
where p.organization_id = :organization_id
    and :stands
    and p.currency = lower(:currency)
    and :sold_at >= :since
    and :sold_at < :until
group by day
order by day
limit 366;

--! revenue_by_creator
--- What each creator earned from the organization's sales in each currency, the highest first. The row without a
--- creator is for pieces that have moved elsewhere. The name is null if the account is closed.
--@ allow soft-delete content: "what was sold is paid out, also after the piece was removed"
--@ page total
select
    p.currency,
    c.creator_id,
    u.name as creator_name,
    count(*) as sales,
    sum(p.amount_paid_cents) as revenue_cents,
    sum(p.creator_payout_cents) as payout_cents
from purchases p
left join content c on c.id = p.content_id and c.organization_id = :organization_id
left join users u on u.id = c.creator_id and u.deleted_at is null
where p.organization_id = :organization_id
    and :stands
    and :sold_at >= :since                                      --? since
    and :sold_at < :until                                       --? until
group by p.currency, c.creator_id, u.id
order by p.currency, payout_cents desc, c.creator_id nulls last, u.id;

--! customer_totals
--- The number of customers.
select count(distinct p.customer_id) as customers
from purchases p
join users u on u.id = p.customer_id and u.deleted_at is null
where p.organization_id = :organization_id and :stands;

--! new_customers_since
--- The number of customers whose first purchase was at or after `since`.
select count(*) as customers
from (
    select min(:sold_at) as first_sold_at
    from purchases p
    join users u on u.id = p.customer_id and u.deleted_at is null
    where p.organization_id = :organization_id and :stands
    group by p.customer_id
) newcomer
where newcomer.first_sold_at >= :since;

--! top_content
--- The pieces with the highest revenue in a window and a currency, with the revenue in the previous window, which
--- begins at `previous_since`, and the number of viewers in the window; 100 at most.
--@ allow soft-delete content: "what was sold is reported, also after the piece was removed"
select
    p.content_id,
    c.title,
    c.content_type,
    c.deleted_at is not null as is_removed,
    count(*) filter (where :sold_at >= :since) as sales,
    coalesce(sum(p.amount_paid_cents) filter (where :sold_at >= :since), 0) as revenue_cents,
    coalesce(sum(p.amount_paid_cents) filter (where :sold_at < :since), 0) as previous_revenue_cents,
    (
        select count(*)
        from video_playback v
        where v.content_id = c.id and v.updated_at >= :since and v.updated_at < :until
    ) as viewers
from purchases p
left join content c on c.id = p.content_id and c.organization_id = :organization_id
where p.organization_id = :organization_id
    and :stands
    and p.currency = lower(:currency)
    and :sold_at >= :previous_since
    and :sold_at < :until
group by p.content_id, c.id
having count(*) filter (where :sold_at >= :since) > 0
order by revenue_cents desc, p.content_id
limit least(:limit, 100);

--! recent_activity
--- Recent sales, publications and new members, the newest first; optionally of one `kind` (`sale`, `publication`,
--- `join`). The total counts with the same filters. The name is null if the account is closed.
--@ page total
select distinct on (a.happened_at, a.kind, a.id)
    a.kind,
    a.id,
    a.happened_at,
    a.person_id,
    a.person_name,
    a.content_id,
    a.content_title,
    a.amount_cents,
    a.currency
from (
    select
        'sale' as kind,
        p.id,
        :sold_at as happened_at,
        u.id as person_id,
        u.name as person_name,
        c.id as content_id,
        c.title as content_title,
        p.amount_paid_cents as amount_cents,
        p.currency
    from purchases p
    left join users u on u.id = p.customer_id and u.deleted_at is null
    left join content c on c.id = p.content_id and c.organization_id = :organization_id and c.deleted_at is null
    where p.organization_id = :organization_id and :stands
    union all
    select 'publication', c.id, c.published_at, u.id, u.name, c.id, c.title, null, null
    from content c
    left join users u on u.id = c.creator_id and u.deleted_at is null
    where c.organization_id = :organization_id
        and c.status = 'published'
        and c.published_at is not null
        and c.deleted_at is null
    union all
    select 'join', m.id, m.created_at, u.id, u.name, null, null, null, null
    from organization_memberships m
    join users u on u.id = m.user_id and u.deleted_at is null
    where m.organization_id = :organization_id and m.status = 'active'
) a
where true
    and a.kind = :kind                                          --? kind
order by a.happened_at desc, a.kind, a.id;

--! get_customer_details : CustomerDetails
--- A customer of the organization, with what they spent in each currency and their latest hundred purchases, including
--- refunded and disputed ones. No row for someone who bought nothing.
select
    u.id,
    u.name,
    u.email,
    count(*) filter (where :stands) as sales,
    min(:sold_at) as first_sale_at,
    max(:sold_at) as last_sale_at,
    array(
        select s from (
            select p.currency, count(*) as sales, sum(p.amount_paid_cents) as spent_cents
            from purchases p
            where p.organization_id = :organization_id and p.customer_id = u.id and :stands
            group by p.currency
            order by p.currency
        ) s
    ) as spent,
    array(
        select h from (
            select
                p.id, p.content_id, c.title, p.amount_paid_cents, p.currency, p.status, p.disputed_at,
                :sold_at as sold_at
            from purchases p
            left join content c
                on c.id = p.content_id and c.organization_id = :organization_id and c.deleted_at is null
            where p.organization_id = :organization_id
                and p.customer_id = u.id
                and p.status in ('completed', 'refunded')
            order by sold_at desc, p.id
            limit 100
        ) h
    ) as history
from purchases p
join users u on u.id = p.customer_id and u.deleted_at is null
where p.organization_id = :organization_id
    and p.status = 'completed'
    and u.id = :customer_id
group by u.id;
