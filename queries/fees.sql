-- The platform's fee and its history. A constraint ensures that no two fees apply at the same time.
--@ scope system: "the fee is the platform's own affair and has no tenant"

--! current_platform_fee
--- The fee that applies at a time.
select id, platform_fee_percentage, effective_from, effective_until
from platform_fee_config
where effective_from <= :at and (effective_until is null or effective_until > :at)
order by effective_from desc, id
limit 1;

--! list_platform_fees
--- All fees, the latest first.
--@ page total
select id, platform_fee_percentage, effective_from, effective_until, created_at
from platform_fee_config
order by effective_from desc, id;

--! lock_open_platform_fee
--- Locks the fee that has no end. Run it before `close_platform_fee` and `insert_platform_fee`.
select id, platform_fee_percentage, effective_from
from platform_fee_config
where effective_until is null
order by effective_from desc, id
limit 1
for update;

--! close_platform_fee
--- Ends a fee at `until`, if it began before.
--@ tx
update platform_fee_config
set effective_until = :until, updated_at = now()
where id = :id and effective_until is null and effective_from < :until;

--! insert_platform_fee : PlatformFeeConfig
--- Adds a fee, in basis points, that applies from a time on.
--@ tx
insert into platform_fee_config (platform_fee_percentage, effective_from)
values (:basis_points, :from)
returning *;
