import { expect, test } from 'vitest';
import { lookAround, type OfferState, type Surroundings } from './doctor.js';

const NAMES = [
  'node',
  'fuse',
  'fusermount3',
  'unshare',
  'tap',
  'i2c-dev',
  'rpmsg',
  'koffi',
  'dtc',
  'cpp',
  'typescript',
];
const bare: Surroundings = {
  open: () => 'missing',
  devices: () => ['null', 'i2c-', 'i2c-x', 'rpmsg'],
  program: () => undefined,
  native: () => undefined,
  packageVersion: () => undefined,
  node: '20.18.3',
};
const seen = (here: Partial<Surroundings>, name: string): [OfferState, string] | undefined => {
  const offer = lookAround({ ...bare, ...here }).find((one) => one.name === name);
  return offer && [offer.state, offer.found];
};

test('a bare computer has nothing, and every entry says what for and how to get it', () => {
  const offers = lookAround(bare);
  expect(offers.map(({ name, state }) => [name, state])).toEqual(NAMES.map((name) => [name, 'missing']));
  expect(offers.filter(({ neededFor, howToGet }) => neededFor === '' || howToGet === '')).toEqual([]);
});

test.each([
  ['20.18.3', 'missing'],
  ['20.19.0', 'ok'],
  ['22.1.0', 'ok'],
  ['18.20.0', 'missing'],
])('Node %s is %s', (node, state) => {
  expect(seen({ node }, 'node')?.[0]).toBe(state);
});

test('a device file that is there and may not be opened is denied, not missing', () => {
  expect(seen({ open: () => 'denied' }, 'fuse')).toEqual(['denied', '/dev/fuse may not be opened']);
  expect(seen({ open: () => 'ok' }, 'tap')).toEqual(['ok', '/dev/net/tun']);
});

test('of several I2C buses those that can be opened count', () => {
  const open = (path: string): OfferState => (path === '/dev/i2c-11' ? 'ok' : 'denied');
  const devices = (): string[] => ['i2c-1', 'i2c-11'];
  expect(seen({ open, devices }, 'i2c-dev')).toEqual(['ok', '/dev/i2c-11']);
  expect(seen({ open: () => 'denied', devices }, 'i2c-dev')).toEqual([
    'denied',
    '/dev/i2c-1, /dev/i2c-11 may not be opened',
  ]);
});

test('endpoints and control devices of rpmsg are found', () => {
  expect(seen({ open: () => 'ok', devices: () => ['rpmsg0', 'rpmsg_ctrl0'] }, 'rpmsg')).toEqual([
    'ok',
    '/dev/rpmsg0, /dev/rpmsg_ctrl0',
  ]);
});

test('this computer runs a Node that is new enough', () => {
  expect(lookAround()[0]).toMatchObject({ name: 'node', state: 'ok', found: `Node ${process.versions.node}` });
});
