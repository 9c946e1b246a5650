-- migrate:up
-- What a finding rests on: the person's own words, and which way they point. Analysts that quote nothing leave them out.
ALTER TABLE analysis_system.trait_evidence ADD COLUMN quote text, ADD COLUMN direction text;

-- migrate:down
ALTER TABLE analysis_system.trait_evidence DROP COLUMN quote, DROP COLUMN direction;
