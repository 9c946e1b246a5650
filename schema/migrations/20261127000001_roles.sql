-- migrate:up
-- A role for each kind of process; a process's own login is a member of one. Who migrates owns everything, needs no role,
-- and needs CREATEROLE where these are not there yet. Roles belong to the whole server: another database may have made
-- them, and may be making them now.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['selfology_worker', 'selfology_bot', 'selfology_operator'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', role);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL;
            END;
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO selfology_worker, selfology_bot, selfology_operator', current_database());
END $$;

-- What is everybody's is nobody's. Each process reads which migrations the database has.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO selfology_worker, selfology_bot, selfology_operator;
GRANT SELECT ON schema_migrations, additive_migrations TO selfology_worker, selfology_bot, selfology_operator;

-- Workers: all rows of these contexts, those of later tables too. Of the ledger they only erase a person's.
GRANT USAGE ON SCHEMA onboarding_system, analysis_system, profiles_store, telegram_system TO selfology_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA onboarding_system, analysis_system, profiles_store
    TO selfology_worker;
ALTER DEFAULT PRIVILEGES IN SCHEMA onboarding_system, analysis_system, profiles_store
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO selfology_worker;
GRANT DELETE, SELECT (user_ref) ON telegram_system.sends TO selfology_worker;

-- The bot: its ledger, and what an export shows. A table that leads to a person is granted by the migration that makes it.
GRANT USAGE ON SCHEMA onboarding_system, analysis_system, profiles_store, telegram_system TO selfology_bot;
GRANT SELECT, INSERT, UPDATE, DELETE ON telegram_system.sends TO selfology_bot;
GRANT SELECT ON
    onboarding_system.people, onboarding_system.sessions, onboarding_system.asked_questions, onboarding_system.answers,
    onboarding_system.answer_messages, onboarding_system.questions,
    analysis_system.analyses, analysis_system.trait_evidence, analysis_system.objections, analysis_system.model_calls,
    profiles_store.big_five_traits, profiles_store.trait_history
    TO selfology_bot;

-- Operators: how things go, without a word of a person or anything that leads to one. The only views across contexts.
CREATE SCHEMA shared;

CREATE VIEW shared.sessions AS
SELECT session_id, status, opened_at, closed_at,
    (SELECT count(*) FROM onboarding_system.asked_questions q WHERE q.session_id = s.session_id) AS questions,
    (SELECT count(*) FROM onboarding_system.answers a WHERE a.session_id = s.session_id) AS answers
FROM onboarding_system.sessions s;

CREATE VIEW shared.answers_by_day AS
SELECT (answered_at AT TIME ZONE 'UTC')::date AS day, language, count(*) AS answers, sum(words) AS words
FROM onboarding_system.answers GROUP BY 1, 2;

-- Heard by the rules, or else found by the analysis. Of which kind, only their person's key tells.
CREATE VIEW shared.crises_by_day AS
SELECT (a.answered_at AT TIME ZONE 'UTC')::date AS day, count(*) AS answers
FROM onboarding_system.answers a LEFT JOIN analysis_system.analyses n USING (answer_id)
WHERE coalesce(a.crisis, n.crisis) IS NOT NULL GROUP BY 1;

CREATE VIEW shared.analyses_by_day AS
SELECT (analysed_at AT TIME ZONE 'UTC')::date AS day, analyst, count(*) AS analyses
FROM analysis_system.analyses GROUP BY 1, 2;

CREATE VIEW shared.model_calls AS
SELECT analyst, task, prompt_version, tokens_in, tokens_out, tokens_cached, cost_usd, latency_ms, called_at
FROM analysis_system.model_calls;

CREATE VIEW shared.sends_by_state AS
SELECT state, in_doubt, count(*) AS sends, min(changed_at) AS oldest, max(changed_at) AS newest
FROM telegram_system.sends GROUP BY 1, 2;

GRANT USAGE ON SCHEMA shared TO selfology_operator, selfology_worker;
GRANT SELECT ON ALL TABLES IN SCHEMA shared TO selfology_operator;
ALTER DEFAULT PRIVILEGES IN SCHEMA shared GRANT SELECT ON TABLES TO selfology_operator;
-- Workers keep to the budget by the same figures that operators see; where they run, the doctor tells of sends in doubt.
GRANT SELECT ON shared.model_calls, shared.sends_by_state TO selfology_worker;

INSERT INTO additive_migrations VALUES ('20261127000001');

-- migrate:down
-- The roles stay: other databases may have granted them something, and logins are members of them.
DELETE FROM additive_migrations WHERE version = '20261127000001';
DROP SCHEMA shared CASCADE;
ALTER DEFAULT PRIVILEGES IN SCHEMA onboarding_system, analysis_system, profiles_store
    REVOKE ALL ON TABLES FROM selfology_worker;
REVOKE ALL ON ALL TABLES IN SCHEMA onboarding_system, analysis_system, profiles_store, telegram_system, public
    FROM selfology_worker, selfology_bot, selfology_operator;
REVOKE ALL ON SCHEMA onboarding_system, analysis_system, profiles_store, telegram_system, public
    FROM selfology_worker, selfology_bot, selfology_operator;
GRANT USAGE ON SCHEMA public TO PUBLIC;
DO $$
BEGIN
    EXECUTE format(
        'REVOKE ALL ON DATABASE %I FROM selfology_worker, selfology_bot, selfology_operator', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO PUBLIC', current_database());
END $$;
