-- migrate:up
CREATE SCHEMA telegram_system;

-- What was sent, by delivery and part: Telegram has no idempotency key, so the intent is kept before a send, and what
-- came of it after. No chat, no text; a row is forgotten after some days.
CREATE TABLE telegram_system.sends (
    bot_id       bigint NOT NULL,
    delivery_key text NOT NULL,
    part         smallint NOT NULL,
    -- NULL where nothing may remain that leads to the person: the last word after an erasure.
    user_ref     text,
    state        text NOT NULL CHECK (state IN ('planned', 'sending', 'sent', 'unknown')),
    -- Of what was sent; while it is being sent, of the earlier message that is edited instead.
    message_id   bigint,
    changed_at   timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (bot_id, delivery_key, part),
    CHECK (state <> 'sent' OR message_id IS NOT NULL)
);
CREATE INDEX sends_of_person ON telegram_system.sends (user_ref);
CREATE INDEX sends_by_age ON telegram_system.sends (changed_at);

-- migrate:down
DROP SCHEMA telegram_system CASCADE;
