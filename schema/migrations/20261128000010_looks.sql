-- migrate:up
-- The codec server's role: it decrypts for operators, and writes down each look. It can change and read none of it.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'selfology_codec') THEN
        BEGIN
            CREATE ROLE selfology_codec NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO selfology_codec', current_database());
END $$;

CREATE SCHEMA audit_system;

-- Who decrypted something, when and why. It stays when somebody is erased: it is about the operator.
CREATE TABLE audit_system.looks (
    look_id   uuid PRIMARY KEY,
    operator  text NOT NULL,
    reason    text NOT NULL,
    payloads  integer NOT NULL,
    looked_at timestamptz NOT NULL DEFAULT now()
);

-- Whose texts they were: exported and erased with the person.
CREATE TABLE audit_system.people_looked_at (
    look_id  uuid NOT NULL REFERENCES audit_system.looks,
    user_ref text NOT NULL,
    PRIMARY KEY (user_ref, look_id)
);

GRANT USAGE ON SCHEMA public TO selfology_codec;
GRANT SELECT ON schema_migrations, additive_migrations TO selfology_codec;
GRANT USAGE ON SCHEMA audit_system TO selfology_codec, selfology_worker, selfology_bot;
-- When it was, the database says.
GRANT INSERT (look_id, operator, reason, payloads) ON audit_system.looks TO selfology_codec;
GRANT INSERT ON audit_system.people_looked_at TO selfology_codec;
GRANT DELETE, SELECT (user_ref) ON audit_system.people_looked_at TO selfology_worker;
GRANT SELECT ON audit_system.looks, audit_system.people_looked_at TO selfology_bot;

CREATE VIEW shared.looks_by_day AS
SELECT (looked_at AT TIME ZONE 'UTC')::date AS day, operator, count(*) AS looks, sum(payloads) AS payloads
FROM audit_system.looks GROUP BY 1, 2;

INSERT INTO additive_migrations VALUES ('20261128000010');

-- migrate:down
-- The role stays: another database may have granted it something, and logins are members of it.
DELETE FROM additive_migrations WHERE version = '20261128000010';
DROP VIEW shared.looks_by_day;
DROP SCHEMA audit_system CASCADE;
REVOKE ALL ON schema_migrations, additive_migrations FROM selfology_codec;
REVOKE ALL ON SCHEMA public FROM selfology_codec;
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM selfology_codec', current_database());
END $$;
