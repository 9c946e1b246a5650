-- migrate:up
-- A connection across what a person has answered and told, in their own words.
CREATE TABLE coach_system.insights (
    insight_id uuid PRIMARY KEY,
    user_ref   text NOT NULL,
    text       text NOT NULL,
    -- What it comes to in a few words, by which a newer one is compared with it.
    gist       text NOT NULL,
    -- The person's words, and the answer or message of each, in the same order.
    quotes     text[] NOT NULL,
    sources    uuid[] NOT NULL,
    -- Who found it.
    writer     text NOT NULL,
    made_at    timestamptz NOT NULL,
    -- The reply that told of it, when the person first saw it, and when they said that it is not true.
    told_in    uuid,
    shown_at   timestamptz,
    denied_at  timestamptz,
    CHECK (cardinality(quotes) = cardinality(sources))
);
CREATE INDEX insights_of_person ON coach_system.insights (user_ref, made_at);

-- When a person's words were last read for one: it is not the clock alone that has them read again.
CREATE TABLE coach_system.insight_looks (
    user_ref  text PRIMARY KEY,
    look_id   uuid NOT NULL,
    looked_at timestamptz NOT NULL
);

-- An export shows them.
GRANT SELECT ON coach_system.insights, coach_system.insight_looks TO selfology_bot;

INSERT INTO additive_migrations VALUES ('20261201000005');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261201000005';
DROP TABLE coach_system.insight_looks;
DROP TABLE coach_system.insights;
