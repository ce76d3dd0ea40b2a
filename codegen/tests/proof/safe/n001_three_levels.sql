-- why: each level of a nested result asks for its own rows and live ones
-- level: basic
--@ scope organization

--! n001_three_levels
SELECT jsonb_build_object(
         'id', o.id,
         'content', COALESCE((
           SELECT jsonb_agg(jsonb_build_object(
                    'id', c.id,
                    'comments', (SELECT jsonb_agg(to_jsonb(k) - 'user_id') FROM comments k WHERE k.content_id = c.id AND k.deleted_at IS NULL)))
             FROM content c WHERE c.organization_id = o.id AND c.deleted_at IS NULL), '[]')) AS organization
  FROM organizations o
 WHERE o.id = :organization_id AND o.deleted_at IS NULL
;
