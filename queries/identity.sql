-- Users, their linked accounts, sessions and verification tokens.
--
-- Queries that run before sign-in are of system scope, since there is no user scope yet. Timestamps in these tables
-- have no time zone, so the caller passes the time to compare with (`:now`, in UTC).
--@ scope user

--! create_user : User
--- Adds a user. The id is chosen by the authentication library.
--@ scope system: "the person registers and cannot be signed in yet"
insert into users (id, name, email, image)
values (:id, :name, lower(:email), :image)
returning *;

--! create_account
--- Stores a way to sign in: a provider's tokens, or a password hash under the provider `credential`.
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
--- Registers a user with a password, in one statement: the user, the credential and the token for verifying the e-mail
--- address.
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
--- The live user with an e-mail address.
--@ scope system: "sign-in looks the caller up"
select *
from users
where email = lower(:email) and deleted_at is null;

--! find_user_with_accounts_by_email : UserWithAccounts
--- The live user with an e-mail address, with all ways to sign in.
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
--- The public profile of a creator, with the number of published pieces.
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
--- Changes the given fields. A new e-mail address has to be verified again.
update users
set name = coalesce(:name, name),
    email = coalesce(lower(:email), email),
    email_verified = email_verified and coalesce(lower(:email) = email, true),
    updated_at = now()
where id = :user_id and deleted_at is null
returning id, name, email, email_verified, role, image, avatar_url, created_at;

--! mark_email_verified
--- Marks the e-mail address as verified, if it is still the one that the token was sent to.
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
--- Removes the uploaded picture, so that the provider's is shown again.
update users
set avatar_url = null, updated_at = now()
where id = :user_id and deleted_at is null;

--! upgrade_to_creator
--- Makes a customer a creator. No row if the caller has another role.
update users
set role = 'creator', updated_at = now()
where id = :user_id and role = 'customer' and deleted_at is null
returning id, role;

--! lock_account
--- Locks the user's row until the transaction ends. It waits for transactions that are adding content or media, because
--- they lock the row too.
--@ scope creator
select id
from users
where id = :creator_id and deleted_at is null
for update;

--! close_account
--- Soft-deletes the account and anonymizes it, which frees its e-mail address. Changes nothing while the user owns a
--- live organization or has live content or media. Run it after `lock_account`. If it changed a row, run
--- `revoke_sessions` and `memberships::leave_all_organizations` after it in the same transaction. They must not run
--- before it, because leaving the organizations ends the user's ownership.
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
--- The number of live users with each platform role.
--@ scope system: "overview for the platform's staff"
select role, count(*) as users, count(*) filter (where email_verified) as verified
from users
where deleted_at is null
group by role
order by role;

-- Accounts

--! find_account_by_provider
--- The live user who has linked a provider's account.
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
--- Links a provider's account to the caller, or refreshes its tokens. No row if another user has linked the account. If
--- the provider sends no new refresh token, the old one is kept.
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
--- Replaces the caller's password hash. After a reset, run `revoke_sessions` too.
update accounts
set password = :password, updated_at = now()
where user_id = :user_id and provider_id = 'credential';

--! unlink_account
--- Removes a way to sign in, unless it is the last one. All of the user's rows are locked, so that of two concurrent
--- requests the second one waits and sees what the first one left.
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
--- Begins a session for the caller. No row if the account was deleted.
insert into sessions (id, user_id, token, expires_at, ip_address, user_agent)
select :id, u.id, :token, :expires_at, :ip_address, :user_agent
from users u
where u.id = :user_id and u.deleted_at is null
returning *;

--! find_session_with_user
--- Authenticates a request: returns the valid session of a token, with its live user.
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
--- The caller's sessions, the newest first. `is_current` marks that of the request.
select id, created_at, expires_at, ip_address, user_agent, token = :token as is_current
from sessions
where user_id = :user_id and expires_at > :now
order by created_at desc, id;

--! extend_session
--- Extends a valid session, but only if that adds at least a day, so that not every request writes.
update sessions
set expires_at = :expires_at, updated_at = now()
where token = :token
    and user_id = :user_id
    and expires_at > :now
    and expires_at + interval '1 day' <= :expires_at;

--! delete_session
--- Ends the session: signs the caller out.
delete from sessions
where token = :token and user_id = :user_id;

--! revoke_other_sessions
--- Ends all other sessions of the caller.
delete from sessions
where user_id = :user_id and token <> :token;

--! revoke_sessions
--- Ends all sessions of the caller.
delete from sessions
where user_id = :user_id;

--! purge_expired_sessions
--- Removes a batch of expired sessions, the oldest first. Several workers can run it at once.
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
--- The newest valid token for an identifier.
--@ scope system: "verification comes before sign-in"
select *
from verification_tokens
where identifier = :identifier and expires_at > :now
order by created_at desc, id
limit 1;

--! consume_verification
--- Uses up a token. If several callers try at once, only one gets the row.
--@ scope system: "verification comes before sign-in"
delete from verification_tokens
where id = :id and value = :value and expires_at > :now
returning identifier;

--! discard_verifications
--- Removes all tokens for an identifier, so that the others cannot be used after one of them was.
--@ scope system: "verification comes before sign-in"
delete from verification_tokens
where identifier = :identifier;

--! purge_expired_verifications
--- Removes a batch of expired tokens.
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
