import { expect, test } from 'vitest';
import type { IioEventSpec } from './channel.js';
import { IIO_MODIFIERS, type IioModifier } from './channel.js';
import { iioAttrName, iioChanName, iioEventName, type IioNamed, type IioSharedBy } from './names.js';
import { goldenCalls, outcome } from '../../../test/ina3221-golden.js';

interface NameCall {
  readonly type: IioNamed['type'];
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

/** As the kernel has it: of a modified channel the second number is the modifier. */
function described({ modified, channel2, extend_name, ...chan }: NameCall): IioNamed {
  const { type, channel, indexed, differential, output } = chan;
  return {
    ...{ type, channel, channel2, indexed, differential, output },
    ...(modified ? { modifier: IIO_MODIFIERS[channel2] as IioModifier } : {}),
    ...(extend_name === null ? {} : { extendName: extend_name }),
  };
}

test("files have the kernel's names, for every sharing and kind of channel", () => {
  for (const call of goldenCalls<NameCall>('channel_names')) {
    const is = outcome(() => ({ name: iioAttrName(described(call), call.postfix, call.shared) }));
    expect({ ...call, ...is }).toEqual(call);
  }
});

test('a channel is called by what its files have in common', () => {
  expect(iioChanName({ type: 'voltage', channel: 1, channel2: 0, indexed: true, differential: true })).toBe(
    'in_voltage1-voltage0',
  );
  expect(iioChanName({ type: 'accel', channel: 0, modifier: 'x' })).toBe('in_accel_x');
  expect(iioChanName({ type: 'timestamp', channel: -1 })).toBe('in_timestamp');
});

test('the severity of an event stands before its type', () => {
  const event: Omit<IioEventSpec, 'separate'> = { type: 'thresh', dir: 'rising' };
  expect([iioEventName(event), iioEventName({ ...event, severity: 'critical' })]).toEqual([
    'thresh_rising',
    'critical_thresh_rising',
  ]);
});
