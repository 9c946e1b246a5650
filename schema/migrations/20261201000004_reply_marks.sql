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

-- How a person wishes to be spoken to. A newer wish of the same kind closes the older one.
CREATE TABLE coach_system.style_wishes (
    wish_id    uuid PRIMARY KEY,
    user_ref   text NOT NULL,
    -- One of our words for it, and their own.
    wish       text NOT NULL,
    quote      text NOT NULL,
    message_id uuid NOT NULL REFERENCES coach_system.messages ON DELETE CASCADE,
    wished_at  timestamptz NOT NULL,
    dropped_at timestamptz
);
CREATE INDEX style_wishes_of_person ON coach_system.style_wishes (user_ref, wished_at);
CREATE INDEX style_wishes_of_message ON coach_system.style_wishes (message_id);

-- An export shows them.
GRANT SELECT ON coach_system.reply_marks, coach_system.style_wishes TO selfology_bot;

INSERT INTO additive_migrations VALUES ('20261201000004');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261201000004';
DROP TABLE coach_system.style_wishes;
DROP TABLE coach_system.reply_marks;
