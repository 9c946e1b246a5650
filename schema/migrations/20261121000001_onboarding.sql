-- migrate:up
CREATE SCHEMA onboarding_system;

CREATE TABLE onboarding_system.people (
    user_ref     text PRIMARY KEY,
    locale       text NOT NULL,
    trust_points double precision NOT NULL DEFAULT 0,
    consented_at timestamptz NOT NULL
);

CREATE TABLE onboarding_system.questions (
    question_id text PRIMARY KEY,
    domain      text NOT NULL,
    depth       text NOT NULL,
    energy      text NOT NULL,
    trust       smallint NOT NULL CHECK (trust BETWEEN 1 AND 5),
    listens_for text[] NOT NULL,
    text_ru     text NOT NULL,
    text_en     text NOT NULL
);

-- Apart from the bank, so that loading a new bank keeps what operators withdrew.
CREATE TABLE onboarding_system.question_flags (
    question_id text PRIMARY KEY,
    reason      text NOT NULL,
    flagged_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE onboarding_system.sessions (
    session_id uuid PRIMARY KEY,
    user_ref   text NOT NULL REFERENCES onboarding_system.people ON DELETE CASCADE,
    status     text NOT NULL DEFAULT 'ACTIVE',
    opened_at  timestamptz NOT NULL,
    closed_at  timestamptz
);
CREATE INDEX sessions_of_person ON onboarding_system.sessions (user_ref, opened_at);

CREATE TABLE onboarding_system.asked_questions (
    session_id  uuid NOT NULL REFERENCES onboarding_system.sessions ON DELETE CASCADE,
    position    smallint NOT NULL,
    user_ref    text NOT NULL,
    question_id text NOT NULL,
    strategy    text NOT NULL,
    asked_at    timestamptz NOT NULL,
    PRIMARY KEY (session_id, position)
);
CREATE INDEX questions_asked_of_person ON onboarding_system.asked_questions (user_ref, question_id);

CREATE TABLE onboarding_system.answers (
    answer_id   uuid PRIMARY KEY,
    session_id  uuid NOT NULL REFERENCES onboarding_system.sessions ON DELETE CASCADE,
    user_ref    text NOT NULL,
    question_id text NOT NULL,
    addendum    boolean NOT NULL,
    language    text NOT NULL,
    words       integer NOT NULL,
    crisis      text,
    answered_at timestamptz NOT NULL
);
CREATE INDEX answers_of_session ON onboarding_system.answers (session_id, answered_at);
CREATE INDEX answers_of_person ON onboarding_system.answers (user_ref, answered_at);

CREATE TABLE onboarding_system.answer_messages (
    session_id uuid NOT NULL REFERENCES onboarding_system.sessions ON DELETE CASCADE,
    update_id  text NOT NULL,
    answer_id  uuid NOT NULL REFERENCES onboarding_system.answers ON DELETE CASCADE,
    position   smallint NOT NULL,
    text       text NOT NULL,
    heard_at   timestamptz NOT NULL,
    PRIMARY KEY (session_id, update_id)
);
CREATE INDEX messages_of_answer ON onboarding_system.answer_messages (answer_id, position);

-- migrate:down
DROP SCHEMA onboarding_system CASCADE;
