// The examples of docs/devices/cmdq.md as code that is compiled and run: page.test.ts holds both against each other.
import type { Device } from '../../src/core/index.js';
import { CmdqPkt, cmdqPktJumpIf, cmdqSoc, plainMemory } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { cmdqDevGetClientReg, cmdqMboxCreate, cmdqMboxDestroy } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';
import { cmdqPktCreate, cmdqPktDestroy, cmdqPktFlush } from '../../src/drivers/mtk-cmdq/mtk-cmdq.js';

/** A frame update, built without a machine. */
export function frame(): CmdqPkt {
  // example: frame
  const pkt = new CmdqPkt({ memory: plainMemory(0x4000_0000), soc: cmdqSoc('mt8173') });
  pkt.clearEvent('MUTEX0_STREAM_EOF');
  pkt.wfe('MUTEX0_STREAM_EOF');
  pkt.writeMask(1, 0xc02c, 1, 1);
  pkt.writeAddr(0x1400_cf40, 0x4100_0000);
  pkt.finalize();
  // end
  return pkt;
}

/** Until a register says so, a hundred times at most: the engine serves other threads meanwhile. */
export function tries(): CmdqPkt {
  const pkt = new CmdqPkt({ memory: plainMemory(0x4000_0000), soc: cmdqSoc('mt8173') });
  // example: tries
  pkt.assign(2, 0);
  const again = pkt.here();
  pkt.logic(2, { reg: 2 }, 'add', { imm: 1 });
  cmdqPktJumpIf(pkt, again, { left: { reg: 2 }, is: '<', right: { imm: 100 } }, 0);
  // end
  return pkt;
}

// example: driver
/** Writes a register of the device's module through the GCE, within 100 ms. */
export async function probe(dev: Device): Promise<void> {
  const client = cmdqMboxCreate(dev, 0);
  const pkt = cmdqPktCreate(client);
  dev.scope.defer(() => {
    cmdqMboxDestroy(client);
    cmdqPktDestroy(pkt);
  });
  const { subsys, offset } = cmdqDevGetClientReg(dev, 0);
  pkt.write(subsys, offset + 0x20, 0x0438_0780);
  await cmdqPktFlush(client, pkt, 100);
}
// end
