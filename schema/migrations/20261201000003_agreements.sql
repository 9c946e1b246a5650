-- migrate:up
-- Steps that a person and the coach have agreed on, and when the person may be written to unasked.
CREATE TABLE coach_system.agreements (
    agreement_id uuid PRIMARY KEY,
    user_ref     text NOT NULL,
    -- The reply in which the step was confirmed.
    reply_id     uuid NOT NULL UNIQUE,
    what         text NOT NULL,
    why          text NOT NULL,
    meant_for    text NOT NULL,
    notice       text NOT NULL,
    status       text NOT NULL CHECK (status IN
        ('proposed', 'agreed', 'declined', 'cancelled', 'worked', 'failed', 'not_tried', 'changed')),
    -- What the person did last with it, by the channel's id: it counts once.
    update_id    text,
    proposed_at  timestamptz NOT NULL,
    agreed_at    timestamptz,
    due_at       timestamptz,
    asked_at     timestamptz,
    answered_at  timestamptz,
    CHECK (status <> 'agreed' OR (agreed_at IS NOT NULL AND due_at IS NOT NULL))
);
CREATE INDEX agreements_of_person ON coach_system.agreements (user_ref, proposed_at);

CREATE TABLE coach_system.contact_preferences (
    user_ref         text PRIMARY KEY,
    -- By its name in IANA's database; NULL while it is not known.
    time_zone        text,
    -- The agreement with which it was asked for: it is asked once.
    zone_asked_about uuid,
    quiet            boolean NOT NULL DEFAULT false,
    -- Waking hours by the person's own clock.
    wakes_at         smallint NOT NULL DEFAULT 9,
    sleeps_at        smallint NOT NULL DEFAULT 21,
    update_id        text,
    CHECK (wakes_at >= 0 AND wakes_at < sleeps_at AND sleeps_at <= 24)
);

-- At most one unasked message a day of the person's own clock, and what it was about.
CREATE TABLE coach_system.unasked_messages (
    user_ref text NOT NULL,
    day      date NOT NULL,
    about    uuid NOT NULL,
    PRIMARY KEY (user_ref, day)
);

GRANT SELECT ON coach_system.agreements, coach_system.contact_preferences, coach_system.unasked_messages
    TO selfology_bot;

INSERT INTO additive_migrations VALUES ('20261201000003');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261201000003';
DROP TABLE coach_system.unasked_messages, coach_system.contact_preferences, coach_system.agreements;
