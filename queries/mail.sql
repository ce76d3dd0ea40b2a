-- The mail log: mails that were sent or attempted, for whom, and with what result.
--
-- An entry is written before the mail is sent and updated afterwards, each by a statement outside of any transaction.
-- In a transaction, a rollback would remove the entry of a mail that was sent.
--@ scope organization as manager

--! insert_email_audit : EmailAuditLog
--- Logs a mail that is about to be sent.
--@ scope system: "the mail worker acts for whoever the mail is about, signed in or not"
insert into email_audit_logs (template_name, recipient_email, organization_id, creator_id, metadata)
values (:template_name, lower(:recipient_email), :organization_id, :creator_id, :metadata)
returning *;

--! mark_email_sent
--- pending -> success.
--@ scope system: "the mail worker acts for whoever the mail is about, signed in or not"
update email_audit_logs
set status = 'success', updated_at = now()
where id = :id and status = 'pending';

--! mark_email_failed (error!)
--- pending -> failed, with the provider's message.
--@ scope system: "the mail worker acts for whoever the mail is about, signed in or not"
update email_audit_logs
set status = 'failed', error = left(:error, 2000), updated_at = now()
where id = :id and status = 'pending';

--! was_template_sent
--- Whether an address got a mail of this kind. Pending and failed ones do not count.
--@ scope system: "whoever gets the mail need not have an account"
select exists (
    select from email_audit_logs
    where recipient_email = lower(:recipient_email)
        and template_name = :template_name
        and status = 'success'
) as sent;

--! list_email_audit
--- The mails sent for the organization, the newest first. Filters: state, kind, period.
--@ page total
select id, template_name, recipient_email, status, error, created_at, updated_at
from email_audit_logs
where organization_id = :organization_id
    and status = :status                                        --? status
    and template_name = :template_name                          --? template_name
    and created_at >= :since                                    --? since
    and created_at < :until                                     --? until
order by created_at desc, id;

--! email_delivery_stats
--- The number of mails with each result for each day in UTC, for up to a year. Days without a mail are left out.
select
    (created_at at time zone 'utc')::date as day,
    count(*) filter (where status = 'pending') as pending,
    count(*) filter (where status = 'success') as sent,
    count(*) filter (where status = 'failed') as failed
from email_audit_logs
where organization_id = :organization_id
    and created_at >= :since
    and created_at < :until
group by day
order by day
limit 366;
