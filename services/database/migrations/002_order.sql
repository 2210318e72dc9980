-- order-service. Amounts are whole numbers of the minor unit.
CREATE TABLE price_list (product_id int PRIMARY KEY, price int NOT NULL CHECK (price > 0));
CREATE TABLE customers (id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE carts (
  customer_id     text PRIMARY KEY,
  items           json NOT NULL,
  voucher_percent int  NOT NULL CHECK (voucher_percent BETWEEN 0 AND 100)
);
CREATE TABLE orders (
  id            uuid PRIMARY KEY,
  reference     text,
  customer_id   text NOT NULL,
  state         text NOT NULL
    CHECK (state IN ('pending', 'accepted', 'paid', 'declined', 'payment_failed', 'cancelled')),
  accepted      boolean NOT NULL,
  amount        int  NOT NULL CHECK (amount > 0),
  items_count   int  NOT NULL,
  items         json NOT NULL,
  payment_token text NOT NULL,
  trace_id      text NOT NULL,
  created_at    timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 60);
CREATE INDEX ON orders (created_at) WHERE state = 'pending';
CREATE TABLE outbox (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  topic       text NOT NULL,
  order_id    uuid NOT NULL,
  kind        text,
  traceparent text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  queued_at   timestamptz,
  done_at     timestamptz
) WITH (fillfactor = 50);
CREATE INDEX ON outbox (id) WHERE queued_at IS NULL;
