// The document is held against the rules of the standard's JSON schema, written out below for the parts in use.
import { expect, test } from 'vitest';
import { sarif } from './sarif.js';

type Rule =
  | { readonly type: 'string' | 'integer'; readonly least?: number; readonly values?: readonly string[]; uri?: true }
  | { readonly list: Rule; readonly unique?: true }
  | { readonly required: readonly string[]; readonly anyOf?: readonly string[]; readonly has: Record<string, Rule> };

const TEXT: Rule = { type: 'string' };
const LEVEL: Rule = { type: 'string', values: ['none', 'note', 'warning', 'error'] };
const MESSAGE: Rule = { required: [], anyOf: ['text', 'id'], has: { text: TEXT, id: TEXT } };
const ARTIFACT: Rule = { required: [], has: { uri: { type: 'string', uri: true } } };
const REGION: Rule = {
  required: [],
  has: { startLine: { type: 'integer', least: 1 }, startColumn: { type: 'integer', least: 1 } },
};
const PHYSICAL: Rule = {
  required: [],
  anyOf: ['address', 'artifactLocation'],
  has: { artifactLocation: ARTIFACT, region: REGION },
};
const LOCATION: Rule = {
  required: [],
  has: {
    id: { type: 'integer', least: -1 },
    physicalLocation: PHYSICAL,
    logicalLocations: { list: { required: [], has: { fullyQualifiedName: TEXT, kind: TEXT } }, unique: true },
    message: MESSAGE,
  },
};
const DESCRIPTOR: Rule = {
  required: ['id'],
  has: {
    id: TEXT,
    shortDescription: { required: ['text'], has: { text: TEXT } },
    defaultConfiguration: { required: [], has: { level: LEVEL } },
  },
};
const RESULT: Rule = {
  required: ['message'],
  has: {
    ruleId: TEXT,
    ruleIndex: { type: 'integer', least: -1 },
    level: LEVEL,
    message: MESSAGE,
    locations: { list: LOCATION },
    relatedLocations: { list: LOCATION, unique: true },
  },
};
const DRIVER: Rule = {
  required: ['name'],
  has: { name: TEXT, version: TEXT, rules: { list: DESCRIPTOR, unique: true } },
};
const LOG: Rule = {
  required: ['version', 'runs'],
  has: {
    $schema: { type: 'string', uri: true },
    version: { type: 'string', values: ['2.1.0'] },
    runs: {
      list: {
        required: ['tool'],
        has: {
          tool: { required: ['driver'], has: { driver: DRIVER } },
          columnKind: { type: 'string', values: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: { list: RESULT },
        },
      },
    },
  },
};

/** Every breach of a rule, as path and reason; properties that the rule does not name are breaches. */
function breaches(value: unknown, rule: Rule, path = '$'): string[] {
  if ('type' in rule) return scalarBreaches(value, rule, path);
  if ('list' in rule) {
    if (!Array.isArray(value)) return [`${path}: no list`];
    const same = rule.unique === true && new Set(value.map((one) => JSON.stringify(one))).size !== value.length;
    return [
      ...(same ? [`${path}: not unique`] : []),
      ...value.flatMap((v, i) => breaches(v, rule.list, `${path}[${i}]`)),
    ];
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: no object`];
  const missing = rule.required.filter((name) => !(name in value)).map((name) => `${path}.${name}: missing`);
  const none = rule.anyOf !== undefined && !rule.anyOf.some((name) => name in value);
  const parts = Object.entries(value).flatMap(([name, part]) => {
    const inner = rule.has[name];
    return inner === undefined ? [`${path}.${name}: unknown`] : breaches(part, inner, `${path}.${name}`);
  });
  return [...missing, ...(none ? [`${path}: none of ${rule.anyOf?.join()}`] : []), ...parts];
}

function scalarBreaches(value: unknown, rule: Extract<Rule, { type: unknown }>, path: string): string[] {
  const right = rule.type === 'integer' ? Number.isInteger(value) : typeof value === 'string';
  if (!right) return [`${path}: no ${rule.type}`];
  if (rule.least !== undefined && (value as number) < rule.least) return [`${path}: below ${rule.least}`];
  if (rule.values !== undefined && !rule.values.includes(value as string)) return [`${path}: ${String(value)}`];
  if (rule.uri === true && !isUriReference(value as string)) return [`${path}: no URI reference`];
  return [];
}

/** RFC 3986: only these characters, `%` with two digits, and no `:` in the first part of a relative path. */
function isUriReference(text: string): boolean {
  if (!/^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/.test(text)) return false;
  return /^[A-Za-z][A-Za-z0-9+.-]*:/.test(text) || !(text.split('/')[0] as string).includes(':');
}

const at = { file: './boards/my board.dts', line: 41, column: 9 };
const via = [
  { kind: 'macro', name: 'EP', at: { file: 'a#1.h', line: 3, column: 1 } },
  { kind: 'include', name: 'a#1.h', at: { file: 'boards/my board.dts', line: 2, column: 0 } },
] as const;
const full = sarif({
  version: '0.1.0',
  rules: [{ id: 'L1', text: 'no outgoing endpoint with the number of the path', severity: 'error' }],
  findings: [
    {
      severity: 'error',
      code: 'display/L1',
      rule: 'L1',
      text: 'No endpoint.',
      suggestion: 'Add reg.',
      at,
      where: '/a',
      via,
    },
    { severity: 'note', code: 'dt/x', text: 'n', at: { file: '<stdin>', line: 0, column: 0 } },
    { severity: 'warning', code: 'dt/x', text: 'half a pair \ud800 here', where: '/soc/dsi@1' },
    { severity: 'warning', code: 'dt/y', text: 'nowhere' },
  ],
});
const results = (log: object): Record<string, unknown>[] =>
  (log as { runs: { results: Record<string, unknown>[] }[] }).runs.flatMap((run) => run.results);

test('every document keeps the rules of the schema', () => {
  expect(breaches(JSON.parse(JSON.stringify(full)), LOG)).toEqual([]);
  expect(breaches(JSON.parse(JSON.stringify(sarif())), LOG)).toEqual([]);
});

test('the check of the rules notices what is wrong', () => {
  const wrong = { version: '2.0', runs: [{ results: [{ locations: [{ physicalLocation: {} }], level: 1 }] }] };
  expect(breaches(wrong, LOG)).toEqual([
    '$.version: 2.0',
    '$.runs[0].tool: missing',
    '$.runs[0].results[0].message: missing',
    '$.runs[0].results[0].locations[0].physicalLocation: none of address,artifactLocation',
    '$.runs[0].results[0].level: no string',
  ]);
});

test('a finding with a position has file, region, node and the way there', () => {
  expect(results(full)[0]).toEqual({
    ruleId: 'L1',
    ruleIndex: 0,
    level: 'error',
    message: { text: 'No endpoint. Add reg.' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'boards/my%20board.dts' },
          region: { startLine: 41, startColumn: 9 },
        },
        logicalLocations: [{ fullyQualifiedName: '/a', kind: 'element' }],
      },
    ],
    relatedLocations: [
      {
        id: 0,
        physicalLocation: { artifactLocation: { uri: 'a%231.h' }, region: { startLine: 3, startColumn: 1 } },
        message: { text: 'expanded from macro EP' },
      },
      {
        id: 1,
        physicalLocation: { artifactLocation: { uri: 'boards/my%20board.dts' }, region: { startLine: 2 } },
        message: { text: 'included here as a#1.h' },
      },
    ],
  });
});

test('rules that only findings name are listed once, behind the known ones', () => {
  const { driver } = (full as { runs: { tool: { driver: { rules: object[] } } }[] }).runs[0]?.tool ?? {
    driver: undefined,
  };
  expect(driver?.rules).toEqual([
    {
      id: 'L1',
      shortDescription: { text: 'no outgoing endpoint with the number of the path' },
      defaultConfiguration: { level: 'error' },
    },
    { id: 'dt/x' },
    { id: 'dt/y' },
  ]);
});

test('in a blob the artifact is the blob, without region', () => {
  const finding = { severity: 'error', code: 'x', text: 't', where: '/soc' } as const;
  const [result] = results(sarif({ version: '1', findings: [finding], file: '/b/dtb/x.dtb', base: '/b/' }));
  expect(result?.['locations']).toEqual([
    {
      physicalLocation: { artifactLocation: { uri: 'dtb/x.dtb' } },
      logicalLocations: [{ fullyQualifiedName: '/soc', kind: 'element' }],
    },
  ]);
});

test('names of files become URI references whatever they contain', () => {
  const uri = (file: string, base?: string): unknown => {
    const findings = [{ severity: 'error', code: 'x', text: 't', at: { file, line: 1, column: 1 } }] as const;
    return JSON.stringify(results(sarif({ version: '1', findings, base }))).match(/"uri":"([^"]*)"/)?.[1];
  };
  expect([
    uri('a:b?c#d%.dts'),
    uri('..\\x\\y.dts'),
    uri('C:\\t\\y z.dts'),
    uri('C:\\t\\y.dts', 'C:\\t'),
    uri('/abs/x.dts', '/ab'),
    uri('//host/x.dts'),
    uri('\ud800.dts'),
  ]).toEqual([
    'a%3Ab%3Fc%23d%25.dts',
    '../x/y.dts',
    'file:///C:/t/y%20z.dts',
    'y.dts',
    'file:///abs/x.dts',
    'file:///host/x.dts',
    '%EF%BF%BD.dts',
  ]);
});
