// What this machine does in the smallest steps: the other figures are seen beside these.
import { nsPerCall, type Row } from './bench.js';

const view = new DataView(new ArrayBuffer(4096));
let offset = 0;

/** One read of memory and one turn of a promise. */
export const rows: readonly Row[] = [
  {
    name: 'DataView.getUint32',
    unit: 'ns',
    run: () => nsPerCall(() => view.getUint32((offset = (offset + 4) & 0xffc))),
  },
  { name: 'await of a settled promise', unit: 'ns', run: () => nsPerCall(async () => await Promise.resolve(1)) },
];
