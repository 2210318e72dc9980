-- payment-service. Amounts are whole numbers of the minor unit.
CREATE TABLE payment_orders (
  order_id uuid PRIMARY KEY,
  state    text NOT NULL CHECK (state IN ('open', 'cancelled'))
);
CREATE TABLE payments (
  order_id   uuid NOT NULL,
  provider   text NOT NULL CHECK (provider IN ('stripe', 'backup')),
  attempt    int  NOT NULL,
  amount     int  NOT NULL CHECK (amount > 0),
  currency   text NOT NULL,
  state      text NOT NULL
    CHECK (state IN ('pending', 'unknown', 'charged', 'declined', 'failed', 'refunded', 'voided')),
  charge_id  text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (order_id, provider, attempt)
);
CREATE UNIQUE INDEX one_live_attempt ON payments (order_id) WHERE state IN ('pending', 'charged');
CREATE INDEX ON payments (created_at) WHERE state IN ('pending', 'unknown');
