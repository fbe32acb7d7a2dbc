// Completes package-lock.json after `npm install` against a registry that carries only some platforms' packages.
// npm leaves the binary packages that it could not find out of the lock file, and `npm ci` then refuses the file on
// every platform. Each missing one is entered with its version and platform; it has no checksum, which npm accepts.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'win32', 'sunos', 'aix'];
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

for (const file of process.argv.length > 2 ? process.argv.slice(2) : ['package-lock.json']) complete(file);

function complete(file) {
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = [];
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      const platform = platformOf(name);
      if (lock.packages[key] !== undefined || platform === undefined || !/^\d/.test(version)) continue;
      lock.packages[key] = { version, ...platform, ...(entry.dev && { dev: true }), optional: true };
      added.push(name);
    }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1));
  lock.packages = Object.fromEntries(sorted);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${file}: ${added.length} platform packages added\n`);
}

/** The platform that a binary package is for, read from its name: `binding-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = OS.find((word) => words.includes(word));
  const cpu = CPU.find((word) => words.includes(word));
  if (os === undefined || cpu === undefined) return undefined;
  const musl = words.some((word) => word.startsWith('musl'));
  return { cpu: [cpu], ...(os === 'linux' && { libc: [musl ? 'musl' : 'glibc'] }), os: [os] };
}
