// `bringup doctor`: what this computer offers.
import { Command, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { lookAround, type Offer } from '../../host/doctor.js';
import { type Io, writeJson } from '../io.js';
import { type ExitCode, Refusal } from '../refusal.js';
import { alignRows } from '../text-table.js';
import { examples, leave, type Session } from '../verb.js';

/** The command of this verb. */
export function verb(session: Session): CommandUnknownOpts {
  return new Command('doctor')
    .description('Say what this computer offers, what it is needed for, and how to get what is missing.')
    .argument('[NAME...]', 'look at these only, and end with exit code 3 if one of them cannot be used')
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples('doctor', 'doctor fuse tap', 'doctor --json'))
    .action(leave(session, async (names, options) => doctor(names, options, session.io)));
}

function doctor(names: readonly string[], options: { readonly json?: true | undefined }, io: Io): ExitCode {
  const all = lookAround();
  const unknown = names.find((name) => !all.some((offer) => offer.name === name));
  if (unknown !== undefined) {
    const known = all.map(({ name }) => name).join(', ');
    throw new Refusal(
      2,
      `doctor ${unknown === '' ? "''" : unknown}`,
      'there is nothing of that name',
      `use one of ${known}`,
    );
  }
  const asked = names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
  if (options.json === true) writeJson(io, { offers: asked });
  else io.stdout.write(offersText(asked));
  // Without names nothing but Node is demanded: the rest is for those who want it.
  const demanded = names.length === 0 ? ['node'] : names;
  return asked.some(({ name, state }) => demanded.includes(name) && state !== 'ok') ? 3 : 0;
}

function offersText(offers: readonly Offer[]): string {
  const rows = alignRows(
    offers.map(({ name, state, found }) => [name, state, found]),
    '',
  );
  const width = Math.max(...offers.map(({ name }) => name.length)) + 2;
  return offers
    .map(({ state, neededFor, howToGet }, at) => {
      const more = [`for ${neededFor}`, ...(state === 'ok' ? [] : [`get it: ${howToGet}`])];
      return [rows[at], ...more.map((line) => ' '.repeat(width) + line)].map((line) => `${line}\n`).join('');
    })
    .join('');
}
