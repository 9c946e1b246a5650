-- migrate:up
-- What is known by meaning: which answers and profiles have a vector, in which collection of the vector store, and which
-- still wait for one.
CREATE TABLE profiles_store.indexed_answers (
    answer_id   uuid PRIMARY KEY,
    user_ref    text NOT NULL,
    said_at     timestamptz NOT NULL,
    -- Empty once it has been looked at as it is now.
    waits_since timestamptz,
    -- Empty while it has no vector: it waits, or it is left out.
    collection  text,
    indexed_at  timestamptz
);
CREATE INDEX answers_that_wait ON profiles_store.indexed_answers (said_at, answer_id) WHERE waits_since IS NOT NULL;
CREATE INDEX indexed_answers_of_person ON profiles_store.indexed_answers (user_ref);

CREATE TABLE profiles_store.indexed_profiles (
    user_ref    text PRIMARY KEY,
    waits_since timestamptz,
    collection  text,
    indexed_at  timestamptz
);
CREATE INDEX profiles_that_wait ON profiles_store.indexed_profiles (waits_since) WHERE waits_since IS NOT NULL;

GRANT SELECT ON profiles_store.indexed_answers, profiles_store.indexed_profiles TO selfology_bot;

CREATE VIEW shared.vectors AS
SELECT 'answers' AS kind, collection, count(*) FILTER (WHERE collection IS NOT NULL) AS placed,
    count(waits_since) AS waiting, min(waits_since) AS oldest
FROM profiles_store.indexed_answers GROUP BY collection
UNION ALL
SELECT 'profiles', collection, count(*) FILTER (WHERE collection IS NOT NULL), count(waits_since), min(waits_since)
FROM profiles_store.indexed_profiles GROUP BY collection;

-- They fire for whatever release writes, after its own work is done, and only note it here and tell who listens.
CREATE FUNCTION profiles_store.note_answers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- An answer that is gone leaves its vector to be deleted.
    UPDATE profiles_store.indexed_answers i SET waits_since = clock_timestamp()
    FROM changed WHERE changed.answer_id = i.answer_id;
    INSERT INTO profiles_store.indexed_answers (answer_id, user_ref, said_at, waits_since)
    SELECT DISTINCT a.answer_id, a.user_ref, a.answered_at, clock_timestamp()
    FROM changed JOIN onboarding_system.answers a USING (answer_id)
    ON CONFLICT DO NOTHING;
    NOTIFY vectors_wait;
    RETURN NULL;
END $$;

-- Words of a crisis lose their vector.
CREATE FUNCTION profiles_store.note_dangers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE profiles_store.indexed_answers i SET waits_since = clock_timestamp()
    FROM changed WHERE changed.answer_id = i.answer_id AND changed.crisis IS NOT NULL;
    NOTIFY vectors_wait;
    RETURN NULL;
END $$;

-- For any table whose rows change the profile of their `user_ref`.
CREATE FUNCTION profiles_store.note_profiles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO profiles_store.indexed_profiles (user_ref, waits_since)
    SELECT user_ref, clock_timestamp() FROM (SELECT DISTINCT user_ref FROM changed) AS people
    ON CONFLICT (user_ref) DO UPDATE SET waits_since = excluded.waits_since;
    RETURN NULL;
END $$;

CREATE TRIGGER messages_heard AFTER INSERT ON onboarding_system.answer_messages
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_answers();
CREATE TRIGGER messages_moved_from AFTER UPDATE ON onboarding_system.answer_messages
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_answers();
CREATE TRIGGER messages_moved_to AFTER UPDATE ON onboarding_system.answer_messages
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_answers();
CREATE TRIGGER dangers_heard AFTER UPDATE ON onboarding_system.answers
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_dangers();
CREATE TRIGGER dangers_read AFTER INSERT ON analysis_system.analyses
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_dangers();
CREATE TRIGGER profiles_changed AFTER INSERT ON analysis_system.analyses
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_profiles();
CREATE TRIGGER profiles_objected_to AFTER INSERT ON analysis_system.objections
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_profiles();
CREATE TRIGGER profiles_denied AFTER INSERT ON analysis_system.denials
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_profiles();
CREATE TRIGGER profiles_denied_again AFTER UPDATE ON analysis_system.denials
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION profiles_store.note_profiles();

-- What was said before.
INSERT INTO profiles_store.indexed_answers (answer_id, user_ref, said_at, waits_since)
SELECT answer_id, user_ref, answered_at, now() FROM onboarding_system.answers;
INSERT INTO profiles_store.indexed_profiles (user_ref, waits_since)
SELECT DISTINCT user_ref, now() FROM analysis_system.analyses;

INSERT INTO additive_migrations VALUES ('20261129000020');

-- migrate:down
DELETE FROM additive_migrations WHERE version = '20261129000020';
DROP VIEW shared.vectors;
DROP FUNCTION profiles_store.note_answers, profiles_store.note_dangers, profiles_store.note_profiles CASCADE;
DROP TABLE profiles_store.indexed_answers, profiles_store.indexed_profiles;
