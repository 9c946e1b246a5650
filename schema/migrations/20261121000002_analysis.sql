-- migrate:up
CREATE SCHEMA analysis_system;

CREATE TABLE analysis_system.analyses (
    answer_id    uuid PRIMARY KEY,
    user_ref     text NOT NULL,
    analyst      text NOT NULL,
    sentiment    real NOT NULL CHECK (sentiment BETWEEN -1 AND 1),
    crisis       text,
    breakthrough boolean NOT NULL,
    patterns     text[] NOT NULL,
    insight      text,
    analysed_at  timestamptz NOT NULL
);
CREATE INDEX analyses_of_person ON analysis_system.analyses (user_ref, analysed_at);

CREATE TABLE analysis_system.trait_evidence (
    answer_id  uuid NOT NULL REFERENCES analysis_system.analyses ON DELETE CASCADE,
    position   smallint NOT NULL,
    trait      text NOT NULL,
    score      real NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    PRIMARY KEY (answer_id, position)
);

-- migrate:down
DROP SCHEMA analysis_system CASCADE;
