-- migrate:up
-- What a person says about a reply by a button under it, and the reply that this got.
CREATE TABLE coach_system.reply_marks (
    marked_id uuid NOT NULL REFERENCES coach_system.messages ON DELETE CASCADE,
    mark      text NOT NULL CHECK (mark IN ('differently', 'missed', 'enough')),
    user_ref  text NOT NULL,
    update_id text NOT NULL,
    -- The id of the reply to it, which is one of coach_system.messages once it is written.
    reply_id  uuid NOT NULL,
    marked_at timestamptz NOT NULL,
    PRIMARY KEY (marked_id, mark),
    UNIQUE (reply_id)
);
CREATE INDEX reply_marks_of_person ON coach_system.reply_marks (user_ref, marked_at);
-- An export shows them.
GRANT SELECT ON coach_system.reply_marks TO selfology_bot;

INSERT INTO additive_migrations VALUES ('20261201000004');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261201000004';
DROP TABLE coach_system.reply_marks;
