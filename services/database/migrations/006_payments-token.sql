-- payment-service refuses to charge an order that it knows with another token. A hash, as the token is what one pays with;
-- nothing where the try was written down before there was this column.
ALTER TABLE payments ADD COLUMN token_hash text;
