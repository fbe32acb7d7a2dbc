// Where the GCE finds a block's registers.
import { SysError } from '../../base/errno.js';
import type { Device } from '../../core/device.js';
import { cmdqDevGetClientReg } from '../mtk-cmdq/mtk-cmdq.js';
import type { GceWindow } from './ddp-write.js';

/** The node's first `mediatek,gce-client-reg`; undefined where the node has none, or none that can be read. */
export function gceWindow(dev: Device): GceWindow | undefined {
  try {
    return cmdqDevGetClientReg(dev, 0);
  } catch (e) {
    if (!(e instanceof SysError)) throw e;
    dev.dbg('get mediatek,gce-client-reg fail!');
    return undefined;
  }
}
