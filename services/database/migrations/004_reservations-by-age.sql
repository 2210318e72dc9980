-- order-service looks for reservations whose order was never stored, the oldest first, and writes down how far it came.
ALTER TABLE reservations ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX ON reservations (created_at);
CREATE TABLE searches (
  name text PRIMARY KEY,
  done json NOT NULL
);
