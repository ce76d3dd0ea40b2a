-- Commerce: what organizations sell, and to whom.
--@ scope organization

--! list_customers
--- Everyone who bought from the organization, with the number and the sum of completed purchases. The filters pick
--- customers, by name or address, by a piece they bought, by their first purchase and by what they spent in all.
--@ scope organization as manager
--@ page total
select
    u.id,
    u.name,
    u.email,
    count(*) as purchases,
    sum(p.amount_paid_cents) as spent_cents,
    min(p.created_at) as first_purchase_at,
    max(p.created_at) as last_purchase_at
from purchases p
join users u on u.id = p.customer_id and u.deleted_at is null
where p.organization_id = :organization_id
    and p.status = 'completed'
    and strpos(lower(concat_ws(' ', u.name, u.email)), lower(:search)) > 0  --? search
    and exists (                                                --? content_id
        select from purchases b                                 --? content_id
        where b.customer_id = u.id                              --? content_id
            and b.organization_id = :organization_id            --? content_id
            and b.status = 'completed'                          --? content_id
            and b.content_id = :content_id                      --? content_id
    )                                                           --? content_id
group by u.id
having count(*) > 0
    and min(p.created_at) >= :since                             --? since
    and sum(p.amount_paid_cents) >= :min_spent_cents            --? min_spent_cents
    and sum(p.amount_paid_cents) <= :max_spent_cents            --? max_spent_cents
order by spent_cents desc, u.id                                 --? sort spent
--  order by last_purchase_at desc, u.id                        --? sort recent
--  order by u.name, u.id                                       --? sort name
--  order by purchases desc, u.id                               --? sort purchases
;
