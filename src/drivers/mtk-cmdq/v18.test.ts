// Pure parts of the patch's own mailbox driver (facts cmdq §3, H4 and H5).
import { expect, test } from 'vitest';
import { insertJump, isWfe, removeWfe } from './v18.js';

const WFE = { high: 0x2000_0035, low: 0x8000_8001 };
const CLEAR = { high: 0x2000_0035, low: 0x8000_0000 };
const EOC = { high: 0x4000_0000, low: 1 };
const JUMP = { high: 0x1000_0000, low: 8 };

test('it waits when it waits for 1 and clears, whatever the event', () => {
  const cases = [WFE, { ...WFE, high: 0x20ff_03ff }, CLEAR, { ...WFE, low: 0x8001 }, { ...WFE, high: 0x0401_0035 }];
  expect(cases.map(isWfe)).toEqual([true, true, false, false, false]);
});

test('a packet that joins a frame does not wait', () => {
  expect(removeWfe([CLEAR, WFE, EOC, JUMP])).toEqual([CLEAR, JUMP, EOC, JUMP]);
});

test('the last instruction leads to the next packet', () => {
  expect(insertJump([EOC, JUMP], 0x4000_1000)).toEqual([EOC, { high: 0x1000_0001, low: 0x4000_1000 }]);
});
