-- migrate:up
CREATE SCHEMA profiles_store;

CREATE TABLE profiles_store.big_five_traits (
    user_ref   text NOT NULL,
    trait      text NOT NULL,
    score      double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence double precision NOT NULL CHECK (confidence >= 0 AND confidence < 1),
    evidence   integer NOT NULL,
    evolution  text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, trait)
);

CREATE TABLE profiles_store.trait_history (
    user_ref         text NOT NULL,
    trait            text NOT NULL,
    answer_id        uuid NOT NULL,
    old_score        double precision NOT NULL,
    new_score        double precision NOT NULL,
    confidence       double precision NOT NULL,
    significant      boolean NOT NULL,
    changed_at       timestamptz NOT NULL,
    history_position bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (user_ref, trait, answer_id)
);
CREATE INDEX history_of_trait ON profiles_store.trait_history (user_ref, trait, history_position);

-- migrate:down
DROP SCHEMA profiles_store CASCADE;
