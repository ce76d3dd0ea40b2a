-- Seed data for development, demonstrations and load tests, in the order of the foreign keys.
--@ scope system: "seeding writes rows of many tenants, into databases that nobody else works on"

--! seed_users
--@ copy users(id, name, email, email_verified, image, role)

--! seed_accounts
--@ copy accounts(id, account_id, provider_id, user_id, password)

--! seed_sessions
--@ copy sessions(id, user_id, token, expires_at, ip_address, user_agent)

--! seed_organizations
--@ copy organizations(id, name, slug, description)

--! seed_memberships
--@ copy organization_memberships(organization_id, user_id, role, status, invited_by)

--! seed_media
--@ copy media_items(id, creator_id, title, media_type, status, r2_key, file_size_bytes, mime_type)

--! seed_content
--@ copy content(id, creator_id, organization_id, media_item_id, title, slug, content_type, content_body, visibility, price_cents, status, published_at)

--! seed_purchases
--@ copy purchases(customer_id, content_id, organization_id, amount_paid_cents, stripe_payment_intent_id, status, creator_payout_cents, purchased_at)

--! seed_access
--@ copy content_access(user_id, content_id, organization_id, access_type, expires_at)

--! seed_playback
--@ copy video_playback(user_id, content_id, position_seconds, duration_seconds, completed)
