// npm run api [-- --update]: the public API of each entry as a report in docs/api/, so that a change of it is read in
// review. Without `--update` a difference is a failure.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import apiExtractor from '@microsoft/api-extractor';
import { entries, ROOT } from './exports.mjs';

const { Extractor, ExtractorConfig } = apiExtractor;
const update = process.argv.includes('--update');
const REPORTS = join(ROOT, 'docs/api');
const FRESH = join(ROOT, '.cache/api');

mkdirSync(REPORTS, { recursive: true });
mkdirSync(FRESH, { recursive: true });
const wanted = entries();
const problems = wanted.flatMap(report);
for (const file of readdirSync(REPORTS)) {
  if (wanted.some((entry) => reportName(entry) === file)) continue;
  if (update) rmSync(join(REPORTS, file));
  else problems.push(`docs/api/${file} has no entry in package.json`);
}
for (const problem of problems) process.stderr.write(`api: ${problem}\n`);
if (problems.length > 0 && !update) process.stderr.write('api: if this is wanted: npm run api -- --update\n');
process.exitCode = problems.length > 0 ? 1 : 0;

function reportName({ name }) {
  return `${name === '.' ? 'bringup' : name.replace('./', '').replaceAll('/', '-')}.api.md`;
}

/** Makes one report; answers the problems as text. */
function report(entry) {
  const file = reportName(entry);
  if (!existsSync(join(ROOT, entry.types))) return [`${entry.types} is not built`];
  const errors = [];
  Extractor.invoke(configOf(join(ROOT, entry.types), file), {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
      if (message.logLevel === 'error') errors.push(`${entry.name}: ${message.text}`);
    },
  });
  if (errors.length > 0) return errors;
  if (update) return [];
  if (!existsSync(join(REPORTS, file))) return [`docs/api/${file} is missing`];
  const line = firstDifference(readFileSync(join(REPORTS, file), 'utf8'), readFileSync(join(FRESH, file), 'utf8'));
  return line === undefined ? [] : [`docs/api/${file}:${line}: the API of ${entry.name} has changed`];
}

function firstDifference(old, fresh) {
  if (old === fresh) return undefined;
  const lines = fresh.split('\n');
  return old.split('\n').findIndex((line, index) => line !== lines[index]) + 1;
}

function configOf(types, file) {
  const compilerOptions = {
    target: 'ES2023',
    lib: ['ES2023'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
  };
  const off = { default: { logLevel: 'none' } };
  return ExtractorConfig.prepare({
    configObjectFullPath: join(ROOT, 'api-extractor.json'), // no such file: the place that paths are relative to
    packageJsonFullPath: join(ROOT, 'package.json'),
    configObject: {
      projectFolder: ROOT,
      mainEntryPointFilePath: types,
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      apiReport: { enabled: true, reportFileName: file, reportFolder: REPORTS, reportTempFolder: FRESH },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: off,
        tsdocMessageReporting: off,
      },
    },
  });
}
