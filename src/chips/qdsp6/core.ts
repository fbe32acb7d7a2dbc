// Service CORE: is the DSP ready, and which services in which version it has.
import { packet, type Request } from './packet.js';
import { type Command, commands, type Firmware, type Outcome, type Service, service } from './service.js';
import { STATUS } from './status.js';

/** How a question is met that not every firmware knows. */
export type Answering = 'answered' | 'unsupported' | 'silent';

/** What CORE says. */
export interface CoreReadings {
  readonly state: Answering;
  readonly fwkVersion: Answering;
  readonly getVersions: Answering;
}

/** A service in both of CORE's lists. */
interface Listed {
  readonly id: number;
  readonly version: number;
  readonly apiVersion: number;
}

/** Version 2.8: a firmware of msm8996. */
const FRAMEWORK = { major: 2, minor: 8, branch: 0, subbranch: 0 } as const;
const BUILD_ID = 0x1234;
/** Table of what there is. */
const SERVICES: readonly Listed[] = [
  { id: 3, version: 0x0002_0000, apiVersion: 0x0002_0008 },
  { id: 4, version: 0x0002_0000, apiVersion: 0x0002_0008 },
  { id: 7, version: 0x0002_0001, apiVersion: 0x0002_0008 },
  { id: 8, version: 0x0002_0000, apiVersion: 0x0002_0008 },
];

interface Core {
  readonly firmware: Firmware;
  readings(): CoreReadings;
}

/** CORE with readings that may change. */
export function coreService(firmware: Firmware, readings: () => CoreReadings): Service {
  return service<Core>(3, 'CORE', { firmware, readings }, COMMANDS);
}

const question = (
  name: string,
  answer: number,
  which: keyof CoreReadings,
  words: (core: Core) => readonly number[],
): Command<Core> => ({
  name,
  least: 0,
  run(core: Core, request: Request): Outcome {
    const how = core.readings()[which];
    if (how === 'unsupported') return STATUS.EUNSUPPORTED;
    if (how === 'answered') core.firmware.post(packet('response', request, answer, words(core)), request.opcode);
    return undefined;
  },
});

const COMMANDS = commands<Core>([
  [
    0x0001_290c,
    question('AVCS_CMD_ADSP_EVENT_GET_STATE', 0x0001_290d, 'state', ({ firmware }) => [firmware.booting ? 0 : 1]),
  ],
  [
    0x0001_2905,
    question('AVCS_GET_VERSIONS', 0x0001_2906, 'getVersions', () => [
      ...[BUILD_ID, SERVICES.length],
      ...SERVICES.flatMap(({ id, version }) => [id, version]),
    ]),
  ],
  [
    0x0001_292c,
    question('AVCS_CMD_GET_FWK_VERSION', 0x0001_292d, 'fwkVersion', () => [
      ...[FRAMEWORK.major, FRAMEWORK.minor, FRAMEWORK.branch, FRAMEWORK.subbranch, SERVICES.length],
      ...SERVICES.flatMap(({ id, apiVersion }) => [id, apiVersion, 0]),
    ]),
  ],
]);
