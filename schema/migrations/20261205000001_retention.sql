-- migrate:up
-- Old sends go each night, by the workers (Temporal's schedule `forget-old`)..
GRANT SELECT (changed_at) ON telegram_system.sends TO selfology_worker;

INSERT INTO additive_migrations VALUES ('20261205000001');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261205000001';
REVOKE SELECT (changed_at) ON telegram_system.sends FROM selfology_worker;
