-- Imports: what creators bring along from elsewhere.
--@ scope creator

--! import_drafts
--- Pieces that were written elsewhere, as drafts of the creator, however many there are. Their slugs are in lower case, or
--- `check_content_slug_lower` refuses them: COPY stores what it gets.
--@ copy content(title, slug, description, content_type, content_body, category)
