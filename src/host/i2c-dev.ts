// A real I2C adapter: /dev/i2c-N of Linux's i2c-dev. On a bench it makes time real (docs/adr/0005).
import { closeSync, openSync } from 'node:fs';
import { hexNumber } from '../base/bytes.js';
import { type Errno, errnoName, SysError } from '../base/errno.js';
import { I2C_ERRNO, type I2cBus, type I2cFaultWord, type I2cFunction, type I2cMsg } from '../bus/i2c.js';
import { i2cRefusal } from '../bus/i2c-check.js';
import { i2cError } from '../bus/i2c-error.js';
import { I2C_FUNC, I2C_IOCTL, I2C_RDWR_LIMITS, I2cBlock } from './i2c-ioctl.js';
import type { Native, NativeFunction } from './native.js';

/** The wires of a real adapter. Transfers wait for each other; the adapter's own timeout and retries are left alone. */
export interface I2cDev extends I2cBus {
  /** Whether a driver of the kernel is bound to the address, and the chip there is not ours to use. */
  isHeld(addr: number): Promise<boolean>;
  /** Closes the file once the transfers that were asked for have ended; later ones end with EBADF. */
  close(): Promise<void>;
}

/** How an adapter is opened. */
export interface I2cDevOptions {
  /** Talk to chips that a driver of the kernel holds, too. */
  readonly force?: boolean;
}

const IOCTL = 'int ioctl(int fd, unsigned long request, uintptr_t arg)';

/**
 * Opens an adapter by the path of its device file. Throws the system's error for a file that cannot be opened (ENOENT,
 * EACCES), ENOTTY for one that is no I2C adapter, EOPNOTSUPP for an adapter that has no transfer that is of use here.
 */
export function openI2cDev(native: Native, path: string, options: I2cDevOptions = {}): I2cDev {
  const fd = openFile(path);
  try {
    return new DevI2cBus(native, path, fd, options.force === true);
  } catch (e) {
    closeSync(fd);
    throw e;
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r+');
  } catch (e) {
    const errno = e instanceof Error && 'errno' in e ? Number(e.errno) : 0;
    throw new SysError(errnoName(errno) ?? 'EIO', 'it cannot be opened', { dev: path, cause: e });
  }
}

/** What the errors of transfers mean. i2c-stub says ENODEV where nobody is, other adapters ENXIO or EREMOTEIO. */
const WORDS: ReadonlyMap<Errno, I2cFaultWord> = new Map<Errno, I2cFaultWord>([
  [I2C_ERRNO['nack-address'], 'nack-address'],
  ['ENODEV', 'nack-address'],
  [I2C_ERRNO['nack-data'], 'nack-data'],
  [I2C_ERRNO['arbitration-lost'], 'arbitration-lost'],
  [I2C_ERRNO.timeout, 'timeout'],
  [I2C_ERRNO['not-supported'], 'not-supported'],
]);

class DevI2cBus implements I2cDev {
  readonly functionality: readonly I2cFunction[];
  readonly #native: Native;
  readonly #path: string;
  readonly #fd: number;
  readonly #ioctl: NativeFunction;
  readonly #block: I2cBlock;
  readonly #claim: number;
  /** The last transfer that was asked for; it never rejects. */
  #last: Promise<unknown> = Promise.resolve();
  #closing: Promise<void> | undefined;

  constructor(native: Native, path: string, fd: number, force: boolean) {
    this.#native = native;
    this.#path = path;
    this.#fd = fd;
    this.#ioctl = native.func(IOCTL);
    this.#block = new I2cBlock(native);
    this.#claim = force ? I2C_IOCTL.SLAVE_FORCE : I2C_IOCTL.SLAVE;
    this.functionality = this.#askFunctions();
  }

  transfer(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    const refusal = this.#refusal(addr, msgs);
    if (refusal !== undefined) return Promise.reject(refusal);
    const words = !this.functionality.includes('i2c');
    return this.#inTurn(() => (words ? this.#word(addr, msgs) : this.#plain(addr, msgs)));
  }

