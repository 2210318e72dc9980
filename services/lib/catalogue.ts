/** How many products the shop has; their ids are 1 to this. */
export const PRODUCTS = 200;

/** How many customers can sign in; their ids are c-1 to c-<this>. */
export const CUSTOMERS = 50;

/** Units of each product in stock at the start: more than any run can sell. */
export const STOCK = 10_000_000;

/** The only currency. Amounts are whole numbers of its minor unit (cents). */
export const CURRENCY = 'eur';
