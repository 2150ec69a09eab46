-- What came of a mutation at Central. History tells that, so that it is the same on every desk.

-- The number of the change that it came to; 0: it changed nothing.
ALTER TABLE mutations ADD COLUMN line INTEGER;
-- What that change says, where it is not what the mutation said: {"before": …, "after": …}.
ALTER TABLE mutations ADD COLUMN logged TEXT;

UPDATE mutations SET line = seq WHERE origin = 'central' AND state = 'applied';
