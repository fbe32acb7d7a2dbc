import { expect, test } from 'vitest';
import { Player } from '../../../test/qdsp6-player.js';
import { DspRig } from '../../../test/qdsp6-rig.js';
import { Random } from '../../base/random.js';

test('200 sequences of right commands in the wrong order end as they should: with nothing left', async () => {
  const random = new Random('orders');
  for (let round = 0; round < 200; round++) {
    const rig = await new DspRig().boot();
    const player = await Player.open(rig, { rate: 48_000, bits: 16, channels: 1 });
    const { iova } = rig.buffer(4096);
    await player.map(iova, 4096);
    for (let n = 0; n < 12; n++) {
      const opcode = random.pick([0x10bd3, 0x10daa, 0x10bce, 0x10dec, 0x10dab, 0x10dab, 0x10bdb, 0x10d94]);
      if (opcode === 0x10dab) player.write(iova, 2 * (1 + random.below(2048)));
      else if (opcode === 0x10bdb) player.transfer(opcode, new Uint8Array(0), 1);
      else await player.command(opcode, new Uint8Array(12));
      await rig.clock.run(random.below(30_000_000));
    }
    await player.command(0x10daa, new Uint8Array(12));
    await player.drain();
    expect(await player.command(0x10bcd)).toBe(0);
    expect([rig.clock.pending, rig.memory.ledger.findings]).toEqual([0, []]);
  }
});
