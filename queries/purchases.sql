-- Purchases and their states: pending -> completed or failed; failed -> completed, since a customer can try again with
-- the same payment; completed -> refunded. A dispute is a mark on a completed purchase. Rows are never removed.
--@ scope user

--! verify_purchase
--- Whether the user has a completed purchase of a piece that is not disputed.
select exists (
    select from purchases
    where customer_id = :user_id and content_id = :content_id and status = 'completed' and disputed_at is null
) as bought;

--! find_completed_purchase
--- The user's latest completed and undisputed purchase of a piece.
select id, content_id, organization_id, amount_paid_cents, currency, purchased_at, created_at
from purchases
where customer_id = :user_id and content_id = :content_id and status = 'completed' and disputed_at is null
order by created_at desc, id
limit 1;

--! get_purchase
--- One of the user's purchases, in any state.
select
    id, content_id, organization_id, amount_paid_cents, currency, status, purchased_at, created_at, refunded_at,
    refund_amount_cents, disputed_at
from purchases
where id = :id and customer_id = :user_id;

--! get_purchase_by_payment_for_user
--- The user's purchase for a payment, with the piece.
--@ allow tenant-scope content: "a receipt names what was bought, whatever became of the piece or the payment"
--@ allow soft-delete content: "a receipt names what was bought, removed since or not"
select
    p.id,
    p.organization_id,
    p.amount_paid_cents,
    p.currency,
    p.status,
    p.purchased_at,
    p.created_at,
    p.refunded_at,
    p.refund_amount_cents,
    c.id as "content.id",
    c.title as "content.title",
    c.slug as "content.slug",
    c.content_type as "content.content_type",
    c.thumbnail_url as "content.thumbnail_url"
from purchases p
join content c on c.id = p.content_id
where p.stripe_payment_intent_id = :payment_id and p.customer_id = :user_id;

--! list_purchase_history
--- All of the user's purchases, in any state, the latest first, with the pieces; optionally in one state or of one
--- piece.
--@ allow tenant-scope content: "a receipt names what was bought, whatever became of the piece or the payment"
--@ allow soft-delete content: "a receipt names what was bought, removed since or not"
--@ page total
select
    p.id,
    p.organization_id,
    p.amount_paid_cents,
    p.currency,
    p.status,
    p.purchased_at,
    p.created_at,
    p.refunded_at,
    p.refund_amount_cents,
    c.id as "content.id",
    c.title as "content.title",
    c.slug as "content.slug",
    c.content_type as "content.content_type",
    c.thumbnail_url as "content.thumbnail_url"
from purchases p
join content c on c.id = p.content_id
where p.customer_id = :user_id
    and p.status = :status                                      --? status
    and p.content_id = :content_id                              --? content_id
order by p.created_at desc, p.id;

-- State changes by the payment provider's events. An event names only the payment. Each query requires the previous
-- state and grants the customer's token for the queries that follow.

--@ fragment recorded
-- p.id, p.customer_id as user_id, p.content_id, p.organization_id, p.amount_paid_cents, p.currency, p.status,
--     p.platform_fee_cents, p.organization_fee_cents, p.creator_payout_cents, p.purchased_at, p.refunded_at,
--     p.refund_amount_cents, p.disputed_at, p.created_at

--! find_purchase_by_payment : RecordedPurchase
--- The purchase for a payment.
--@ scope system: "the payment provider's event carries a payment id and no session"
select :recorded
from purchases p
where p.stripe_payment_intent_id = :payment_id;

--! record_purchase (paid_at!) : RecordedPurchase
--- Records a successful payment, or completes a purchase that was pending or failed: a payment can succeed after a
--- failed attempt. The organization that is paid is that of the content. No row if the payment is already recorded, or
--- if the content does not exist or has no organization.
--@ scope system: "the payment provider's event carries a payment id and no session"
--@ allow soft-delete content: "the customer has paid, even if the piece was removed meanwhile"
--@ grants user
--@ tx
--@ opt
insert into purchases as p (
    customer_id, content_id, organization_id, amount_paid_cents, currency, stripe_payment_intent_id, status,
    platform_fee_cents, organization_fee_cents, creator_payout_cents, purchased_at
)
select
    :customer_id, c.id, c.organization_id, :amount_paid_cents, lower(:currency), :payment_id, 'completed',
    :platform_fee_cents, :organization_fee_cents, :creator_payout_cents, :paid_at
from content c
where c.id = :content_id and c.organization_id is not null
on conflict (stripe_payment_intent_id) do update
set amount_paid_cents = excluded.amount_paid_cents,
    currency = excluded.currency,
    status = 'completed',
    platform_fee_cents = excluded.platform_fee_cents,
    organization_fee_cents = excluded.organization_fee_cents,
    creator_payout_cents = excluded.creator_payout_cents,
    purchased_at = excluded.purchased_at,
    updated_at = now()
where p.status in ('pending', 'failed') and p.customer_id = excluded.customer_id and p.content_id = excluded.content_id
returning :recorded;

--! refund_purchase (now!, amount_cents?) : RecordedPurchase(refund_amount_cents?)
--- completed -> refunded, by the full amount if none is given. No row in any other state, or for more than was paid.
--@ scope system: "the payment provider's event carries a payment id and no session"
--@ grants user
--@ tx
update purchases p
set status = 'refunded',
    refunded_at = :now,
    refund_amount_cents = coalesce(:amount_cents, p.amount_paid_cents),
    stripe_refund_id = :refund_id,
    refund_reason = :reason,
    updated_at = now()
where p.stripe_payment_intent_id = :payment_id
    and p.status = 'completed'
    and coalesce(:amount_cents, p.amount_paid_cents) between 0 and p.amount_paid_cents
returning :recorded;

--! mark_purchase_disputed (now!) : RecordedPurchase
--- Marks a completed purchase as disputed, once.
--@ scope system: "the payment provider's event carries a payment id and no session"
--@ grants user
--@ tx
update purchases p
set disputed_at = :now, dispute_reason = :reason, stripe_dispute_id = :dispute_id, updated_at = now()
where p.stripe_payment_intent_id = :payment_id and p.status = 'completed' and p.disputed_at is null
returning :recorded;

--! record_failed_purchase
--- pending -> failed.
--@ scope system: "the payment provider's event carries a payment id and no session"
update purchases
set status = 'failed', updated_at = now()
where stripe_payment_intent_id = :payment_id and status = 'pending';
