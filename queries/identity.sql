-- Users, their accounts at providers, sessions and verification tokens.
--
-- Before anyone is signed in there is no scope to claim: those queries are of system scope. Times of these tables have
-- no zone, so the caller passes the moment (:now, in UTC) that a predicate compares with.
--@ scope user

--! create_user : User
--- Adds an account holder. The id comes from the authentication library.
--@ scope system: "the person registers and cannot be signed in yet"
insert into users (id, name, email, image)
values (:id, :name, lower(:email), :image)
returning *;

--! create_account
--- Stores a way to sign in: a provider's tokens, or the hash of a password under the provider `credential`.
--@ scope system: "part of registration, before the first sign-in"
insert into accounts (
    id, account_id, provider_id, user_id, access_token, refresh_token, id_token,
    access_token_expires_at, refresh_token_expires_at, scope, password
)
select
    :id, :account_id, :provider_id, u.id, :access_token, :refresh_token, :id_token,
    :access_token_expires_at, :refresh_token_expires_at, :granted_scope, :password
from users u
where u.id = :owner_id and u.deleted_at is null
returning id, provider_id, user_id, created_at;

--! register_user (password!)
--- Registers a person with a password, in one statement: the user, the credential and the token that will verify
--- the e-mail address.
--@ scope system: "the person registers and cannot be signed in yet"
--@ one
with registered as (
    insert into users (id, name, email)
    values (:id, :name, lower(:email))
    returning id, name, email, role, created_at
), credential as (
    insert into accounts (id, account_id, provider_id, user_id, password)
    select :account_id, r.id, 'credential', r.id, :password
    from registered r
), verification as (
    insert into verification_tokens (id, identifier, value, expires_at)
    select :verification_id, r.email, :verification_value, :verification_expires_at
    from registered r
)
select id, name, email, role, created_at
from registered;

--! find_user_by_email : User
--- The live account of an e-mail address.
--@ scope system: "sign-in looks the caller up"
select *
from users
where email = lower(:email) and deleted_at is null;

--! find_user_with_accounts_by_email : UserWithAccounts
--- The live account of an e-mail address, with all ways to sign in.
--@ scope system: "sign-in looks the caller up and compares the password"
select
    u.id,
    u.name,
    u.email,
    u.email_verified,
    u.role,
    array(
        select x from (
            select a.id, a.provider_id, a.password from accounts a where a.user_id = u.id order by a.created_at, a.id
        ) x
    ) as accounts
from users u
where u.email = lower(:email) and u.deleted_at is null;

--! get_profile
--- The caller's own profile.
select id, name, email, email_verified, role, image, avatar_url, created_at
from users
where id = :user_id and deleted_at is null;

--! get_public_profile
--- What anyone may know of a creator, with the number of published pieces.
--@ scope public
select u.id, u.name, u.image, u.avatar_url, count(c.id) as published_count
from users u
left join content c
    on c.creator_id = u.id
    and c.status = 'published'
    and c.visibility <> 'private'
    and c.deleted_at is null
    and (
        c.organization_id is null
        or exists (
            select from organizations o
            where o.id = c.organization_id and o.deleted_at is null
        )
    )
where u.id = :id and u.deleted_at is null
group by u.id;

--! update_profile (name?, email?)
--- Changes what is given. A new e-mail address has to be verified again.
update users
set name = coalesce(:name, name),
    email = coalesce(lower(:email), email),
    email_verified = email_verified and coalesce(lower(:email) = email, true),
    updated_at = now()
where id = :user_id and deleted_at is null
returning id, name, email, email_verified, role, image, avatar_url, created_at;

--! mark_email_verified
--- Notes that a verification token was consumed; `email` has to be the address it was sent to.
--@ scope system: "the token stands for the person, who need not be signed in"
update users
set email_verified = true, updated_at = now()
where id = :id and email = lower(:email) and deleted_at is null;

--! set_avatar (avatar_url!)
--- Sets the uploaded picture.
update users
set avatar_url = :avatar_url, updated_at = now()
where id = :user_id and deleted_at is null;

--! clear_avatar
--- Goes back to the picture of the provider.
update users
set avatar_url = null, updated_at = now()
where id = :user_id and deleted_at is null;

--! upgrade_to_creator
--- Makes a customer a creator; no row when the caller was something else already.
update users
set role = 'creator', updated_at = now()
where id = :user_id and role = 'customer' and deleted_at is null
returning id, role;

--! lock_account
--- Locks the account for what follows in the transaction, once nothing is being added to it any more: what adds something
--- holds the account.
--@ scope creator
select id
from users
where id = :creator_id and deleted_at is null
for update;

--! close_account
--- Deletes the account softly and makes it anonymous, which frees its e-mail address. Changes nothing while the caller
--- owns a live organization or has live content or media. Comes after `lock_account`. Where it changed a row,
--- `revoke_sessions` and `memberships::leave_all_organizations` follow in the same transaction; before it, they would end
--- that ownership.
--@ scope creator
--@ tx
update users u
set name = 'Deleted account',
    email = 'deleted-' || u.id || '@codex.invalid',
    email_verified = false,
    image = null,
    avatar_url = null,
    deleted_at = now(),
    updated_at = now()
where u.id = :creator_id
    and u.deleted_at is null
    and not exists (
        select from content c
        where c.creator_id = :creator_id and c.deleted_at is null
    )
    and not exists (
        select from media_items m
        where m.creator_id = :creator_id and m.deleted_at is null
    )
    and not exists (
        select from organization_memberships om
        join organizations o on o.id = om.organization_id and o.deleted_at is null
        where om.user_id = :creator_id and om.role = 'owner' and om.status = 'active'
    );

