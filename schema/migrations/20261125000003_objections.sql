-- migrate:up
-- The answers whose reflection missed, as the person says: what was read in them weighs nothing in the portrait.
CREATE TABLE analysis_system.objections (
    answer_id   uuid PRIMARY KEY,
    user_ref    text NOT NULL,
    objected_at timestamptz NOT NULL
);
CREATE INDEX objections_of_person ON analysis_system.objections (user_ref);
INSERT INTO additive_migrations VALUES ('20261125000003');

-- migrate:down
DROP TABLE analysis_system.objections;
DELETE FROM additive_migrations WHERE version = '20261125000003';
