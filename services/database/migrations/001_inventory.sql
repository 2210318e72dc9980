-- inventory-service. Prices are whole numbers of the minor unit. Rows that are updated have room on their page
-- (fillfactor), so that an update of a column without an index touches none.
CREATE TABLE products (
  id            int  PRIMARY KEY,
  name          text NOT NULL,
  price         int  NOT NULL CHECK (price > 0),
  stock         int  NOT NULL CHECK (stock >= 0),
  initial_stock int  NOT NULL
) WITH (fillfactor = 20);
CREATE TABLE reservations (
  order_id   uuid NOT NULL,
  product_id int  NOT NULL,
  quantity   int  NOT NULL CHECK (quantity >= 0),
  state      text NOT NULL CHECK (state IN ('reserved', 'released')),
  PRIMARY KEY (order_id, product_id)
);
