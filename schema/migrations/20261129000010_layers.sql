-- migrate:up
-- Evidence for all layers but the Big Five, whose table the release before reads and writes.
CREATE TABLE analysis_system.layer_evidence (
    answer_id  uuid NOT NULL REFERENCES analysis_system.analyses ON DELETE CASCADE,
    position   smallint NOT NULL,
    layer      text NOT NULL,
    name       text NOT NULL,
    way        text,
    score      real NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    quote      text,
    direction  text,
    PRIMARY KEY (answer_id, position)
);

-- The values of which the person says that they are not them: what was said for them until then weighs nothing.
CREATE TABLE analysis_system.denials (
    user_ref  text NOT NULL,
    layer     text NOT NULL,
    name      text NOT NULL,
    denied_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, layer, name)
);

CREATE TABLE profiles_store.big_five_facets (
    user_ref   text NOT NULL,
    facet      text NOT NULL,
    score      double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence double precision NOT NULL CHECK (confidence >= 0 AND confidence < 1),
    evidence   integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, facet)
);

CREATE TABLE profiles_store.core_dynamics (
    user_ref   text NOT NULL,
    dynamic    text NOT NULL,
    score      double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence double precision NOT NULL CHECK (confidence >= 0 AND confidence < 1),
    evidence   integer NOT NULL,
    evolution  text NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, dynamic)
);

CREATE TABLE profiles_store.domain_affinities (
    user_ref   text NOT NULL,
    domain     text NOT NULL,
    score      double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    confidence double precision NOT NULL CHECK (confidence >= 0 AND confidence < 1),
    evidence   integer NOT NULL,
    skips      integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, domain)
);

-- A row for each way that was shown. An aspect that a later analysis names needs no migration.
CREATE TABLE profiles_store.adaptive_traits (
    user_ref   text NOT NULL,
    aspect     text NOT NULL,
    way        text NOT NULL,
    share      double precision NOT NULL CHECK (share BETWEEN 0 AND 1),
    leads      boolean NOT NULL,
    confidence double precision NOT NULL CHECK (confidence >= 0 AND confidence < 1),
    evidence   integer NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_ref, aspect, way)
);

CREATE TABLE profiles_store.unique_signatures (LIKE profiles_store.adaptive_traits INCLUDING ALL);

-- What changed, when and why: a row for each change of a value, never written again.
CREATE TABLE profiles_store.value_history (
    user_ref         text NOT NULL,
    layer            text NOT NULL,
    name             text NOT NULL,
    old_score        double precision,
    new_score        double precision,
    old_way          text,
    new_way          text,
    confidence       double precision NOT NULL,
    significant      boolean NOT NULL,
    trigger_kind     text NOT NULL CHECK (trigger_kind IN ('answer', 'objection', 'denial')),
    answer_id        uuid,
    changed_at       timestamptz NOT NULL,
    history_position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY
);
CREATE INDEX history_of_value ON profiles_store.value_history (user_ref, layer, name, history_position);

-- The history so far goes there, too. Only the release before still reads and writes its old table.
INSERT INTO profiles_store.value_history
    (user_ref, layer, name, old_score, new_score, confidence, significant, trigger_kind, answer_id, changed_at)
SELECT user_ref, 'big_five', trait, old_score, new_score, confidence, significant, 'answer', answer_id, changed_at
FROM profiles_store.trait_history ORDER BY history_position;

GRANT SELECT ON analysis_system.layer_evidence, analysis_system.denials, profiles_store.big_five_facets,
    profiles_store.core_dynamics, profiles_store.domain_affinities, profiles_store.adaptive_traits,
    profiles_store.unique_signatures, profiles_store.value_history TO selfology_bot;

INSERT INTO additive_migrations VALUES ('20261129000010');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261129000010';
DROP TABLE analysis_system.layer_evidence, analysis_system.denials, profiles_store.big_five_facets,
    profiles_store.core_dynamics, profiles_store.domain_affinities, profiles_store.adaptive_traits,
    profiles_store.unique_signatures, profiles_store.value_history;
