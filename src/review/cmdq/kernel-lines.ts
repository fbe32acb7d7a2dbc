// Table of the kernel lines about CMDQ and what waits for it, in words (facts: CMDQ, chapters 3, 6, 7, 10 and 11; the
// forms of Linux 4.19 to 6.12, and of the mailbox and DRM cores of v6.12).
import type { LineTable } from '../line-table.js';

const ALL = 'every kernel with this driver';
const HELPER = /cmdq|mediatek|mtk|^\[drm/;
const DISASSEMBLE =
  '`bringup cmdq disassemble FILE --tree TREE` reads a dump of the packet, with the names of its events';
const LINT_TREE = '`bringup cmdq lint TREE` compares mediatek,gce-client-reg with reg, and counts the cells of mboxes';
const ROUTING = 'whether MMSYS lets the event out to the GCE: mutex events need a running output behind that mutex';

const CRTC_CPU = new RegExp(
  /^mtk_crtc (?<crtc>\d+) failed to /.source +
    /(?:create mailbox client, writing register by CPU now|get mediatek,gce-events property|create cmdq packet)/
      .source +
    /(?:: .*)?$/.source,
);
const CLIENT_REG = new RegExp(
  "^(?:error (?<ret>-\\d+) can't parse gce-client-reg property \\(\\d+\\)|" +
    'get mediatek,gce-client-reg fail!?|parse gce-client-reg fail!?)$',
);

/** What the kernel prints about the GCE, its packets, and displays that are written through it. */
export const CMDQ_LINES: LineTable = {
  name: 'cmdq',
  names: { thread: threadName },
  errors: {
    ENOENT: 'the property is missing, or its entry is empty',
    EINVAL: 'the entry has another form, or a number that the GCE does not have',
    EBUSY: 'another device has that thread already',
    ENODEV: 'the phandle leads to no mailbox',
    EPROBE_DEFER: 'the driver of the GCE has not probed yet',
    ENOBUFS: 'twenty packets wait on that channel already',
    EPROTO: 'the program has an instruction that the GCE does not know',
    ENOEXEC: 'the program has an instruction that the GCE does not know',
    ECONNABORTED: 'the channel was flushed or freed before the packet had run',
  },
  entries: [
    {
      id: 'crtc-timeout',
      pattern: /^(?:drm )?mtk_crtc (?<crtc>\d+) CMDQ execute command timeout!$/,
      severity: 'error',
      kernels: 'v5.12 and later',
      says: 'The packet with the registers of CRTC {crtc} was not through two frames after it was sent.',
      why:
        'The GCE waits for the end-of-frame event of the mutex, or was never let run: no clock, a program that ' +
        'stands on an instruction before. What was to be shown is not there; the next update flushes the packet.',
      check: [
        'mediatek,gce-events of the mutex node: entry {crtc} must be the stream-done event of that SoC',
        ROUTING,
        'the clock of the GCE, and that the client has resumed it (runtime PM) before it sends',
        DISASSEMBLE,
        'without the mailbox module the driver writes registers by the processor: the picture comes back, with tears',
      ],
      rules: [],
    },
    {
      id: 'flip-done-timeout',
      pattern: /^(?:\[CRTC:(?<crtc>\d+):(?<name>[^\]]{1,40})\] )?flip_done timed out$/,
      from: HELPER,
      severity: 'error',
      kernels: ALL,
      says: 'A new picture was asked for, and ten seconds later nobody had said that it is on the screen.',
      why:
        'On MediaTek it is said when the packet of the update has run, or without CMDQ in the interrupt at the end ' +
        'of a frame. Either the packet stands (then "CMDQ execute command timeout!" is near), or no frame ends.',
      check: ['the lines before: a CMDQ timeout, or a vblank that timed out', DISASSEMBLE],
      rules: [],
    },
    {
      id: 'vblank-timeout',
      pattern: /^vblank wait timed out on crtc (?<crtc>\d+)$/,
      severity: 'error',
      kernels: ALL,
      says: 'No frame of CRTC {crtc} ended within 100 ms: its output stands still, or its interrupt does not come.',
      why: 'The first block of the path (OVL or RDMA) raises it at the end of each frame; that needs a running output.',
      check: [
        'whether the output (DSI, DPI) was started: its clock, its panel or bridge',
        'whether all blocks of the path are in the mutex: one that is not stops the frame',
        'the interrupt of the first block in /proc/interrupts',
      ],
      rules: [],
    },
    {
      id: 'crtc-cpu',
      pattern: CRTC_CPU,
      severity: 'warning',
      kernels: 'v5.10 and later, with dynamic debug',
      says: 'CRTC {crtc} goes without the GCE: the processor writes registers in the interrupt at the end of a frame.',
      why: 'It has no channel, no event or no memory for it. Pictures come all the same; a late interrupt tears them.',
      check: [
        'mboxes of the mmsys node, entry {crtc}',
        'mediatek,gce-events of the mutex node, entry {crtc}',
        LINT_TREE,
      ],
      rules: [],
    },
    {
      id: 'client-channel',
      pattern: /^failed to request channel(?: .*)?$/,
      from: HELPER,
      severity: 'error',
      kernels: ALL,
      says: 'A client of the GCE got no thread.',
      why: 'Its mboxes property is missing or has the wrong number of cells, or another device has that thread.',
      check: ['the mboxes of the node: `#mbox-cells` is 2 today, thread and priority', LINT_TREE],
      rules: [],
    },
    {
      id: 'client-reg',
      pattern: CLIENT_REG,
      severity: 'warning',
      kernels: ALL,
      says: 'A block has no mediatek,gce-client-reg that can be read: the GCE does not know where its registers are.',
      why: 'The property has three cells behind the phandle: subsystem, offset, size.',
      check: [LINT_TREE],
      rules: [],
    },
    {
      id: 'suspend-thread',
      pattern: /^suspend GCE thread (?<thread>0x[0-9a-f]{1,8}) failed$/,
      severity: 'error',
      kernels: ALL,
      says: '{thread} did not stop within 10 us.',
      why: 'A POLL holds the whole engine until its register has the value; or the GCE has no clock and reads as zero.',
      check: ['POLL instructions of any thread: they block all others', 'the clock of the GCE', DISASSEMBLE],
      rules: [],
    },
    {
      id: 'reset-thread',
      pattern: /^reset GCE thread (?<thread>0x[0-9a-f]{1,8}) failed$/,
      severity: 'error',
      kernels: ALL,
      says: '{thread} did not come out of its reset within 10 us.',
      why: 'The GCE does not answer: no clock, no power, or the wrong address.',
      check: ['clocks of the GCE node; on parts with two GCEs also that of the other', 'reg of the GCE node'],
      rules: [],
    },
    {
      id: 'wait-thread',
      pattern: /^Fail to wait GCE thread (?<thread>0x[0-9a-f]{1,8}) done$/,
      severity: 'error',
      kernels: 'v5.5 and later',
      says: '{thread} was to be flushed, and its packets did not end in time.',
      why: 'It runs (it does not wait for an event), and does not come to its end: a POLL, or a loop.',
      check: ['POLL and jumps backwards in its packets', DISASSEMBLE],
      rules: [],
    },
    {
      id: 'task-error',
      pattern: /^task (?<task>\S{1,24}) error$/,
      from: /cmdq|mailbox|gce/,
      severity: 'error',
      kernels: ALL,
      says: 'The GCE stopped in a packet: an instruction that it does not know, or one that took too long.',
      why: 'The kernel prints no more. Usual: a buffer that was reused while it ran, or instructions for another SoC.',
      check: [DISASSEMBLE, '`bringup cmdq lint FILE` looks for what makes programs stop'],
      rules: [],
    },
    {
      id: 'timeout',
      pattern: /^(?:thread \d{1,2}: )?cmdq timeout!?$/i,
      severity: 'error',
      kernels: 'v4.19 to v5.12, and kernels of MediaTek',
      says: 'Packets of a client were not through within a second.',
      why: 'The thread waits for an event that does not come, or stands behind a thread that holds the engine.',
      check: ['`bringup cmdq run LOG` with the dump that follows the line says what the thread waits for', ROUTING],
      rules: [],
    },
    {
      id: 'vendor-timeout',
      pattern: /^\[cmdq\](?:\[err\])? timeout for thread:\S{1,24} idx:(?<index>\d{1,2}) usage:\d{1,8}$/,
      severity: 'error',
      kernels: 'kernels of MediaTek',
      says: 'Packets on thread {index} were not through in time. A dump of the thread and of its packet follows.',
      why: 'The thread waits for an event that does not come, or stands behind a thread that holds the engine.',
      check: ['`bringup cmdq run LOG --tree TREE` with that log: what it waits for, and who is to raise it', ROUTING],
      rules: [],
    },
    {
      id: 'running-in-suspend',
      pattern: /^exist running task\(s\) in suspend$/,
      severity: 'warning',
      kernels: ALL,
      says: 'The machine goes to sleep while packets are on the GCE.',
      why: 'A client did not wait for its packets before it suspended.',
      check: ['the suspend of the clients: each waits for its packets, or flushes its channel'],
      rules: [],
    },
    {
      id: 'buffer-small',
      pattern: /^(?:cmdq_pkt_append_command: )?buffer size (?<size>\d{1,10}) is too small !$/,
      severity: 'error',
      kernels: 'v4.19 and later, once per boot',
      says: 'A packet was full at {size} bytes; what was appended after that is not in it.',
      why: 'The buffer of a packet does not grow. The return codes of the append functions were not looked at.',
      check: [
        'the size that the client asks for: 8 bytes for each instruction, masked writes take two',
        'its return codes',
      ],
      rules: [],
    },
    {
      id: 'mbox-queue',
      pattern: /^Try increasing MBOX_TX_QUEUE_LEN$/,
      severity: 'error',
      kernels: ALL,
      says: 'Twenty messages wait on one mailbox channel; this one was refused (-ENOBUFS).',
      why: 'The client sends faster than its packets run, or does not say that a message is done (mbox_client_txdone).',
      check: ['whether the thread runs at all', 'that mbox_client_txdone follows each mbox_send_message'],
      rules: [],
    },
  ],
};

/** The kernel prints the offset of a thread's registers: they begin at 0x100 and are 0x80 apart. */
function threadName(text: string): string | undefined {
  const at = Number.parseInt(text, 16) - 0x100;
  return at >= 0 && at % 0x80 === 0 && at / 0x80 < 32 ? `thread ${at / 0x80}` : undefined;
}
