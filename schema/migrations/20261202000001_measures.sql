-- migrate:up
-- What metrics are read from, every minute.
CREATE INDEX answers_lately ON onboarding_system.answers USING brin (answered_at);
CREATE INDEX sessions_open ON onboarding_system.sessions (status) WHERE closed_at IS NULL;

-- Without their deep analysis; who is older is no backlog any more, but lost.
CREATE VIEW shared.answers_waiting AS
SELECT count(*) AS waiting, min(answered_at) AS oldest
FROM onboarding_system.answers a
WHERE answered_at > now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM analysis_system.analyses n WHERE n.answer_id = a.answer_id);

CREATE VIEW shared.open_sessions AS
SELECT status, count(*) AS sessions FROM onboarding_system.sessions WHERE closed_at IS NULL GROUP BY status;

GRANT SELECT ON shared.answers_waiting, shared.open_sessions, shared.vectors TO selfology_worker;

INSERT INTO additive_migrations VALUES ('20261202000001');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261202000001';
REVOKE SELECT ON shared.vectors FROM selfology_worker;
DROP VIEW shared.open_sessions;
DROP VIEW shared.answers_waiting;
DROP INDEX onboarding_system.sessions_open;
DROP INDEX onboarding_system.answers_lately;
