// What every I2C adapter must do, modelled, wrapped or real. A real one brings a chip with word registers (i2c-stub).
import { expect, test } from 'vitest';
import { isErrno, SysError } from '../base/errno.js';
import { I2C_ALERT_RESPONSE, type I2cBus, type I2cTarget } from './i2c.js';

/** An adapter with one chip of 16-bit big-endian registers behind a register pointer. */
export interface I2cEnds {
  readonly bus: I2cBus;
  /** Where the chip is, and an address where nobody is. */
  readonly present: number;
  readonly absent: number;
  /** A register of the chip that keeps all 16 bits written to it. */
  readonly scratch: number;
  /** For a chip that takes part in the alert response: gives it an alert, so that it sends `present` shifted left. */
  alarm?(): void;
  close?(): void;
}

/** A chip for modelled ends: 256 word registers, a read starts at the pointer and goes on in the next register. */
export function wordTarget(): I2cTarget {
  const words = new Uint16Array(256);
  let pointer = 0;
  return {
    write(bytes) {
      if (bytes.length > 0) pointer = bytes[0] as number;
      if (bytes.length > 2) words[pointer] = ((bytes[1] as number) << 8) | (bytes[2] as number);
      return bytes.length;
    },
    read(length) {
      return Uint8Array.from({ length }, (_, i) => ((words[pointer + (i >> 1)] ?? 0) >> (i % 2 === 0 ? 8 : 0)) & 0xff);
    },
    stop() {},
  };
}

/** The suite. `make` gives fresh ends for each test. */
export function i2cContract(name: string, make: () => I2cEnds | Promise<I2cEnds>): void {
  const claim = (text: string, body: (ends: I2cEnds) => Promise<void>): void => {
    test(`${name}: ${text}`, async () => {
      const ends = await make();
      try {
        await body(ends);
      } finally {
        ends.close?.();
      }
    });
  };
  const read = async ({ bus, present, scratch }: I2cEnds) => [
    ...(await bus.transfer(present, [{ write: Uint8Array.of(scratch) }, { read: 2 }])),
  ];

  claim('a word that was written is read back behind a repeated start', async (ends) => {
    await ends.bus.transfer(ends.present, [{ write: Uint8Array.of(ends.scratch, 0x12, 0x34) }]);
    expect(await read(ends)).toEqual([0x12, 0x34]);
    await ends.bus.transfer(ends.present, [{ write: Uint8Array.of(ends.scratch, 0xff, 0x00) }]);
    expect(await read(ends)).toEqual([0xff, 0x00]);
  });

  claim('a write answers no bytes', async ({ bus, present, scratch }) => {
    expect((await bus.transfer(present, [{ write: Uint8Array.of(scratch, 0, 1) }])).length).toBe(0);
  });

  claim('an address where nobody is rejects with a SysError that names it, and the bus works on', async (ends) => {
    const error = await ends.bus.transfer(ends.absent, [{ write: Uint8Array.of(0) }, { read: 2 }]).catch((e) => e);
    expect(error).toBeInstanceOf(SysError);
    expect(isErrno(error, 'ENXIO') || isErrno(error, 'EREMOTEIO')).toBe(true);
    expect(error.message).toContain(`0x${ends.absent.toString(16).padStart(2, '0')}`);
    await ends.bus.transfer(ends.present, [{ write: Uint8Array.of(ends.scratch, 0xab, 0xcd) }]);
    expect(await read(ends)).toEqual([0xab, 0xcd]);
  });

  claim('more than seven bits of address, and a transfer without parts, are EINVAL', async ({ bus, present }) => {
    const codes: unknown[] = [];
    for (const addr of [0x80, -1, 1.5]) codes.push(await codeOf(bus.transfer(addr, [{ write: Uint8Array.of(0) }])));
    codes.push(await codeOf(bus.transfer(present, [])));
    expect(codes).toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL']);
  });

  claim('the alert response address is answered by who has an alert, and by nobody else', async (ends) => {
    const words = !ends.bus.functionality.includes('i2c');
    expect(words ? ['EOPNOTSUPP'] : ['ENXIO', 'EREMOTEIO']).toContain(await alertResponse(ends.bus));
    ends.alarm?.();
    if (ends.alarm !== undefined && !words) expect(await alertResponse(ends.bus)).toEqual([ends.present << 1]);
  });

  claim('what the adapter does not offer is EOPNOTSUPP, what it offers works', async ({ bus, present, scratch }) => {
    const long = bus.transfer(present, [{ write: Uint8Array.of(scratch) }, { read: 4 }]);
    expect(await codeOf(long)).toBe(bus.functionality.includes('i2c') ? undefined : 'EOPNOTSUPP');
  });
}

/** Reads one byte of the alert response address; what it ends with. */
async function alertResponse(bus: I2cBus): Promise<unknown> {
  const answer = bus.transfer(I2C_ALERT_RESPONSE, [{ read: 1 }]);
  return (await codeOf(answer)) ?? [...(await answer)];
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
    return undefined;
  } catch (e) {
    return e instanceof SysError ? e.code : String(e);
  }
}
