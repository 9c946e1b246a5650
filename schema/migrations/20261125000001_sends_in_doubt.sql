-- migrate:up
-- Whether an earlier request for the same message may have arrived, too: then this is not the first that was seen.
ALTER TABLE telegram_system.sends ADD COLUMN in_doubt boolean NOT NULL DEFAULT false;

-- migrate:down
ALTER TABLE telegram_system.sends DROP COLUMN in_doubt;
