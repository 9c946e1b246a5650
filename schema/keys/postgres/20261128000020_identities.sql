-- migrate:up
-- Who is whose: a door, and the keyed hash of what somebody is called there, lead to a person. Who has no row is called by
-- that hash itself.
CREATE TABLE identities (
    channel  text NOT NULL,
    subject  text NOT NULL,
    user_ref text NOT NULL,
    PRIMARY KEY (channel, subject)
);
CREATE INDEX identities_of_a_person ON identities (user_ref);

-- migrate:down
DROP TABLE identities;
