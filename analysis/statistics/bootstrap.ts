import type { Random } from '../../harness/contracts.ts';

/**
 * Resamplings of a series by the stationary bootstrap of Politis & Romano (1994, JASA 89:1303-1313): blocks of
 * consecutive windows, of random length with a geometric distribution, from random places, around the end to the
 * start, until there are as many as before. Blocks and not single windows, since neighbours resemble each other (Künsch
 * 1989, Annals of Statistics 17:1217-1241). Calls `use` with the places of each; the array is used again.
 * @param length mean length of a block, 1 or more
 */
export function resample(
  windows: number,
  { length, times, random }: { readonly length: number; readonly times: number; readonly random: Random },
  use: (places: Int32Array) => void,
): void {
  const places = new Int32Array(windows);
  for (let time = 0; time < times; time++) {
    let place = -1;
    for (let index = 0; index < windows; index++) {
      const isNew = place < 0 || random() * length < 1;
      place = isNew ? Math.floor(random() * windows) : (place + 1) % windows;
      places[index] = place;
    }
    use(places);
  }
}
