// Every place where a fault can be planned, and what can happen there. Validation and `--help` read this table.

/** A place in a bus where something can go wrong. */
export interface FaultPlace {
  /** Bus and operation, as in `FaultPoint.where`. */
  readonly where: string;
  /** What one operation is and which names `@` takes, for a person. */
  readonly about: string;
  /** The faults that can happen here; `any` uses the first. */
  readonly whats: readonly string[];
  /** Whether `any` counts it: places that lie inside another operation do not count. */
  readonly counted: boolean;
}

/** The fault word of the place `any`: the first fault of whatever place the operation is at. */
export const FAIL = 'fail';

/** All places. `any` stands for each counted operation of every bus. */
export const FAULT_MENU: readonly FaultPlace[] = [
  {
    where: 'i2c.transfer',
    about: 'one transfer from start to stop; it does not reach the target; @address, @bus or @bus:address',
    whats: ['timeout', 'arbitration-lost', 'bus-error', 'nack-address', 'nack-data'],
    counted: true,
  },
  {
    where: 'i2c.address',
    about: 'the address byte of a transfer',
    whats: ['nack-address', 'arbitration-lost'],
    counted: false,
  },
  {
    where: 'i2c.data',
    about: 'one byte written to a target; the bytes before it have arrived',
    whats: ['nack-data', 'arbitration-lost', 'bus-error', 'timeout'],
    counted: false,
  },
  {
    where: 'mmio.read',
    about: 'one register read; @offset, @window or @window:offset',
    whats: ['all-ones', 'bus-error'],
    counted: true,
  },
  {
    where: 'mmio.write',
    about: 'one register write; @offset, @window or @window:offset',
    whats: ['lost', 'bus-error'],
    counted: true,
  },
  {
    where: 'irq.deliver',
    about: 'one delivery to one handler; @line; a lost level comes again by itself',
    whats: ['lost', 'spurious', 'late'],
    counted: true,
  },
  {
    where: 'event.fire',
    about: 'one pulse of one signal between blocks; @signal, @block or @block:signal',
    whats: ['lost'],
    counted: true,
  },
  {
    where: 'rpmsg.send',
    about: 'one message to a remote processor; refused ones do not leave, delayed ones are overtaken; @channel, @edge',
    whats: ['refuse', 'drop', 'duplicate', 'delay', 'truncate'],
    counted: true,
  },
  {
    where: 'rpmsg.deliver',
    about: 'one message from a remote processor, before software gets it; @channel, @edge',
    whats: ['drop', 'duplicate', 'delay', 'truncate'],
    counted: true,
  },
  {
    where: 'ethernet.frame',
    about: 'one frame on the wire of a MAC, out or in; damaged ones have a wrong FCS; @mac, @out, @in or @mac:out',
    whats: ['lost', 'damaged', 'doubled'],
    counted: true,
  },
  {
    where: 'qman.enqueue',
    about: 'one frame to QMan, by software or FMan; a lost one was accepted; @fqid, @block or @block:fqid',
    whats: ['reject', 'lost'],
    counted: true,
  },
  {
    where: 'qman.dequeue',
    about: 'one frame that QMan gives out; @fqid, @block or @block:fqid',
    whats: ['lost'],
    counted: true,
  },
  {
    where: 'bman.acquire',
    about: 'one request for 1 to 8 buffers; @bpid, @block or @block:bpid',
    whats: ['empty'],
    counted: true,
  },
  {
    where: 'bman.release',
    about: 'one return of 1 to 8 buffers; they do not reach the pool; @bpid, @block or @block:bpid',
    whats: ['lost'],
    counted: true,
  },
  { where: 'dma.alloc', about: 'one allocation of shared memory', whats: ['enomem'], counted: true },
  { where: 'dma.map', about: 'one mapping for a device; @device', whats: ['enomem'], counted: true },
  { where: 'any', about: 'any operation of any bus that counts', whats: [FAIL], counted: false },
];

/** The place of that name. */
export function faultPlace(where: string): FaultPlace | undefined {
  return PLACES.get(where);
}

const PLACES = new Map(FAULT_MENU.map((place) => [place.where, place]));
