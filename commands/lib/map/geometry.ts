/** Places in a picture; all lengths in pixels, y downwards. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box by its middle; all lengths in pixels. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}
