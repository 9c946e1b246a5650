-- migrate:up
-- The migrations that the release before works on, too. Written by each of them, since the code of that release does not
-- have their files: so it can tell a database that is newer and no trouble from one that it must not touch.
CREATE TABLE additive_migrations (version text PRIMARY KEY);

-- migrate:down
DROP TABLE additive_migrations;
