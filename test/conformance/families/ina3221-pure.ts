// The IIO core's and the kernel's own texts: numbers parsed and formatted, names made of channels.
import { isDeepStrictEqual } from 'node:util';
import { SysError } from '../../../src/base/errno.js';
import { IIO_MODIFIERS, type IioChanType, type IioModifier } from '../../../src/core/iio/channel.js';
import { iioAttrName, type IioSharedBy } from '../../../src/core/iio/names.js';
import { iioFormatValue, iioStrToFixpoint, type IioValType } from '../../../src/core/iio/value.js';
import { kstrtoint, kstrtol } from '../../../src/core/kstrtox.js';
import { type Family, isRecord, type Vector, verdict } from '../family.js';

/** What the kernel was given; what it answered stands beside it. */
interface Row {
  readonly text: string;
  readonly fract_mult: number;
  readonly type_name: string;
  readonly vals: readonly number[];
  readonly type: IioChanType;
  readonly channel: number;
  readonly channel2: number;
  readonly indexed: boolean;
  readonly differential: boolean;
  readonly modified: boolean;
  readonly output: boolean;
  readonly extend_name: string | null;
  readonly postfix: string;
  readonly shared: IioSharedBy;
}

type Result = Readonly<Record<string, unknown>>;

/** The groups of `pure`: what is recorded of a result beside `ret`, and how ours is made. */
const GROUPS: Readonly<Record<string, { readonly keys: readonly string[]; readonly run: (row: Row) => Result }>> = {
  iio_str_to_fixpoint: {
    keys: ['integer', 'fract'],
    run: ({ text, fract_mult }) => ({ ret: 0, ...iioStrToFixpoint(text, fract_mult) }),
  },
  iio_format_value: {
    keys: ['text'],
    run: ({ type_name, vals }) => {
      const text = iioFormatValue({ type: type_name.replace(/^IIO_VAL_/, '') as IioValType, vals });
      return { ret: text.length, text };
    },
  },
  kstrtol_base10: { keys: ['value'], run: ({ text }) => ({ ret: 0, value: kstrtol(text) }) },
  kstrtoint_base0: { keys: ['value'], run: ({ text }) => ({ ret: 0, value: kstrtoint(text, 0) }) },
  channel_names: { keys: ['name'], run: (row) => ({ ret: 0, name: nameOf(row) }) },
};

/** Texts of the kernel's IIO core, and its parsers of numbers. */
export const INA3221_PURE: readonly Family[] = [
  {
    name: 'ina3221/pure',
    pick: pureVectors,
    judge({ name, data }) {
      const group = name.replace(/\[\d+\]$/, '');
      const known = Object.hasOwn(GROUPS, group) ? GROUPS[group] : undefined;
      if (known === undefined) return verdict(`no such group: ${group}`);
      const wanted = picked(data as Result, ['ret', ...known.keys]);
      const is = outcome(() => known.run(data as Row));
      return verdict(
        isDeepStrictEqual(is, wanted) ? undefined : `${JSON.stringify(is)}, not ${JSON.stringify(wanted)}`,
      );
    },
  },
];

function pureVectors(json: unknown): readonly Vector[] | undefined {
  if (!isRecord(json) || !isRecord(json['pure'])) return undefined;
  return Object.entries(json['pure']).flatMap(([group, rows]) =>
    Array.isArray(rows) ? rows.map((data, index) => ({ name: `${group}[${index}]`, data })) : [],
  );
}

/** A modified channel has its modifier's number in `channel2`. */
function nameOf({ modified, channel2, extend_name, postfix, shared, ...chan }: Row): string {
  const part = modified ? { modifier: IIO_MODIFIERS[channel2] as IioModifier } : { channel2 };
  const more = extend_name === null ? {} : { extendName: extend_name };
  return iioAttrName({ ...chan, ...part, ...more }, postfix, shared);
}

function picked(row: Result, keys: readonly string[]): Result {
  return Object.fromEntries(keys.flatMap((key) => (key in row ? [[key, row[key]]] : [])));
}

function outcome(run: () => Result): Result {
  try {
    return run();
  } catch (e) {
    if (e instanceof SysError) return { ret: e.errno };
    throw e;
  }
}
