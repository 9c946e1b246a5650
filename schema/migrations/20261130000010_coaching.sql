-- migrate:up
-- What a person and the coach say to each other.
CREATE SCHEMA coach_system;

CREATE TABLE coach_system.conversations (
    conversation_id uuid PRIMARY KEY,
    user_ref        text NOT NULL,
    began_at        timestamptz NOT NULL
);
CREATE INDEX conversations_of_person ON coach_system.conversations (user_ref, began_at);

CREATE TABLE coach_system.messages (
    message_id      uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES coach_system.conversations ON DELETE CASCADE,
    user_ref        text NOT NULL,
    -- person or coach.
    speaker         text NOT NULL CHECK (speaker IN ('person', 'coach')),
    text            text NOT NULL,
    language        text NOT NULL,
    said_at         timestamptz NOT NULL,
    -- The person's: the channel's id, by which it counts once; the reply that it gets; the danger in it.
    update_id       text,
    reply_id        uuid,
    crisis          text,
    -- Until when the coach is careful on account of that danger.
    care_until      timestamptz,
    -- The coach's: who wrote it, and the lines of the offline coach in it.
    coach           text,
    moves           text[] NOT NULL DEFAULT '{}',
    CHECK (speaker = 'coach' OR (update_id IS NOT NULL AND reply_id IS NOT NULL)),
    CHECK (speaker = 'person' OR coach IS NOT NULL),
    UNIQUE (user_ref, update_id)
);
CREATE INDEX messages_of_conversation ON coach_system.messages (conversation_id, said_at);
CREATE INDEX messages_of_reply ON coach_system.messages (reply_id);

-- What a reply rests on, by ids: no text stands here twice.
CREATE TABLE coach_system.recalled (
    reply_id uuid NOT NULL,
    user_ref text NOT NULL,
    -- Which part of what is recalled: messages, profile.
    part     text NOT NULL,
    ids      text[] NOT NULL,
    tokens   integer NOT NULL,
    PRIMARY KEY (reply_id, part)
);
CREATE INDEX recalled_of_person ON coach_system.recalled (user_ref);

-- Until when the coach is careful on account of the danger in an answer; a week from it, where this is empty.
ALTER TABLE onboarding_system.answers ADD COLUMN care_until timestamptz;

GRANT USAGE ON SCHEMA coach_system TO selfology_worker, selfology_bot;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA coach_system TO selfology_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA coach_system GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO selfology_worker;
-- An export shows them.
GRANT SELECT ON ALL TABLES IN SCHEMA coach_system TO selfology_bot;

CREATE VIEW shared.replies_by_day AS
SELECT (said_at AT TIME ZONE 'UTC')::date AS day, language, coach, count(*) AS replies
FROM coach_system.messages WHERE speaker = 'coach' GROUP BY 1, 2, 3;

INSERT INTO additive_migrations VALUES ('20261130000010');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261130000010';
ALTER TABLE onboarding_system.answers DROP COLUMN care_until;
DROP VIEW shared.replies_by_day;
ALTER DEFAULT PRIVILEGES IN SCHEMA coach_system REVOKE ALL ON TABLES FROM selfology_worker;
DROP SCHEMA coach_system CASCADE;
