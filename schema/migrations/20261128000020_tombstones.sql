-- migrate:up
-- What is left of the keys of who was erased, as the key store has it, too: either tells the other what a restore forgot.
-- No column is called user_ref: an erasure empties every table that has one.
CREATE SCHEMA account_system;

CREATE TABLE account_system.destroyed_keys (
    owner        text PRIMARY KEY,
    -- This version and all before it.
    version      integer NOT NULL,
    destroyed_at timestamptz NOT NULL
);

GRANT USAGE ON SCHEMA account_system TO selfology_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON account_system.destroyed_keys TO selfology_worker;

INSERT INTO additive_migrations VALUES ('20261128000020');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261128000020';
DROP SCHEMA account_system CASCADE;
