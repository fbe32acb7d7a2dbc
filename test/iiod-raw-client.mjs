// A raw client of an iiod, as a program of its own, since the server may be in another network namespace or must not
// share a thread with it: `node iiod-raw-client.mjs talk|measure PORT < JSON > JSON`.
// talk: takes a list of texts, one character per byte, says one after another, and answers what each was answered.
// measure: takes { command, count, ahead }: says the command so often, so many times ahead of the answers, and answers
// how many were answered per second.
import { once } from 'node:events';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';

/**
 * Said behind every text of `talk`: its answer is the end of the text's own. Two commands, since a text may be one of
 * them, and its answer come alone.
 */
const MARK = 'GETTRIG nobody\r\nVERSION\r\n';
const MARK_ANSWER = /-19\n\d+\.\d+\.\S+ *\n$/;
const RETRIES = 100;

const [mode = '', port = ''] = process.argv.slice(2);
const input = await json(process.stdin);
const socket = await connected(Number(port));
const result = mode === 'talk' ? await talk(input) : await measure(input);
process.stdout.write(JSON.stringify(result));
socket.destroy();

/** The server may have been started a moment ago. */
async function connected(to) {
  for (let attempt = 0; ; attempt++) {
    const trying = connect({ port: to, host: '127.0.0.1', noDelay: true });
    try {
      await once(trying, 'connect');
      return trying;
    } catch (error) {
      if (attempt === RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function talk(texts) {
  const answers = [];
  for (const text of texts) {
    let heard = '';
    const listen = (bytes) => (heard += bytes.toString('latin1'));
    socket.on('data', listen);
    socket.write(text + MARK, 'latin1');
    while (!MARK_ANSWER.test(heard)) await once(socket, 'data');
    socket.off('data', listen);
    answers.push(heard.replace(MARK_ANSWER, ''));
  }
  return answers;
}

async function measure({ command, count, ahead }) {
  const [{ length }] = await talk([command]);
  const one = Buffer.from(command, 'latin1');
  let sent = 0;
  let received = 0;
  const send = () => {
    const room = Math.min(count - sent, ahead - (sent - Math.floor(received / length)));
    if (room <= 0) return;
    sent += room;
    socket.write(room === 1 ? one : Buffer.concat(Array(room).fill(one)));
  };
  const began = performance.now();
  const all = new Promise((resolve) => {
    socket.on('data', (bytes) => {
      received += bytes.length;
      if (received >= count * length) resolve(undefined);
      else send();
    });
  });
  send();
  await all;
  return (count / (performance.now() - began)) * 1000;
}
