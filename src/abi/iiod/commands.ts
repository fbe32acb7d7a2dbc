// What each command does and answers, at once where nothing has to be waited for.
import { SysError } from '../../base/errno.js';
import { decodeLatin1 } from '../../dt/latin1.js';
import { PACKED_BYTES, readAttr, VALUE_BYTES, writeAttr } from './attributes.js';
import type { ClientBuffers, IiodClient } from './buffers.js';
import { LIBIIO } from './context-xml.js';
import { HELP } from './help.js';
import type { ByteInput } from './input.js';
import { type DeviceModel, isCalled } from './model.js';
import type { Request } from './request.js';
import { after, type Soon } from './soon.js';
import { getTrigger, setTrigger } from './triggers.js';
import { utf8Bytes } from './utf8.js';

/** What a command works on: the devices of the server, and the connection that it came by. */
export interface CommandPlace {
  readonly client: IiodClient;
  readonly input: ByteInput;
  readonly buffers: ClientBuffers;
  /** The devices now, in the order of the document. */
  models(): Soon<readonly DeviceModel[]>;
  xml(): Promise<string>;
}

/** A number, or text as it is, one character per byte; nothing where the command has answered by itself. */
export type Answer = number | string;

type Commands = {
  readonly [K in Request['kind']]: (request: Extract<Request, { kind: K }>, at: CommandPlace) => Soon<Answer>;
};

const COMMANDS: Commands = {
  nothing: () => '',
  exit: () => '',
  help: () => HELP,
  version: () => `${LIBIIO.major}.${LIBIIO.minor}.${LIBIIO.tag.padEnd(7)}\n`,
  print: async (_, at) => withLength(utf8Bytes(await at.xml())),
  timeout: ({ ms }, { client }) => {
    client.timeoutMs = ms;
    return 0;
  },
  read: ({ device, place, attr }, at) =>
    onDevice(at, device, (model) => after(readAttr(model, place, attr), withLength)),
  write: async ({ device, place, attr, length }, at) => {
    const text = await payload(at.input, length, attr === undefined ? PACKED_BYTES : VALUE_BYTES);
    return onDevice(at, device, async (model) => {
      await writeAttr(model, place, attr, text);
      return length;
    });
  },
  gettrig: ({ device }, at) =>
    onDevice(at, device, async (model, models) => {
      const name = await getTrigger(model, models);
      return name === '' ? 0 : withLength(utf8Bytes(name));
    }),
  settrig: ({ device, trigger }, at) =>
    onDevice(at, device, async (model, models) => {
      await setTrigger(model, models, trigger);
      return 0;
    }),
  'buffers-count': ({ device, count }, at) =>
    onDevice(at, device, (model) => {
      if (count < 1) throw new SysError('EINVAL', 'no blocks', { dev: device });
      at.client.blocks.set(model.device.id, count);
      return 0;
    }),
  open: (request, at) =>
    onDevice(at, request.device, async (model) => {
      await at.buffers.open(model, request, at.client);
      return 0;
    }),
  readbuf: ({ device, bytes }, at) =>
    onDevice(at, device, async (model) => {
      await at.buffers.read(model, bytes, at.client);
      return '';
    }),
  writebuf: ({ device, bytes }, at) => onDevice(at, device, (model) => at.buffers.write(model, bytes, at.input)),
  close: ({ device }, at) =>
    onDevice(at, device, async (model) => {
      await at.buffers.close(model);
      return 0;
    }),
};

/** Does what a request asks for. A device that says no throws its SysError, now or later. */
export function execute(request: Request, at: CommandPlace): Soon<Answer> {
  const command = COMMANDS[request.kind] as (request: Request, at: CommandPlace) => Soon<Answer>;
  return command(request, at);
}

/** Finds the device that a word means. ENODEV: there is none. */
function onDevice(
  at: CommandPlace,
  word: string,
  act: (model: DeviceModel, models: readonly DeviceModel[]) => Soon<Answer>,
): Soon<Answer> {
  return after(at.models(), (models) => {
    const model = models.find((one) => isCalled(one, word));
    if (model === undefined) throw new SysError('ENODEV', 'no such device', { dev: word });
    return act(model, models);
  });
}

/** The newline behind the text is not counted. */
function withLength(text: string): string {
  return `${text.length}\n${text}\n`;
}

/** Takes so many bytes of the input, one per character of the answer. What is longer than allowed is taken as well. */
async function payload(input: ByteInput, length: number, most: number): Promise<string> {
  let text = '';
  for (let left = length; left > 0; ) {
    const some = await input.some(left);
    if (some === undefined) throw new SysError('ECONNRESET', 'the client has left');
    if (length <= most) text += decodeLatin1(some);
    left -= some.length;
  }
  if (length > most) throw new SysError('E2BIG', `${length} bytes where ${most} are the most`);
  return text;
}
