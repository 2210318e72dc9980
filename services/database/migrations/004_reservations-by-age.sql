-- order-service looks for reservations whose order was never stored, the oldest first.
ALTER TABLE reservations ADD COLUMN created_at timestamptz NOT NULL DEFAULT now();
CREATE INDEX ON reservations (created_at);
