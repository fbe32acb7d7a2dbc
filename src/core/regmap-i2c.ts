// Register maps of I2C clients (Linux: drivers/base/regmap/regmap-i2c.c).
import type { I2cBus, I2cMsg } from '../bus/i2c.js';
import type { I2cClient } from './i2c.js';
import { Regmap, type RegmapBus, type RegmapConfig, type RegmapPort } from './regmap.js';
import { type Endian, WireNumber } from './regmap-format.js';

/**
 * A register map over an I2C client: plain I2C transfers where the adapter has them, else SMBus word transfers, which
 * carry 8-bit addresses and 16-bit values only. ENOTSUPP when neither will do.
 */
export function regmapInitI2c(client: I2cClient, config: RegmapConfig): Regmap {
  const { functionality } = client.bus;
  const words = functionality.includes('smbus-word') && config.regBits === 8 && config.valBits === 16;
  if (!functionality.includes('i2c') && !words) {
    const formats = `${config.regBits}-bit addresses and ${config.valBits}-bit values`;
    throw client.dev.error('ENOTSUPP', `the adapter has no transfer for ${formats}`, 'regmap');
  }
  return new Regmap(client.dev, new RegmapI2c(client, config), config);
}

/**
 * SMBus calls the first byte of a word its low one, so Linux swaps the bytes of big-endian registers there;
 * on the wires, which is what `I2cBus` carries, both ways look alike.
 */
class RegmapI2c implements RegmapBus {
  readonly regFormat: WireNumber;
  readonly valFormat: WireNumber;
  readonly #bus: I2cBus;
  readonly #addr: number;

  constructor(client: I2cClient, config: RegmapConfig) {
    this.#bus = client.bus;
    this.#addr = client.addr;
    this.regFormat = new WireNumber(config.regBits, config.regFormatEndian ?? 'big');
    this.valFormat = new WireNumber(config.valBits, config.valFormatEndian ?? nodeEndian(client) ?? 'big');
  }

  port(addr: number): RegmapPort {
    const { regFormat, valFormat } = this;
    const pointer = new Uint8Array(regFormat.bytes);
    regFormat.put(pointer, 0, addr);
    const message = new Uint8Array(regFormat.bytes + valFormat.bytes);
    message.set(pointer);
    const readMsgs: readonly I2cMsg[] = [{ write: pointer }, { read: valFormat.bytes }];
    const writeMsgs: readonly I2cMsg[] = [{ write: message }];
    return {
      read: () => this.#bus.transfer(this.#addr, readMsgs),
      write: (value) => {
        valFormat.put(message, regFormat.bytes, value);
        return this.#bus.transfer(this.#addr, writeMsgs);
      },
    };
  }
}

/** What the node says of its registers; the machines that we stand for are little-endian. */
function nodeEndian(client: I2cClient): Endian | undefined {
  const node = client.dev.ofNode;
  if (node?.property('big-endian') !== undefined) return 'big';
  const little = node?.property('little-endian') ?? node?.property('native-endian');
  return little === undefined ? undefined : 'little';
}
