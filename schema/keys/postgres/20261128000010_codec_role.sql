-- migrate:up
-- The codec server reads keys, and changes none.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'selfology_codec') THEN
        BEGIN
            CREATE ROLE selfology_codec NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
END $$;
GRANT SELECT ON data_keys, destroyed_keys, schema_migrations TO selfology_codec;

-- migrate:down
REVOKE ALL ON data_keys, destroyed_keys, schema_migrations FROM selfology_codec;
