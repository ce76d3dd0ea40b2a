-- Bulk imports.
--@ scope creator

--! import_drafts
--- Imports any number of texts as drafts of the creator. Slugs have to be in lower case, as the constraint
--- `check_content_slug_lower` requires, since COPY stores values as they are.
--@ copy content(title, slug, description, content_type, content_body, category)
