-- Constraints that are not enforced, constraints that are not validated, and virtual generated columns.
CREATE TABLE claims (
  id integer PRIMARY KEY,
  state text NOT NULL,
  signed_by text,
  seen_by text,
  paper_id integer NOT NULL,
  CONSTRAINT signed CHECK (state <> 'signed' OR signed_by IS NOT NULL) NOT ENFORCED,
  CONSTRAINT seen CHECK (state <> 'seen' OR seen_by IS NOT NULL),
  CONSTRAINT claims_paper FOREIGN KEY (paper_id) REFERENCES papers NOT ENFORCED
);
CREATE TABLE labels (
  id integer PRIMARY KEY,
  name text NOT NULL,
  remark text,
  name_key text GENERATED ALWAYS AS (lower(name)) VIRTUAL,
  remark_key text GENERATED ALWAYS AS (lower(remark)) VIRTUAL,
  kept_key text GENERATED ALWAYS AS (lower(remark)) VIRTUAL NOT NULL,
  late text
);
ALTER TABLE labels ADD CONSTRAINT late_is_there NOT NULL late NOT VALID;
CREATE TABLE stickers (
  id integer PRIMARY KEY,
  name text NOT NULL,
  name_key text GENERATED ALWAYS AS (lower(name)) VIRTUAL
);
CREATE TABLE old_stickers (name_key text GENERATED ALWAYS AS (nullif(lower(name), '')) VIRTUAL) INHERITS (stickers);