  isHeld(addr: number): Promise<boolean> {
    if (this.#closing !== undefined) return Promise.reject(this.#isClosed());
    return this.#inTurn(async () => {
      if (this.#now(I2C_IOCTL.SLAVE, BigInt(addr)) >= 0) return false;
      const { code } = this.#native.failure('');
      if (code === 'EBUSY') return true;
      throw this.#error(code, `the kernel does not take the address ${hexNumber(addr, 2)}`);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#last.then(() => closeSync(this.#fd));
    return this.#closing;
  }

  #askFunctions(): I2cFunction[] {
    if (this.#now(I2C_IOCTL.FUNCS, this.#block.functions()) < 0) {
      throw this.#error(this.#native.failure('').code, 'it is no I2C adapter');
    }
    const bits = this.#block.functionBits;
    const found: I2cFunction[] = [];
    if ((bits & I2C_FUNC.I2C) !== 0) found.push('i2c');
    if ((bits & I2C_FUNC.SMBUS_WORD_DATA) === I2C_FUNC.SMBUS_WORD_DATA) found.push('smbus-word');
    if (found.length === 0) throw this.#error('EOPNOTSUPP', 'the adapter has neither plain I2C nor SMBus words');
    return found;
  }

  #refusal(addr: number, msgs: readonly I2cMsg[]): SysError | undefined {
    if (this.#closing !== undefined) return this.#isClosed();
    const refusal = i2cRefusal(this.#path, addr, msgs, !this.functionality.includes('i2c'));
    if (refusal !== undefined) return refusal;
    const { parts, bytes } = I2C_RDWR_LIMITS;
    const tooLong = msgs.some((msg) => ('read' in msg ? msg.read : msg.write.length) > bytes);
    return msgs.length > parts || tooLong ? i2cError('not-supported', this.#path, addr) : undefined;
  }

  /** Begins when the transfers before it have ended. */
  #inTurn<T>(body: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(body);
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  async #plain(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    const done = await this.#call(I2C_IOCTL.RDWR, this.#block.transfer(addr, msgs), addr);
    if (done === msgs.length) return this.#block.answer;
    throw this.#error('EIO', `${done} of ${msgs.length} parts of the transfer with ${hexNumber(addr, 2)} were done`);
  }

  async #word(addr: number, msgs: readonly I2cMsg[]): Promise<Uint8Array> {
    this.#setAddress(addr);
    await this.#call(I2C_IOCTL.SMBUS, this.#block.word(msgs), addr);
    return this.#block.answer;
  }

  /** Without `force` the kernel refuses an address that a driver of its own holds. */
  #setAddress(addr: number): void {
    if (this.#now(this.#claim, BigInt(addr)) >= 0) return;
    const { code } = this.#native.failure('');
    const why = code === 'EBUSY' ? 'belongs to a driver of the kernel' : 'is not taken by the kernel';
    throw this.#error(code, `${hexNumber(addr, 2)} ${why}`);
  }

  /** For what the kernel answers without asking the wires. */
  #now(request: number, arg: bigint): number {
    return Number(this.#ioctl(this.#fd, request, arg));
  }

  /**
   * On a thread of Node's pool: a transfer at 100 kHz takes half a millisecond, one to a stuck bus a second. The block
   * is in use until it ends.
   */
  #call(request: number, arg: bigint, addr: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#ioctl.async(this.#fd, request, arg, (e: unknown, result: unknown) => {
        if (e !== null) reject(e);
        else if (Number(result) >= 0) resolve(Number(result));
        else reject(this.#transferError(this.#native.failure('').code, addr));
      });
    });
  }

  #transferError(code: Errno, addr: number): SysError {
    const word = WORDS.get(code);
    if (word !== undefined) return i2cError(word, this.#path, addr);
    return this.#error(code, `the transfer with ${hexNumber(addr, 2)} failed`);
  }

  #isClosed(): SysError {
    return this.#error('EBADF', 'the adapter is closed');
  }

  #error(code: Errno, what: string): SysError {
    return new SysError(code, what, { dev: this.#path, op: 'i2c' });
  }
}
