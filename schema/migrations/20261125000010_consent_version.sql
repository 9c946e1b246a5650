-- migrate:up
-- Which text a person agreed to, and in which language, such as 2026-11-25/ru. Empty for who agreed before texts had versions.
ALTER TABLE onboarding_system.people ADD COLUMN consent_version text;
INSERT INTO additive_migrations VALUES ('20261125000010');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261125000010';
ALTER TABLE onboarding_system.people DROP COLUMN consent_version;
