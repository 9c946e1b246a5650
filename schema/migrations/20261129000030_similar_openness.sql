-- migrate:up
-- How much people of a similar profile told in reply to each question: for the choice among questions that are as good. A
-- row stands for three people at least, and for none of their words.
CREATE TABLE profiles_store.similar_openness (
    user_ref    text NOT NULL,
    question_id text NOT NULL,
    -- 1 as much as they tell in reply to any question, 0 when all skipped it.
    openness    real NOT NULL CHECK (openness BETWEEN 0 AND 2),
    people      integer NOT NULL CHECK (people >= 3),
    PRIMARY KEY (user_ref, question_id)
);

GRANT SELECT ON profiles_store.similar_openness TO selfology_bot;

INSERT INTO additive_migrations VALUES ('20261129000030');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261129000030';
DROP TABLE profiles_store.similar_openness;
