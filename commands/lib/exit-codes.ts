/** For the help; the codes themselves are in harness/errors.ts. */
export const EXIT_CODES = `
Exit codes:
  0    all assertions passed
  1    an assertion failed
  2    wrong usage or configuration, a missing prerequisite, or a part that did not come up
  3    inconclusive: nothing is proved
  4    something could not be reverted, stopped or removed
  70   a defect of chaoscope
  130  interrupted, and cleaned up`;
