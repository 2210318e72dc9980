/** Plain values. */

/** A JSON value; what is written to files and columns. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export type Figures = Readonly<Record<string, number | string | null>>;
