// The whole path of a frame in one process: stack, driver, QMan's portal, FMan, cable, FMan, BMan, QMan, portal,
// interrupt, NAPI, driver, stack, and its confirmation back at the sender.
import { ALL_MACS, LAB_MACS, type PerfMachine, type PerfPacket, type PerfPort, perfMachine } from './dpaa-machine.js';
import { HURRIES, perSecond, type Row } from './bench.js';
import { YARDSTICK, YARDSTICK_NS } from './xorshift.js';

const FRAMES = HURRIES ? 20_000 : 200_000;
/** What does not count: the engine compiles as long as all is new to it. */
const WARM_FRAMES = HURRIES ? 0 : 400_000;
/** Packets that a stack hands over before it lets others run. */
const BATCH = 64;

/**
 * Nanoseconds of a frame from one port of a machine to the other. All rounds have one machine, as a process has: code
 * that has met several is slower.
 */
function nsOf(size: number, linear: number): () => Promise<number> {
  let made: Promise<PerfSender> | undefined;
  return async () => {
    made ??= warmSender(size, linear);
    const { machine, packets } = await made;
    const [, right] = machine.ports as [PerfPort, PerfPort];
    const before = right.received;
    const persec = await perSecond((count) => sendMany(machine, packets, count), FRAMES);
    if (right.received - before < FRAMES) throw new Error(`${right.received - before} frames arrived`);
    return 1e9 / persec;
  };
}

/** A machine, and what its first port sends. */
interface PerfSender {
  readonly machine: PerfMachine;
  readonly packets: readonly PerfPacket[];
}

async function warmSender(size: number, linear: number): Promise<PerfSender> {
  const machine = await perfMachine(LAB_MACS, (bench) => void bench.connectEthernet(...LAB_MACS));
  const frame = frameTo(machine, 1, size);
  const packets = batchOf(machine, 0, frame, linear);
  await checkOne(machine, packets, frame);
  await sendMany(machine, packets, WARM_FRAMES);
  return { machine, packets };
}

/** Nanoseconds of a frame while ports of `boards` boards, the first `each` of eight of every one, send in pairs. */
async function nsWithPorts(each: number, boards = 1): Promise<number> {
  const sets: PortSet[] = [];
  for (let i = 0; i < boards; i++) sets.push(await portSet(each));
  const send = async (frames: number): Promise<void> => {
    for (let sent = 0; sent < frames; )
      for (const { machine, pairs } of sets) {
        for (const { from, packets } of pairs) for (const packet of packets) from.send(packet);
        await machine.arrive();
        sent += BATCH;
      }
  };
  const arrived = (): number =>
    sets.reduce((sum, { machine }) => sum + machine.ports.reduce((all, port) => all + port.received, 0), 0);
  await send(WARM_FRAMES);
  const before = arrived();
  const persec = await perSecond(send, FRAMES);
  const received = arrived() - before;
  if (received < FRAMES) throw new Error(`${received} frames arrived`);
  for (const { machine } of sets) await machine.bench.powerOff();
  return 1e9 / persec;
}

/** A board with eight ports, and what pairs of them send in a batch. */
interface PortSet {
  readonly machine: PerfMachine;
  readonly pairs: readonly { readonly from: PerfPort; readonly packets: readonly PerfPacket[] }[];
}

async function portSet(count: number): Promise<PortSet> {
  const machine = await perfMachine(ALL_MACS, (bench) => {
    for (let i = 0; i < ALL_MACS.length; i += 2) bench.connectEthernet(ALL_MACS[i] ?? '', ALL_MACS[i + 1] ?? '');
  });
  const each = BATCH / (count / 2);
  const pairs = Array.from({ length: count / 2 }, (_, i) => ({
    from: machine.ports[2 * i] as PerfPort,
    packets: batchOf(machine, 2 * i, frameTo(machine, 2 * i + 1, 1500), 1500, each),
  }));
  return { machine, pairs };
}

/** Bytes that differ, to the address of a port. */
function frameTo({ ports }: PerfMachine, port: number, size: number): Uint8Array {
  const frame = Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));
  frame.set(ports[port]?.net.address ?? [], 0);
  frame.set([0x88, 0xb5], 12);
  return frame;
}

/** As many packets of a frame as are under way at once. */
function batchOf({ ports }: PerfMachine, port: number, frame: Uint8Array, linear: number, count = BATCH): PerfPacket[] {
  return Array.from({ length: count }, () => (ports[port] as PerfPort).lay(frame, linear));
}

async function checkOne({ ports, arrive }: PerfMachine, packets: readonly PerfPacket[], frame: Uint8Array) {
  const [left, right] = ports as [PerfPort, PerfPort];
  right.keepLast = true;
  left.send(packets[0] as PerfPacket);
  await arrive();
  right.keepLast = false;
  if (Buffer.compare(right.last ?? new Uint8Array(), frame) !== 0) throw new Error('the frame that arrived is another');
}

async function sendMany({ ports, arrive }: PerfMachine, packets: readonly PerfPacket[], count: number): Promise<void> {
  const [port] = ports as readonly [PerfPort];
  for (let sent = 0; sent < count; sent += BATCH) {
    for (let i = 0; i < BATCH; i++) port.send(packets[i] as PerfPacket);
    await arrive();
  }
}

/** 500,000 frames a second. */
const WANTED = { of: 'ratio', atMost: 2000 / YARDSTICK_NS } as const;

/** What is measured. */
export const rows: readonly Row[] = [
  {
    name: 'dpaa path: 1500 bytes, stack to stack',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: nsOf(1500, 1500),
    against: YARDSTICK,
    wanted: WANTED,
  },
  {
    name: 'dpaa path: 1500 bytes in two pieces',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: nsOf(1500, 66),
    against: YARDSTICK,
    wanted: WANTED,
  },
  {
    name: 'dpaa path: a frame while 8 ports send in pairs',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: () => nsWithPorts(8),
    against: { name: 'while 2 do', run: () => nsWithPorts(2) },
    wanted: { of: 'ratio', atMost: 1.2 },
  },
  {
    // An FMan has eight MACs, QMan 15 pool channels: more ports there are on more boards.
    name: 'dpaa path: a frame while 64 ports send in pairs, on eight boards',
    unit: 'ns',
    rounds: 3,
    alone: true,
    run: () => nsWithPorts(8, 8),
    against: { name: 'while 2 do', run: () => nsWithPorts(2) },
    wanted: { of: 'ratio', atMost: 1.2 },
  },
];
