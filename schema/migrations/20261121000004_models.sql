-- migrate:up
-- The companies whose models a person has agreed to let read along.
ALTER TABLE onboarding_system.people ADD COLUMN readers text[] NOT NULL DEFAULT '{}';

ALTER TABLE analysis_system.trait_evidence ADD COLUMN facet text;

-- The books on language models. They name an answer, never a person: what was spent stays known when one is erased.
CREATE TABLE analysis_system.model_calls (
    call_id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    answer_id      uuid,
    analyst        text NOT NULL,
    task           text NOT NULL,
    prompt_version text,
    tokens_in      integer NOT NULL,
    tokens_out     integer NOT NULL,
    tokens_cached  integer NOT NULL,
    cost_usd       numeric(14, 9) NOT NULL,
    latency_ms     real NOT NULL,
    called_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX calls_by_time ON analysis_system.model_calls (called_at);
CREATE INDEX calls_of_answer ON analysis_system.model_calls (answer_id);

-- migrate:down
DROP TABLE analysis_system.model_calls;
ALTER TABLE analysis_system.trait_evidence DROP COLUMN facet;
ALTER TABLE onboarding_system.people DROP COLUMN readers;
