import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { corpusFolders } from '../../../test/corpus.js';
import { treeOf } from '../../../test/tree-of.js';
import { readFdt } from '../../dt/fdt-read.js';
import { aprNodes, listenersOf } from './services.js';

interface Board {
  readonly board: string;
  readonly node: string;
  readonly enabled: boolean;
  readonly transport: string;
  readonly channel: string;
  readonly domain: number;
  readonly intents: readonly [number, number] | null;
  readonly services: readonly {
    readonly reg: number;
    readonly mainline_name: string;
    readonly protection_domain: readonly [string, string] | null;
    readonly children: readonly { readonly node: string; readonly compatible: readonly string[] }[];
  }[];
}

// What a bus must create, board by board (test/golden/apr.md).
const boards = JSON.parse(
  readFileSync(new URL('../../../test/golden/apr-dt.json', import.meta.url), 'utf8'),
) as readonly Board[];
const blobOf = ({ board }: Board): string | undefined =>
  corpusFolders()
    .flatMap((folder) => [join(folder, 'dtb', `${board}.dtb`), join(folder, 'golden/apr-dtb', `${board}.dtb`)])
    .find(existsSync);
const known = boards.flatMap((board) => {
  const blob = blobOf(board);
  return blob === undefined ? [] : [{ board, blob }];
});

test.skipIf(known.length === 0)('the services of real boards', () => {
  for (const { board, blob } of known) {
    const { tree } = readFdt(readFileSync(blob));
    const found = aprNodes(tree as NonNullable<typeof tree>).map((node) => ({
      node: node.path,
      enabled: node.enabled,
      transport: node.transport,
      channel: node.channel,
      domain: node.domain,
      intents: node.intents[0] ?? null,
      problems: node.problems,
      services: node.services.map(({ svc, name, protectionDomain, children }) => ({
        reg: svc,
        mainline_name: name,
        protection_domain: protectionDomain === undefined ? null : [protectionDomain.service, protectionDomain.path],
        children: children.map(({ path, compatible }) => [path.split('/').at(-1), compatible]),
      })),
    }));
    const { node, enabled, transport, channel, domain, intents } = board;
    const services = board.services.map(({ reg, mainline_name, protection_domain, children }) => ({
      ...{ reg, mainline_name, protection_domain },
      children: children.map((child) => [child.node, child.compatible]),
    }));
    expect(found, board.board).toEqual([
      { node, enabled, transport, channel, domain, intents, problems: [], services },
    ]);
  }
});

const TREE = treeOf(`
/ {
	remoteproc {
		smd-edge {
			apr {
				compatible = "qcom,apr-v2";
				qcom,smd-channels = "apr_audio_svc";
				#address-cells = <1>;
				#size-cells = <0>;
				service@4 {
					compatible = "qcom,q6afe";
					reg = <4>;
					dais {
						compatible = "qcom,q6afe-dais";
						#address-cells = <1>;
						#size-cells = <0>;
						dai@14 { reg = <20>; };
						dai@1 { reg = <1>; status = "disabled"; };
					};
				};
				service@5 { reg = <4>; qcom,protection-domain = "avs/audio"; };
				notes { };
			};
		};
	};
};`);

test('what a driver would stumble over is told', () => {
  const [node] = aprNodes(TREE);
  expect(node?.problems).toEqual([
    'it has no qcom,domain: the bus does not probe',
    '/remoteproc/smd-edge/apr/service@5: qcom,protection-domain has no path: the whole bus does not probe',
    '/remoteproc/smd-edge/apr/notes has no reg and is passed over',
    '/remoteproc/smd-edge/apr/service@5: service 4 is there already, at /remoteproc/smd-edge/apr/service@4',
  ]);
  expect(node?.services[0]?.children[0]?.ports).toEqual([{ index: 20, name: 'TERTIARY_MI2S_RX' }]);
});

test('the listeners of a bus are its enabled services', () => {
  expect(listenersOf(aprNodes(TREE), 'apr')).toEqual([
    { name: 'aprsvc:service:0:4', domain: 0, svc: 4, bound: true },
    { name: 'aprsvc:service:0:4', domain: 0, svc: 4, bound: true },
  ]);
  expect(listenersOf(aprNodes(TREE), 'gpr')).toEqual([]);
});
