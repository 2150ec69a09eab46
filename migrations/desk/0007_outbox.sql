-- A garage that signs in with all it has sends tens of thousands of mutations: what is asked
-- after every batch must not walk over those that wait.

-- Counting what waits, and by how many steps, reads this index alone.
DROP INDEX mutations_open;
CREATE INDEX mutations_open ON mutations (number, state, step)
    WHERE state IN ('waiting', 'parked', 'rejected');

-- What Central had before it was restored goes out again first, in Central's order. There is
-- nothing in it but after a restore.
CREATE INDEX mutations_repeated ON mutations (seq, number)
    WHERE state = 'waiting' AND seq IS NOT NULL;
