-- migrate:up
-- What moves in from the system before this one, and what was set apart.
CREATE SCHEMA legacy_system;

-- How far the tables of the old system are taken: a row each. Nothing in it leads to a person.
CREATE TABLE legacy_system.migration_state (
    source     text PRIMARY KEY,
    -- The primary key of the last row that was looked at.
    after_id   bigint NOT NULL DEFAULT 0,
    -- Of the rows that were looked at: what came in, what had come in before, what an earlier generation repeats.
    looked_at  bigint NOT NULL DEFAULT 0,
    taken      bigint NOT NULL DEFAULT 0,
    known      bigint NOT NULL DEFAULT 0,
    again      bigint NOT NULL DEFAULT 0,
    set_apart  bigint NOT NULL DEFAULT 0,
    done       boolean NOT NULL DEFAULT false,
    -- How many rows the table had when it was last looked at as a whole, and its columns that nobody asks for.
    rows_there bigint NOT NULL DEFAULT 0,
    ignored    text[] NOT NULL DEFAULT '{}',
    changed_at timestamptz NOT NULL DEFAULT now()
);

-- What came in: the old row, and the row of ours that it became.
CREATE TABLE legacy_system.taken_rows (
    source    text NOT NULL,
    source_id text NOT NULL,
    -- Empty for what belongs to nobody: a question.
    user_ref  text,
    kept_as   text NOT NULL,
    PRIMARY KEY (source, source_id)
);
CREATE INDEX taken_rows_of_person ON legacy_system.taken_rows (user_ref);
CREATE INDEX taken_rows_by_ours ON legacy_system.taken_rows (kept_as);

-- What did not fit, and why: a code and the name of a column, never a value.
CREATE TABLE legacy_system.set_apart (
    source    text NOT NULL,
    source_id text NOT NULL,
    user_ref  text,
    fault     text NOT NULL,
    field     text NOT NULL,
    PRIMARY KEY (source, source_id)
);
CREATE INDEX set_apart_of_person ON legacy_system.set_apart (user_ref);

-- Of whom something came in. It stays when a person is erased, so that no later import brings them back.
CREATE TABLE account_system.moved_in (
    owner    text PRIMARY KEY,
    moved_at timestamptz NOT NULL DEFAULT now()
);

-- Since when a person who moved in waits to be asked. Until they agree nothing of theirs is read.
ALTER TABLE onboarding_system.people ADD COLUMN awaits_consent_since timestamptz;

-- What was known of a person elsewhere: it counts in their profile as what one answer says.
CREATE TABLE profiles_store.imported_values (
    user_ref   text NOT NULL,
    layer      text NOT NULL,
    name       text NOT NULL,
    -- The way of an aspect; empty for a level.
    way        text NOT NULL DEFAULT '',
    score      double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence double precision NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    known_at   timestamptz NOT NULL,
    PRIMARY KEY (user_ref, layer, name, way)
);

GRANT USAGE ON SCHEMA legacy_system TO selfology_worker, selfology_bot;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA legacy_system TO selfology_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON account_system.moved_in TO selfology_worker;
-- An export shows them.
GRANT SELECT ON legacy_system.taken_rows, legacy_system.set_apart, profiles_store.imported_values TO selfology_bot;

CREATE VIEW shared.legacy_import AS SELECT * FROM legacy_system.migration_state;
CREATE VIEW shared.legacy_set_apart AS SELECT source, source_id, fault, field FROM legacy_system.set_apart;

-- What came in is not read again, so it does not wait.
CREATE OR REPLACE VIEW shared.answers_waiting AS
SELECT count(*) AS waiting, min(answered_at) AS oldest
FROM onboarding_system.answers a
WHERE answered_at > now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM analysis_system.analyses n WHERE n.answer_id = a.answer_id)
    AND NOT EXISTS (SELECT FROM legacy_system.taken_rows t WHERE t.kept_as = a.answer_id::text);

INSERT INTO additive_migrations VALUES ('20261203000001');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261203000001';
CREATE OR REPLACE VIEW shared.answers_waiting AS
SELECT count(*) AS waiting, min(answered_at) AS oldest
FROM onboarding_system.answers a
WHERE answered_at > now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM analysis_system.analyses n WHERE n.answer_id = a.answer_id);
DROP VIEW shared.legacy_set_apart;
DROP VIEW shared.legacy_import;
DROP TABLE profiles_store.imported_values;
ALTER TABLE onboarding_system.people DROP COLUMN awaits_consent_since;
DROP TABLE account_system.moved_in;
DROP SCHEMA legacy_system CASCADE;
