import { expect, test } from 'vitest';
import type { TraceBody } from '../base/trace.js';
import { traceJson, traceLine } from './trace-text.js';

/** Every kind of event, and its text. The forms of i2c_* and regmap_* are those of the kernel's tracepoints. */
const TEXTS: { readonly [K in TraceBody['kind']]: readonly [Extract<TraceBody, { kind: K }> | TraceBody, string] } = {
  printk: [{ kind: 'printk', level: 'err', text: 'd x: broken' }, 'err: d x: broken'],
  i2c_write: [{ kind: 'i2c_write', addr: 0x40, bytes: '00 f1 27' }, 'a=040 [00-f1-27]'],
  i2c_read: [{ kind: 'i2c_read', addr: 0x40, length: 2 }, 'a=040 l=2'],
  i2c_reply: [{ kind: 'i2c_reply', addr: 0x40, bytes: '54 49' }, 'a=040 [54-49]'],
  i2c_result: [{ kind: 'i2c_result', addr: 0x40, ret: -121 }, 'a=040 ret=-121'],
  regmap_reg_read: [{ kind: 'regmap_reg_read', reg: 0xfe, name: 'ID', val: 0x5449 }, 'reg=fe val=5449 ID'],
  regmap_reg_write: [{ kind: 'regmap_reg_write', reg: 0, name: 'CONFIG', val: 7 }, 'reg=00 val=0007 CONFIG'],
  regcache_sync: [{ kind: 'regcache_sync', status: 'start' }, 'start'],
  mmio_read: [{ kind: 'mmio_read', offset: 4, width: 32, val: 0x8000_0001 }, '0x0004 val=0x80000001'],
  mmio_write: [{ kind: 'mmio_write', offset: 0x10, width: 8, val: 5 }, '0x0010 val=0x05'],
  irq_raise: [{ kind: 'irq_raise' }, ''],
  irq_lower: [{ kind: 'irq_lower' }, ''],
  event_fire: [{ kind: 'event_fire', signal: 'frame_done', to: '/soc/gce:53' }, 'frame_done to /soc/gce:53'],
  ethernet_frame: [{ kind: 'ethernet_frame', direction: 'out', length: 60, state: 'no link' }, 'out len=60 no link'],
  ethernet_link: [{ kind: 'ethernet_link', speed: 1000, fullDuplex: true }, '1000Mbps full duplex'],
  fman_finding: [{ kind: 'fman_finding', port: 'rx 0x08', text: 'no buffer' }, 'rx 0x08: no buffer'],
  dpaa_enqueue: [
    { kind: 'dpaa_enqueue', fqid: 257, addr: '0x0880001000', length: 1514, status: '0x80000200' },
    'fqid=257 addr=0x0880001000 length=1514 status=0x80000200',
  ],
  dpaa_dequeue: [
    { kind: 'dpaa_dequeue', fqid: 257, addr: '0x0880001000', length: 60, status: '0x00000000' },
    'fqid=257 addr=0x0880001000 length=60 status=0x00000000',
  ],
  dpaa_reject: [{ kind: 'dpaa_reject', fqid: 257, why: 'retired' }, 'fqid=257 retired'],
  bman_acquire: [{ kind: 'bman_acquire', bpid: 3, count: 0, addrs: '' }, 'bpid=3 count=0'],
  bman_release: [{ kind: 'bman_release', bpid: 3, count: 1, addrs: '0x0880001000' }, 'bpid=3 count=1 0x0880001000'],
  dpaa_finding: [{ kind: 'dpaa_finding', text: 'buffer released twice' }, 'buffer released twice'],
  rpmsg_send: [{ kind: 'rpmsg_send', bytes: '50 02 14', ret: -11 }, '[50-02-14] ret=-11'],
  rpmsg_deliver: [{ kind: 'rpmsg_deliver', bytes: '50 01' }, '[50-01]'],
  irq_handler_entry: [{ kind: 'irq_handler_entry', action: 'gce' }, 'name=gce'],
  irq_handler_exit: [{ kind: 'irq_handler_exit', action: 'gce', ret: 'unhandled' }, 'name=gce ret=unhandled'],
  dma_map: [{ kind: 'dma_map', iova: '0x1000', size: 8, dir: 'to-device' }, 'iova=0x1000 size=8 dir=to-device'],
  dma_unmap: [{ kind: 'dma_unmap', iova: '0x1000', size: 8, dir: 'to-device' }, 'iova=0x1000 size=8 dir=to-device'],
  dma_sync: [{ kind: 'dma_sync', iova: '0x1000', size: 8, dir: 'to-device' }, 'iova=0x1000 size=8 dir=to-device'],
  dma_debug: [{ kind: 'dma_debug', text: 'freed twice' }, 'freed twice'],
  device_add: [{ kind: 'device_add' }, ''],
  device_del: [{ kind: 'device_del' }, ''],
  bound: [{ kind: 'bound', driver: 'ina3221' }, 'ina3221'],
  deferred: [{ kind: 'deferred', driver: 'x', reason: 'supplier a not ready' }, 'x: supplier a not ready'],
  failed: [{ kind: 'failed', driver: 'x', reason: 'no answer (EIO)', errno: -5 }, 'x: no answer (EIO)'],
  unbound: [{ kind: 'unbound', driver: 'x' }, 'x'],
  device_pm_callback: [{ kind: 'device_pm_callback', op: 'suspend', ret: -6 }, 'suspend ret=-6'],
  rpm_suspend: [{ kind: 'rpm_suspend', usage: 0, ret: 0 }, 'usage=0 ret=0'],
  rpm_resume: [{ kind: 'rpm_resume', usage: 1, ret: -5 }, 'usage=1 ret=-5'],
  clk_enable: [{ kind: 'clk_enable', count: 1 }, 'count=1'],
  clk_disable: [{ kind: 'clk_disable', count: 0 }, 'count=0'],
  gce_thread: [
    { kind: 'gce_thread', thread: 3, state: 'waiting', pc: '0x40000008', why: 'waits for event 53 to be 1' },
    'thread=3 pc=0x40000008 waiting: waits for event 53 to be 1',
  ],
  gce_finding: [
    { kind: 'gce_finding', thread: 3, pc: '0x40000008', text: 'uses subsystem 9' },
    'thread=3 pc=0x40000008 uses subsystem 9',
  ],
  dsp_state: [{ kind: 'dsp_state', state: 'has crashed', why: 'watchdog' }, 'has crashed: watchdog'],
  dsp_finding: [{ kind: 'dsp_finding', text: 'a packet is dropped: no command' }, 'a packet is dropped: no command'],
  iio_event: [
    { kind: 'iio_event', channel: 'in_voltage1-voltage0', event: 'thresh_rising', timestamp: 6_600_000 },
    'in_voltage1-voltage0 thresh_rising timestamp=6600000',
  ],
  knob: [{ kind: 'knob', name: 'bus1Mv', value: 12_000 }, 'bus1Mv=12000'],
  fault: [{ kind: 'fault', point: 'i2c.data@0x40#3', fault: 'nack-data' }, 'i2c.data@0x40#3=nack-data'],
  todo: [
    { kind: 'todo', reg: 'CONFIG', field: 'AVG', access: 'write' },
    'write CONFIG.AVG: the model has no such behaviour',
  ],
  unknown_reg: [{ kind: 'unknown_reg', reg: 0x20, access: 'read' }, 'read 0x20: no such register'],
};

test.each(Object.entries(TEXTS))('an event of kind %s is one line with time, place and text', (kind, [body, text]) => {
  expect(body.kind).toBe(kind);
  const line = traceLine({ t: 6_600_000, seq: 7, where: '/i2c@0', ...body });
  expect(line).toBe(`[   0.006600000] /i2c@0: ${kind}${text === '' ? '' : `: ${text}`}`);
});

test('an event as JSON has when, order, place and kind first, whatever order it was made in', () => {
  const event = { reg: 0, name: 'CONFIG', val: 7, kind: 'regmap_reg_write', where: '/x', seq: 3, t: 10 } as const;
  expect(traceJson(event)).toBe(
    '{"t":10,"seq":3,"where":"/x","kind":"regmap_reg_write","reg":0,"name":"CONFIG","val":7}',
  );
});
