-- migrate:up
CREATE TABLE data_keys (
    owner   text NOT NULL,
    version integer NOT NULL,
    -- The master key that wraps it, and the wrapped key in base64.
    master  text NOT NULL,
    wrapped text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, version)
);

-- What is left of a destroyed key: nobody makes one of the same version again.
CREATE TABLE destroyed_keys (
    owner        text NOT NULL,
    version      integer NOT NULL,
    destroyed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner, version)
);

-- migrate:down
DROP TABLE destroyed_keys;
DROP TABLE data_keys;
