import type { Report } from '../harness/contracts.ts';

const json: Report = {
  id: 'json',
  fileName: 'result.json',
  render: (result) => `${JSON.stringify(result, null, 2)}\n`,
};

export default json;
