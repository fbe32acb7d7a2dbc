import { expect, test } from 'vitest';
import { formatLink, parseLink } from './link-text.js';

const LINK = {
  view: 'power',
  tree: 'my board.dtb',
  sha256: 'ab12',
  blob: 'a-b_c',
  seed: '42',
  params: ['ina3221.channels=patch', 'fsl_dpa.max-frame=9600'],
  scenario: '250ms set power@40:load1Ma=500\n1s fault i2c.data@0x40#3=nack-data',
  until: 1_500_000_000,
  args: { unit: 'A' },
};

test('what a link says is read as it was written', () => {
  expect(parseLink(formatLink(LINK))).toEqual(LINK);
  expect(parseLink(`#${formatLink(LINK)}`)).toEqual(LINK);
});

test('nothing is a page that was just opened', () => {
  const fresh = {
    view: 'board',
    tree: '',
    sha256: '',
    blob: '',
    seed: '1',
    params: [],
    scenario: '',
    until: 0,
    args: {},
  };
  expect(parseLink('')).toEqual(fresh);
  expect(parseLink('until=-5')).toEqual(fresh);
  expect(parseLink('until=soon&tree=').until).toBe(0);
});

test("a view's own words cannot pretend to be the link's", () => {
  const text = formatLink({ ...LINK, args: { tree: 'other.dtb', do: '0s clear', unit: 'V' } });
  expect(parseLink(text)).toEqual({ ...LINK, args: { unit: 'V' } });
});
