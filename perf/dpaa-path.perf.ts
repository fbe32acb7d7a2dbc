// The whole path of a frame in one process: stack, driver, QMan's portal, FMan, cable, FMan, BMan, QMan, portal,
// interrupt, NAPI, driver, stack, and its confirmation back at the sender.
import { ALL_MACS, LAB_MACS, type PerfMachine, perfMachine } from './dpaa-machine.js';
import { perSecond, type Row } from './bench.js';

const FRAMES = 200_000;
/** Packets that a stack hands over before it lets others run. */
const BATCH = 64;

/** Frames a second from one port of a machine to the other. */
async function rate(size: number, linear: number): Promise<number> {
  const machine = await perfMachine(LAB_MACS, (bench) => void bench.connectEthernet(...LAB_MACS));
  const frame = frameTo(machine, 1, size);
  await checkOne(machine, frame, linear);
  const persec = await perSecond((count) => sendMany(machine, frame, linear, count), FRAMES);
  const { received } = machine.ports[1] as { received: number };
  if (received < FRAMES) throw new Error(`${received} frames arrived`);
  await machine.bench.powerOff();
  return persec;
}

/** Nanoseconds of a frame while the first `count` ports of a machine with eight send to one another in pairs. */
async function nsWithPorts(count: number): Promise<number> {
  const machine = await perfMachine(ALL_MACS, (bench) => {
    for (let i = 0; i < ALL_MACS.length; i += 2) bench.connectEthernet(ALL_MACS[i] ?? '', ALL_MACS[i + 1] ?? '');
  });
  const pairs = Array.from({ length: count / 2 }, (_, i) => ({
    from: machine.ports[2 * i],
    frame: frameTo(machine, 2 * i + 1, 1500),
  }));
  const each = BATCH / pairs.length;
  const send = async (frames: number): Promise<void> => {
    for (let sent = 0; sent < frames; sent += BATCH) {
      for (const { from, frame } of pairs) for (let i = 0; i < each; i++) from?.send(frame, 1500);
      await machine.arrive();
    }
  };
  const persec = await perSecond(send, FRAMES);
  const received = machine.ports.reduce((sum, port) => sum + port.received, 0);
  if (received < FRAMES) throw new Error(`${received} frames arrived`);
  await machine.bench.powerOff();
  return 1e9 / persec;
}

/** Bytes that differ, to the address of a port. */
function frameTo({ ports }: PerfMachine, port: number, size: number): Uint8Array {
  const frame = Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));
  frame.set(ports[port]?.net.address ?? [], 0);
  frame.set([0x88, 0xb5], 12);
  return frame;
}

async function checkOne({ ports, arrive }: PerfMachine, frame: Uint8Array, linear: number): Promise<void> {
  const [left, right] = ports;
  if (left === undefined || right === undefined) return;
  right.keepLast = true;
  left.send(frame, linear);
  await arrive();
  right.keepLast = false;
  if (Buffer.compare(right.last ?? new Uint8Array(), frame) !== 0) throw new Error('the frame that arrived is another');
}

async function sendMany(
  { ports, arrive }: PerfMachine,
  frame: Uint8Array,
  linear: number,
  count: number,
): Promise<void> {
  for (let sent = 0; sent < count; sent += BATCH) {
    for (let i = 0; i < BATCH; i++) ports[0]?.send(frame, linear);
    await arrive();
  }
}

const ATLEAST = { of: 'figure', atLeast: 500_000 } as const;

/** What is measured. */
export const rows: readonly Row[] = [
  { name: 'dpaa path: 1500 bytes, stack to stack', unit: 'frames/s', run: () => rate(1500, 1500), wanted: ATLEAST },
  { name: 'dpaa path: 1500 bytes in two pieces', unit: 'frames/s', run: () => rate(1500, 66), wanted: ATLEAST },
  {
    // QMan has 15 pool channels and the model one FMan of 8 MACs: more ports there are not.
    name: 'dpaa path: a frame while 8 ports send in pairs',
    unit: 'ns',
    rounds: 3,
    run: () => nsWithPorts(8),
    against: { name: 'while 2 do', run: () => nsWithPorts(2) },
    wanted: { of: 'ratio', atMost: 1.2 },
  },
];
