-- The mail log: what was sent or tried, on whose behalf, and what came of it.
--
-- An entry is made before the mail is handed over and closed after it, each in a statement of its own outside of any
-- transaction: what is rolled back must not take with it that a mail went out.
--@ scope organization as manager

--! insert_email_audit : EmailAuditLog
--- Notes that a mail is about to be sent.
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
--- pending -> failed, with what the provider said.
--@ scope system: "the mail worker acts for whoever the mail is about, signed in or not"
update email_audit_logs
set status = 'failed', error = left(:error, 2000), updated_at = now()
where id = :id and status = 'pending';

--! was_template_sent
--- Whether an address got a mail of this kind. One that is under way or failed does not count.
--@ scope system: "whoever gets the mail need not have an account"
select exists (
    select from email_audit_logs
    where recipient_email = lower(:recipient_email)
        and template_name = :template_name
        and status = 'success'
) as sent;

--! list_email_audit
--- The mails sent for the organization, the newest first: in one state, of one kind or of a time, as far as these are
--- given.
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
--- What came of the mails of each day, in UTC, of up to a year. Days without a mail are left out.
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