--! count_users_by_role
--- Live users for each role on the platform.
--@ scope system: "overview for the platform's staff"
select role, count(*) as users, count(*) filter (where email_verified) as verified
from users
where deleted_at is null
group by role
order by role;

-- Accounts

--! find_account_by_provider
--- The user behind a provider's account, when that user is live.
--@ scope system: "the provider's callback says who is signing in"
select a.id, a.user_id, u.name as "user.name", u.email as "user.email", u.role as "user.role"
from accounts a
join users u on u.id = a.user_id and u.deleted_at is null
where a.provider_id = :provider_id and a.account_id = :account_id;

--! list_accounts
--- The caller's ways to sign in, without tokens.
select id, provider_id, account_id, scope, created_at, updated_at
from accounts
where user_id = :user_id
order by created_at, id;

--! upsert_oauth_account
--- Links a provider to the caller, or refreshes its tokens. No row when the provider's account belongs to someone else.
--- A provider that sends no new refresh token keeps the old one.
insert into accounts as a (
    id, account_id, provider_id, user_id, access_token, refresh_token, id_token,
    access_token_expires_at, refresh_token_expires_at, scope
)
values (
    :id, :account_id, :provider_id, :user_id, :access_token, :refresh_token, :id_token,
    :access_token_expires_at, :refresh_token_expires_at, :granted_scope
)
on conflict (provider_id, account_id) do update
set access_token = excluded.access_token,
    refresh_token = coalesce(excluded.refresh_token, a.refresh_token),
    id_token = excluded.id_token,
    access_token_expires_at = excluded.access_token_expires_at,
    refresh_token_expires_at = coalesce(excluded.refresh_token_expires_at, a.refresh_token_expires_at),
    scope = excluded.scope,
    updated_at = now()
where a.user_id = :user_id
returning id, provider_id, created_at, updated_at;

--! update_password (password!)
--- Replaces the hash of the caller's password. After a reset, `revoke_sessions` goes with it.
update accounts
set password = :password, updated_at = now()
where user_id = :user_id and provider_id = 'credential';

--! unlink_account
--- Removes a way to sign in, unless it is the last one. All of them are locked, so that two requests cannot both remove the
--- last but one: the second one waits, and counts what the first has left.
with locked as (
    select id, provider_id
    from accounts
    where user_id = :user_id
    order by id
    for update
)
delete from accounts a
where a.user_id = :user_id
    and a.provider_id = :provider_id
    and exists (
        select from locked other
        where other.provider_id <> :provider_id
    );

-- Sessions

--! create_session : Session
--- Signs the caller in; no row when the account was deleted.
insert into sessions (id, user_id, token, expires_at, ip_address, user_agent)
select :id, u.id, :token, :expires_at, :ip_address, :user_agent
from users u
where u.id = :user_id and u.deleted_at is null
returning *;

--! find_session_with_user
--- Authenticates a request: the session of a token that is still in force, with its live user.
--@ scope system: "the token says who the caller is"
select
    s.id,
    s.expires_at,
    s.updated_at,
    u.id as "user.id",
    u.name as "user.name",
    u.email as "user.email",
    u.email_verified as "user.email_verified",
    u.role as "user.role",
    coalesce(u.avatar_url, u.image) as "user.picture"
from sessions s
join users u on u.id = s.user_id and u.deleted_at is null
where s.token = :token and s.expires_at > :now;

--! list_sessions
--- Where the caller is signed in, the newest first; `is_current` marks the session of the request.
select id, created_at, expires_at, ip_address, user_agent, token = :token as is_current
from sessions
where user_id = :user_id and expires_at > :now
order by created_at desc, id;

--! extend_session
--- Moves the end of a session that is in force, when that gives it a day more at least: so not with every request.
update sessions
set expires_at = :expires_at, updated_at = now()
where token = :token
    and user_id = :user_id
    and expires_at > :now
    and expires_at + interval '1 day' <= :expires_at;

--! delete_session
--- Signs out.
delete from sessions
where token = :token and user_id = :user_id;

--! revoke_other_sessions
--- Signs out everywhere but here.
delete from sessions
where user_id = :user_id and token <> :token;

--! revoke_sessions
--- Signs out everywhere.
delete from sessions
where user_id = :user_id;

--! purge_expired_sessions
--- Removes a batch of ended sessions, the oldest first. Several workers can do it at once.
--@ scope system: "clean-up over all users"
delete from sessions
where id in (
    select s.id
    from sessions s
    where s.expires_at <= :now
    order by s.expires_at, s.id
    limit :batch_size
    for update skip locked
);

-- Verification tokens

--! create_verification : VerificationToken
--- Stores a one-time token.
--@ scope system: "verification comes before sign-in"
insert into verification_tokens (id, identifier, value, expires_at)
values (:id, :identifier, :value, :expires_at)
returning *;

--! find_verification : VerificationToken
--- The newest token of an identifier that is still in force.
--@ scope system: "verification comes before sign-in"
select *
from verification_tokens
where identifier = :identifier and expires_at > :now
order by created_at desc, id
limit 1;

--! consume_verification
--- Uses a token up. Only one caller gets the row, however many try.
--@ scope system: "verification comes before sign-in"
delete from verification_tokens
where id = :id and value = :value and expires_at > :now
returning identifier;

--! discard_verifications
--- Removes all tokens of an identifier: what one of them did, the others must not do again.
--@ scope system: "verification comes before sign-in"
delete from verification_tokens
where identifier = :identifier;

--! purge_expired_verifications
--- Removes a batch of tokens that have run out.
--@ scope system: "clean-up over all users"
delete from verification_tokens
where id in (
    select t.id
    from verification_tokens t
    where t.expires_at <= :now
    order by t.expires_at, t.id
    limit :batch_size
    for update skip locked
);
