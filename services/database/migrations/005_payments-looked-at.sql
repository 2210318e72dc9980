-- payment-service looks up the charges of unknown outcome, the one first that was looked at the longest ago, or never.
ALTER TABLE payments ADD COLUMN looked_at timestamptz;
