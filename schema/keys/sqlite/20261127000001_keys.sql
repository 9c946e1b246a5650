-- migrate:up
CREATE TABLE data_keys (
    owner   text NOT NULL,
    version integer NOT NULL,
    -- The master key that wraps it, and the wrapped key in base64.
    master  text NOT NULL,
    wrapped text NOT NULL,
    made_at text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (owner, version)
) WITHOUT ROWID;

-- What is left of a destroyed key: nobody makes one of the same version again.
CREATE TABLE destroyed_keys (
    owner        text NOT NULL,
    version      integer NOT NULL,
    destroyed_at text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (owner, version)
) WITHOUT ROWID;

-- migrate:down
DROP TABLE destroyed_keys;
DROP TABLE data_keys;
