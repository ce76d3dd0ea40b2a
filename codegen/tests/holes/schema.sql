-- What the cases of this folder need: partitions, functions with defaults, unusual indexes and operator classes, views with rules.
CREATE SCHEMA app;
CREATE COLLATION app.ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE TABLE tags (id int PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE users (id text PRIMARY KEY, email text NOT NULL, display_name text NOT NULL);
CREATE TABLE organizations (id bigint PRIMARY KEY, name text NOT NULL, deleted_at timestamptz);
CREATE TABLE memberships (
  organization_id bigint NOT NULL REFERENCES organizations,
  user_id         text NOT NULL REFERENCES users,
  status          text NOT NULL,
  PRIMARY KEY (organization_id, user_id)
);

CREATE TABLE media (
  id         int PRIMARY KEY,
  creator_id text NOT NULL REFERENCES users,
  title      text NOT NULL,
  kind       text,
  deleted_at timestamptz,
  UNIQUE (creator_id, id)
);
CREATE TABLE content (
  id              int PRIMARY KEY,
  creator_id      text NOT NULL REFERENCES users,
  organization_id bigint REFERENCES organizations,
  media_id        int REFERENCES media,
  slug            text NOT NULL,
  title           text NOT NULL,
  status          text NOT NULL,
  price           int NOT NULL,
  meta            jsonb,
  published_at    timestamptz,
  deleted_at      timestamptz,
  UNIQUE (organization_id, id)
);
CREATE TABLE comments (
  id         int PRIMARY KEY,
  content_id int NOT NULL REFERENCES content,
  body       text NOT NULL,
  deleted_at timestamptz
);
CREATE TABLE notes (id int PRIMARY KEY, content_id int REFERENCES content, author_id text REFERENCES users, body text);
CREATE TABLE profiles (id int PRIMARY KEY, who text REFERENCES users, bio text);
CREATE TABLE readings (id int PRIMARY KEY, organization_id bigint NOT NULL, v double precision NOT NULL);

-- A foreign key that contains the organization, but not the creator.
CREATE TABLE pins (
  id              int PRIMARY KEY,
  creator_id      text NOT NULL REFERENCES users,
  organization_id bigint NOT NULL REFERENCES organizations,
  content_id      int NOT NULL,
  FOREIGN KEY (organization_id, content_id) REFERENCES content (organization_id, id)
);

-- Unique by an expression, with a case-insensitive collation.
CREATE TABLE codes (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, code text NOT NULL, body text);
CREATE UNIQUE INDEX codes_ci ON codes (creator_id COLLATE app.ci, lower(code));
CREATE TABLE tokens (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, code text NOT NULL, body text);
CREATE UNIQUE INDEX tokens_exact ON tokens (creator_id, lower(code));

CREATE DOMAIN owner_id AS text;
CREATE DOMAIN short_id AS varchar(3);
CREATE DOMAIN ci_text AS text COLLATE app.ci;
CREATE TABLE items (id int PRIMARY KEY, creator_id owner_id NOT NULL REFERENCES users, deleted_at timestamptz);

-- Events are in `never_delete`. One partition has its own foreign key, and its columns in another order.
CREATE TABLE events (
  id         int NOT NULL,
  creator_id text NOT NULL REFERENCES users,
  day        date NOT NULL,
  body       text,
  parent     int,
  PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE events_2021 (
  body       text,
  id         int NOT NULL,
  creator_id text NOT NULL REFERENCES users,
  day        date NOT NULL,
  parent     int REFERENCES media
);
ALTER TABLE events ATTACH PARTITION events_2021 FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
CREATE TABLE event_logs (
  id         int PRIMARY KEY,
  creator_id text NOT NULL REFERENCES users,
  event_id   int NOT NULL,
  day        date NOT NULL,
  FOREIGN KEY (event_id, day) REFERENCES events
);

-- Drafts may be deleted, but a note that refers to one of their partitions may not.
CREATE TABLE drafts (id int NOT NULL, creator_id text NOT NULL REFERENCES users, day date NOT NULL, PRIMARY KEY (id, day))
  PARTITION BY RANGE (day);
CREATE TABLE drafts_2020 PARTITION OF drafts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE draft_notes (
  id         int PRIMARY KEY,
  draft_id   int NOT NULL,
  day        date NOT NULL,
  deleted_at timestamptz,
  FOREIGN KEY (draft_id, day) REFERENCES drafts_2020 ON DELETE CASCADE
);

-- One partition is a foreign table.
CREATE FOREIGN DATA WRAPPER elsewhere;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER elsewhere;
CREATE TABLE visits (id int NOT NULL, creator_id text NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE FOREIGN TABLE visits_old PARTITION OF visits FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER elsewhere;

-- A table with the same name in another schema, without a soft-delete column.
CREATE TABLE app.media (id int PRIMARY KEY, title text NOT NULL);

CREATE FUNCTION now_or(p text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN p; END $$;
CREATE FUNCTION titled(p_creator text, p_title text DEFAULT 'untitled') RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT count(*) FROM content WHERE creator_id = p_creator AND title = p_title AND deleted_at IS NULL;
END;
CREATE FUNCTION titled_now(p_creator text, p_title text DEFAULT now_or('x')) RETURNS bigint LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT count(*) FROM content WHERE creator_id = p_creator AND title = p_title AND deleted_at IS NULL;
END;
CREATE FUNCTION cheap_content(p_creator text DEFAULT NULL, p_price int DEFAULT 10) RETURNS SETOF content LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT * FROM content WHERE creator_id = p_creator AND deleted_at IS NULL AND price < p_price;
END;
CREATE FUNCTION all_content() RETURNS SETOF content LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT * FROM content;
END;
CREATE FUNCTION all_content_anew() RETURNS SETOF content LANGUAGE sql
BEGIN ATOMIC
  SELECT * FROM content;
END;
CREATE FUNCTION rename_all(p_creator text) RETURNS bigint LANGUAGE sql
BEGIN ATOMIC
  WITH renamed AS (UPDATE content SET title = 'x' WHERE creator_id = p_creator AND deleted_at IS NULL RETURNING 1)
  SELECT count(*) FROM renamed;
END;
CREATE FUNCTION lock_all(p_creator text) RETURNS SETOF int LANGUAGE sql
BEGIN ATOMIC
  SELECT id FROM content WHERE creator_id = p_creator AND deleted_at IS NULL FOR UPDATE;
END;
CREATE FUNCTION newest(p_creator text) RETURNS content LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT * FROM content WHERE creator_id = p_creator AND deleted_at IS NULL ORDER BY id DESC LIMIT 1;
END;
CREATE FUNCTION slugify(p text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower(p); END $$;
CREATE FUNCTION slugify(p int) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN (SELECT title FROM content WHERE id = p); END $$;

-- Functions whose declared results truncate the selected values to three characters, or compare them case-insensitively.
CREATE TYPE short_row AS (owner varchar(3), title text);
CREATE TABLE aliases (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, name ci_text NOT NULL);
CREATE FUNCTION short_rows() RETURNS SETOF short_row LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT creator_id::varchar, title FROM content WHERE deleted_at IS NULL;
END;
CREATE FUNCTION short_owners() RETURNS TABLE (owner short_id, title text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT creator_id::varchar, title FROM content WHERE deleted_at IS NULL;
END;
CREATE FUNCTION owners_as_names() RETURNS SETOF aliases LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT id, slug, creator_id FROM content WHERE deleted_at IS NULL;
END;

-- An operator class whose functions read rows.
CREATE FUNCTION app.before(text, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN (SELECT count(*) FROM content WHERE title = $1) < (SELECT count(*) FROM content WHERE title = $2); END $$;
CREATE FUNCTION app.compare(text, text) RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 0 $$;
CREATE OPERATOR app.<<< (LEFTARG = text, RIGHTARG = text, FUNCTION = app.before);
CREATE OPERATOR app.==< (LEFTARG = text, RIGHTARG = text, FUNCTION = app.before);
CREATE OPERATOR app.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = app.before);
CREATE OPERATOR app.>== (LEFTARG = text, RIGHTARG = text, FUNCTION = app.before);
CREATE OPERATOR app.>>> (LEFTARG = text, RIGHTARG = text, FUNCTION = app.before);
CREATE OPERATOR CLASS app.odd_ops FOR TYPE text USING btree AS
  OPERATOR 1 app.<<<, OPERATOR 2 app.==<, OPERATOR 3 app.===, OPERATOR 4 app.>==, OPERATOR 5 app.>>>,
  FUNCTION 1 app.compare(text, text);

CREATE VIEW ruled AS SELECT id, creator_id, title, deleted_at FROM content;
CREATE RULE ruled_insert AS ON INSERT TO ruled DO ALSO INSERT INTO tags VALUES (1, 'x');
CREATE VIEW triggered AS SELECT id, creator_id, title, deleted_at FROM content;
CREATE FUNCTION app.triggered_write() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER triggered_write INSTEAD OF UPDATE ON triggered FOR EACH ROW EXECUTE FUNCTION app.triggered_write();
CREATE VIEW above_ruled AS SELECT id, creator_id, title, deleted_at FROM ruled;
CREATE VIEW locking AS SELECT id, creator_id, title, deleted_at FROM content FOR UPDATE;
CREATE VIEW barrier WITH (security_barrier) AS SELECT id, creator_id, title, deleted_at FROM content;

-- The owner and a foreign key are generated columns.
CREATE TABLE paths (
  id         int PRIMARY KEY,
  path       text NOT NULL,
  note       text,
  size       int NOT NULL,
  creator_id text GENERATED ALWAYS AS (split_part(path, '/', 1)) STORED,
  reviewer   text GENERATED ALWAYS AS (split_part(note, '/', 1)) STORED REFERENCES users
);

-- The policy names the owner column of the partitioned table; the partition has its columns in another order.
CREATE TABLE sheets (
  id              int NOT NULL,
  drawer          text NOT NULL REFERENCES users,
  organization_id bigint NOT NULL REFERENCES organizations,
  day             date NOT NULL,
  PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);
CREATE TABLE sheets_2020 (
  day             date NOT NULL,
  organization_id bigint NOT NULL REFERENCES organizations,
  id              int NOT NULL,
  drawer          text NOT NULL REFERENCES users
);
ALTER TABLE sheets ATTACH PARTITION sheets_2020 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE marks (id int NOT NULL, organization_id bigint NOT NULL REFERENCES organizations, content_id int REFERENCES content, day date NOT NULL)
  PARTITION BY RANGE (day);
CREATE TABLE marks_2020 PARTITION OF marks FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- An identity column that is a foreign key.
CREATE TABLE descriptions (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY REFERENCES content, organization_id bigint REFERENCES organizations, body text);

-- A base type with a default.
CREATE TYPE moment;
CREATE FUNCTION moment_in(cstring) RETURNS moment LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION moment_out(moment) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE TYPE moment (INPUT = moment_in, OUTPUT = moment_out, LIKE = text, DEFAULT = 'now');

-- A domain whose check reads rows.
CREATE FUNCTION app.is_taken(p int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN EXISTS (SELECT FROM media WHERE id = p); END $$;
CREATE DOMAIN taken AS int CHECK (app.is_taken(VALUE));
CREATE DOMAIN small AS int CHECK (VALUE BETWEEN 0 AND 9 OR VALUE IN (11, 12));

-- An operator class of built-in operators whose support function reads rows.
CREATE FUNCTION app.box_compare(box, box) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN RETURN (SELECT count(*) FROM content); END $$;
CREATE OPERATOR CLASS app.box_ops DEFAULT FOR TYPE box USING btree AS
  OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =, OPERATOR 4 >=, OPERATOR 5 >, FUNCTION 1 app.box_compare(box, box);

-- An operator class with `<>` as its equality.
CREATE TYPE app.side AS ENUM ('left', 'right');
CREATE OPERATOR CLASS app.side_ops DEFAULT FOR TYPE app.side USING hash AS
  OPERATOR 1 <> (text, text), FUNCTION 1 hashtext(text);

-- Types whose functions read rows, which PostgreSQL calls implicitly: to compare values, and to cast them to text or JSON.
CREATE FUNCTION app.reads(p text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN EXISTS (SELECT FROM content WHERE title = p); END $$;
CREATE TYPE app.label AS (word text);
CREATE FUNCTION app.labels_equal(app.label, app.label) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN app.reads($1.word); END $$;
CREATE FUNCTION app.compare_labels(app.label, app.label) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN app.reads($1.word)::int; END $$;
CREATE FUNCTION app.labels_less(app.label, app.label) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1.word < $2.word; END $$;
CREATE OPERATOR app.< (LEFTARG = app.label, RIGHTARG = app.label, FUNCTION = app.labels_less);
CREATE OPERATOR app.= (LEFTARG = app.label, RIGHTARG = app.label, FUNCTION = app.labels_equal);
CREATE OPERATOR CLASS app.label_ops DEFAULT FOR TYPE app.label USING btree AS OPERATOR 1 app.<, OPERATOR 3 app.=, FUNCTION 1 app.compare_labels(app.label, app.label);
CREATE FUNCTION app.odd_compare(int, int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN CASE WHEN app.reads('x') THEN 0 ELSE 1 END; END $$;
CREATE OPERATOR CLASS app.odd_int_ops FOR TYPE int USING btree AS FUNCTION 1 app.odd_compare(int, int);
CREATE TYPE app.span AS RANGE (subtype = int, subtype_opclass = app.odd_int_ops);
CREATE TYPE app.mood AS ENUM ('good', 'bad');
CREATE FUNCTION app.mood_json(app.mood) RETURNS json LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN to_json(app.reads('x')); END $$;
CREATE CAST (app.mood AS json) WITH FUNCTION app.mood_json(app.mood);
CREATE FUNCTION app.mood_text(app.mood) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN app.reads('x'); END $$;
CREATE CAST (app.mood AS text) WITH FUNCTION app.mood_text(app.mood) AS ASSIGNMENT;
CREATE TYPE app.old_name AS (first text, last text);
CREATE TYPE app.new_name AS (whole text);
CREATE FUNCTION app.new_from_old(app.old_name) RETURNS app.new_name LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN row(app.reads($1.first)); END $$;
CREATE CAST (app.old_name AS app.new_name) WITH FUNCTION app.new_from_old(app.old_name) AS IMPLICIT;
CREATE TABLE letters (
  id         int PRIMARY KEY,
  creator_id text NOT NULL REFERENCES users,
  label      app.label,
  labels     app.label[],
  span       app.span,
  mood       app.mood,
  old_name   app.old_name,
  new_name   app.new_name,
  moments    short_row[]
);
CREATE FUNCTION moods(p_creator text) RETURNS TABLE (id int, mood text) LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT id, mood FROM letters WHERE creator_id = p_creator;
END;
CREATE FUNCTION first_mood(p_creator text) RETURNS text LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT mood FROM letters WHERE creator_id = p_creator ORDER BY id LIMIT 1;
END;
CREATE FUNCTION own_moods(p_creator text) RETURNS SETOF app.mood LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT mood FROM letters WHERE creator_id = p_creator;
END;

-- A similar type whose functions the policy trusts.
CREATE TYPE app.shade AS (word text);
CREATE FUNCTION app.shades_equal(app.shade, app.shade) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1.word = $2.word; END $$;
CREATE FUNCTION app.compare_shades(app.shade, app.shade) RETURNS int LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN bttextcmp($1.word, $2.word); END $$;
CREATE FUNCTION app.shades_less(app.shade, app.shade) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1.word < $2.word; END $$;
CREATE OPERATOR app.< (LEFTARG = app.shade, RIGHTARG = app.shade, FUNCTION = app.shades_less);
CREATE OPERATOR app.= (LEFTARG = app.shade, RIGHTARG = app.shade, FUNCTION = app.shades_equal);
CREATE OPERATOR CLASS app.shade_ops DEFAULT FOR TYPE app.shade USING btree AS OPERATOR 1 app.<, OPERATOR 3 app.=, FUNCTION 1 app.compare_shades(app.shade, app.shade);
CREATE TABLE curtains (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, shades app.shade[]);

-- An operator that declares `=` as its negator, which version 17 and later reject, and one that is added to a family as equality.
DO $$ BEGIN
  CREATE OPERATOR app.<!> (LEFTARG = text, RIGHTARG = text, FUNCTION = text_lt, NEGATOR = OPERATOR(pg_catalog.=));
EXCEPTION WHEN invalid_function_definition THEN
  CREATE OPERATOR app.<!> (LEFTARG = text, RIGHTARG = text, FUNCTION = text_lt);
END $$;
ALTER OPERATOR FAMILY pg_catalog.uuid_ops USING btree ADD OPERATOR 3 pg_catalog.~~ (text, text);

-- Replacements of built-in functions by ones that read rows.
CREATE OR REPLACE FUNCTION pg_catalog.lpad(text, int) RETURNS text LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
  SELECT max(title) FROM content;
END;
CREATE OR REPLACE FUNCTION pg_catalog.initcap(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN (SELECT max(title) FROM content); END $$;

-- The cast of `tone` only computes. That of `pitch` converts a `mood` to JSON, whose cast reads rows.
CREATE TYPE app.tone AS ENUM ('high', 'low');
CREATE FUNCTION app.tone_json(app.tone) RETURNS json LANGUAGE sql IMMUTABLE RETURN to_json(upper($1::text));
CREATE CAST (app.tone AS json) WITH FUNCTION app.tone_json(app.tone);
CREATE TYPE app.pitch AS ENUM ('high', 'low');
CREATE FUNCTION app.pitch_json(app.pitch) RETURNS json LANGUAGE sql IMMUTABLE RETURN to_json(ROW('good'::app.mood));
CREATE CAST (app.pitch AS json) WITH FUNCTION app.pitch_json(app.pitch);
CREATE TABLE songs (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, tone app.tone, pitch app.pitch);
CREATE FUNCTION app.all_of_them(boolean, boolean) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN app.reads('x'); END $$;
CREATE OR REPLACE AGGREGATE pg_catalog.every(boolean) (sfunc = app.all_of_them, stype = boolean);

-- An operator that declares a built-in operator as its negator, so that PostgreSQL calls it for NOT.
CREATE FUNCTION app.lacks(jsonb, text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN app.reads($2); END $$;
CREATE OPERATOR app.!? (LEFTARG = jsonb, RIGHTARG = text, FUNCTION = app.lacks, NEGATOR = OPERATOR(pg_catalog.?));

-- A key that refers to nothing where one of its columns is NULL, and one that always refers to something.
CREATE TABLE shelves (
  id              int PRIMARY KEY,
  creator_id      text NOT NULL REFERENCES users,
  organization_id bigint,
  content_id      int,
  FOREIGN KEY (organization_id, content_id) REFERENCES content (organization_id, id)
);
CREATE TABLE covers (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, content_id int REFERENCES content);

-- Whose a paper is the part computes, before version 16 alone, and later on as the whole does.
DO $$ BEGIN
  CREATE TABLE papers (id int NOT NULL, path text, creator_id text, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE papers_2020 (id int NOT NULL, path text, creator_id text GENERATED ALWAYS AS (split_part(path, '/', 1)) STORED, day date NOT NULL);
  ALTER TABLE papers ATTACH PARTITION papers_2020 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
EXCEPTION WHEN invalid_table_definition OR datatype_mismatch OR wrong_object_type OR feature_not_supported THEN
  CREATE TABLE papers (id int NOT NULL, path text, creator_id text GENERATED ALWAYS AS (split_part(path, '/', 1)) STORED, day date NOT NULL)
    PARTITION BY RANGE (day);
  CREATE TABLE papers_2020 PARTITION OF papers FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
END $$;

-- Ranges of rows, which are compared by what compares their columns.
CREATE TYPE app.pair AS (first app.label, last app.label);
CREATE TYPE app.pairs AS RANGE (subtype = app.pair, multirange_type_name = app.pair_sets);
CREATE TABLE chapters (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users, pages app.pair_sets);

-- A key that carries the owner, and does not tell upper case from lower.
CREATE TABLE stamps (id int PRIMARY KEY, creator_id text COLLATE app.ci NOT NULL, UNIQUE (creator_id, id));
CREATE TABLE parcels (
  id         int PRIMARY KEY,
  creator_id text COLLATE app.ci NOT NULL,
  stamp_id   int,
  FOREIGN KEY (creator_id, stamp_id) REFERENCES stamps (creator_id, id)
);

-- An order in which 'A' and 'a' are equal.
DO $$ DECLARE
  sign text;
BEGIN
  FOREACH sign IN ARRAY '{<,<=,=,>=,>}'::text[] LOOP
    EXECUTE format('CREATE FUNCTION app."low %s"(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN lower($1) %s lower($2)', sign, sign);
    EXECUTE format('CREATE OPERATOR app.%s# (LEFTARG = text, RIGHTARG = text, FUNCTION = app."low %s")', sign, sign);
  END LOOP;
END $$;
CREATE FUNCTION app.low_compare(text, text) RETURNS int LANGUAGE sql IMMUTABLE RETURN bttextcmp(lower($1), lower($2));
CREATE OPERATOR CLASS app.low FOR TYPE text USING btree AS
  OPERATOR 1 app.<#, OPERATOR 2 app.<=#, OPERATOR 3 app.=#, OPERATOR 4 app.>=#, OPERATOR 5 app.>#,
  FUNCTION 1 app.low_compare(text, text);

-- A key that carries the owner and compares by that order.
CREATE TABLE labels (id int PRIMARY KEY, creator_id text NOT NULL REFERENCES users);
CREATE UNIQUE INDEX labels_low ON labels (creator_id app.low, id);
CREATE TABLE boxes (
  id         int PRIMARY KEY,
  creator_id text NOT NULL REFERENCES users,
  label_id   int,
  FOREIGN KEY (creator_id, label_id) REFERENCES labels (creator_id, id)
);
