-- migrate:up
-- What the coach keeps in mind. A memory that is no longer true is closed and names what replaced it.
CREATE TABLE coach_system.memories (
    memory_id    uuid PRIMARY KEY,
    user_ref     text NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('fact', 'person', 'goal', 'preference', 'boundary')),
    text         text NOT NULL,
    -- The words of the person that carry it.
    quote        text NOT NULL,
    -- The message or the answer that told it, which of the things told there it is, and what said so again.
    told_in      uuid NOT NULL,
    message_id   uuid REFERENCES coach_system.messages ON DELETE CASCADE,
    position     integer NOT NULL,
    confirmed_by uuid[] NOT NULL DEFAULT '{}',
    confidence   double precision NOT NULL,
    -- Who read it in the message.
    extractor    text NOT NULL,
    -- When it was known, and when it was true.
    learnt_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    true_from    date,
    true_to      date,
    replaced_by  uuid REFERENCES coach_system.memories ON DELETE SET NULL,
    last_used_at timestamptz,
    -- Its meaning as numbers, where an encoder is at hand.
    vector       text,
    UNIQUE (told_in, position)
);
CREATE INDEX memories_of_person ON coach_system.memories (user_ref, closed_at);

-- What is always in mind: who this is, and what goes on now. What was agreed stands in agreements.
CREATE TABLE coach_system.blocks (
    user_ref   text NOT NULL,
    block      text NOT NULL CHECK (block IN ('who', 'now')),
    text       text NOT NULL,
    rebuilt_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, block)
);

-- What a conversation was about before its last messages.
CREATE TABLE coach_system.summaries (
    conversation_id uuid PRIMARY KEY REFERENCES coach_system.conversations ON DELETE CASCADE,
    user_ref        text NOT NULL,
    text            text NOT NULL,
    -- The last message in it.
    up_to           uuid NOT NULL,
    summed_up_at    timestamptz NOT NULL
);
CREATE INDEX summaries_of_person ON coach_system.summaries (user_ref);

-- Who has read it for what is to be remembered: nothing is remembered twice.
ALTER TABLE coach_system.messages ADD COLUMN remembered_by text;
ALTER TABLE onboarding_system.answers ADD COLUMN remembered_by text;
-- The person wants it forgotten: no reply rests on it any more.
ALTER TABLE coach_system.messages ADD COLUMN set_aside_at timestamptz;
ALTER TABLE onboarding_system.answers ADD COLUMN set_aside_at timestamptz;

-- An export shows them.
GRANT SELECT ON coach_system.memories, coach_system.blocks, coach_system.summaries TO selfology_bot;

-- What a reply rests on, by ids alone.
CREATE VIEW shared.replies_explained AS
SELECT m.message_id, m.said_at, m.coach, m.moves, r.part, r.ids, r.tokens
FROM coach_system.messages m JOIN coach_system.recalled r ON r.reply_id = m.message_id
WHERE m.speaker = 'coach';

INSERT INTO additive_migrations VALUES ('20261201000002');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261201000002';
DROP VIEW shared.replies_explained;
ALTER TABLE onboarding_system.answers DROP COLUMN set_aside_at, DROP COLUMN remembered_by;
ALTER TABLE coach_system.messages DROP COLUMN set_aside_at, DROP COLUMN remembered_by;
DROP TABLE coach_system.summaries;
DROP TABLE coach_system.blocks;
DROP TABLE coach_system.memories;
