// npm run wireshark [-- --write]: wireshark/bringup-apr.lua from the tables of src/review/apr. Without --write a
// difference is a failure.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { wiresharkScript } from './wireshark-script.ts';

const FILE = fileURLToPath(new URL('../wireshark/bringup-apr.lua', import.meta.url));

const script = wiresharkScript();
if (process.argv.includes('--write')) writeFileSync(FILE, script);
else if (!existsSync(FILE) || readFileSync(FILE, 'utf8') !== script) {
  process.stderr.write('wireshark: wireshark/bringup-apr.lua is not current: npm run wireshark -- --write\n');
  process.exitCode = 1;
}
