-- Rows that a caller may see because they are public, shared with the caller, or watched by the caller.
CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE organizations (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE memberships (
  organization_id int NOT NULL REFERENCES organizations,
  user_id         int NOT NULL REFERENCES users,
  role            text NOT NULL,
  PRIMARY KEY (organization_id, user_id)
);
CREATE TABLE projects (
  id         int PRIMARY KEY,
  slug       text NOT NULL,
  visibility text NOT NULL,
  deleted_at timestamptz
);
CREATE TABLE shares (
  id         int PRIMARY KEY,
  project_id int NOT NULL REFERENCES projects,
  user_id    int NOT NULL REFERENCES users,
  level      text NOT NULL
);
CREATE TABLE tasks (
  id          int PRIMARY KEY,
  project_id  int NOT NULL REFERENCES projects,
  parent_id   int REFERENCES tasks,
  assignee_id int REFERENCES users,
  title       text NOT NULL,
  deleted_at  timestamptz
);
CREATE TABLE watchers (
  task_id int NOT NULL REFERENCES tasks,
  user_id int NOT NULL REFERENCES users,
  PRIMARY KEY (task_id, user_id)
);
CREATE TABLE comments (id int PRIMARY KEY, task_id int NOT NULL REFERENCES tasks, body text NOT NULL);
CREATE TABLE notes (id int PRIMARY KEY, organization_id int NOT NULL REFERENCES organizations, about_id int REFERENCES users, body text);
CREATE TABLE note_links (id int PRIMARY KEY, organization_id int NOT NULL REFERENCES organizations, note_id int NOT NULL REFERENCES notes);
CREATE TABLE countries (code text PRIMARY KEY, name text NOT NULL);

-- A volatile function, which reads with its own snapshot.
CREATE FUNCTION shared_with(p_user int) RETURNS SETOF projects LANGUAGE sql
BEGIN ATOMIC
  SELECT p.* FROM projects p JOIN shares s ON s.project_id = p.id WHERE s.user_id = p_user AND p.deleted_at IS NULL;
END;

-- A stable one, which reads with the snapshot of the query that calls it.
CREATE FUNCTION shared_before(p_user int) RETURNS SETOF projects LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT p.* FROM projects p JOIN shares s ON s.project_id = p.id WHERE s.user_id = p_user AND p.deleted_at IS NULL;
END;

-- A volatile one that calls it.
CREATE FUNCTION shared_anew(p_user int) RETURNS SETOF projects LANGUAGE sql
BEGIN ATOMIC
  SELECT p.* FROM shared_before(p_user) p;
END;

CREATE TABLE regions (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE stores (id int PRIMARY KEY, region_id uuid NOT NULL REFERENCES regions, name text NOT NULL);
CREATE TABLE keepers (
  id       uuid PRIMARY KEY,
  store_id int NOT NULL REFERENCES stores,
  user_id  int NOT NULL REFERENCES users
);

-- Functions with the names of built-in ones, in pg_catalog.
CREATE FUNCTION pg_catalog.unnest(ids uuid[]) RETURNS SETOF uuid LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
  SELECT ('00000000-0000-0000-0000-0000000000' || g)::uuid FROM generate_series(10, 99) g;
END;
CREATE AGGREGATE pg_catalog.count(uuid) (sfunc = int8inc_any, stype = int8, initcond = '1');
