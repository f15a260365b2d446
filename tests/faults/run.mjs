// The fault matrix: a line for each fault, with what it cost. Ends with 1 if a line fails. See README.md.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { kUsage, parseOptions } from './lib/options.mjs';
import { missing } from './lib/needs.mjs';
import { Random } from './lib/random.mjs';
import { header, row } from './lib/table.mjs';
import { Tally } from './lib/tally.mjs';

const kShown = 5;  // reasons of one line

async function allLines() {
  const here = fileURLToPath(new URL('.', import.meta.url));
  const families = readdirSync(here).filter((name) => /^f\d+.*\.mjs$/.test(name)).sort();
  const modules = await Promise.all(families.map((name) => import(`./${name}`)));
  return modules.flatMap(({ lines }) => lines);
}

async function runLine(line, options) {
  const tally = new Tally(line, options, Random.of(options.seed, line.id + line.what));
  const began = Date.now();
  const reason = missing(line.needs ?? []);
  if (reason) return { ...line, verdict: 'left out', note: reason };
  try {
    await line.run(tally);
  } catch (failed) {
    tally.check(false, failed.stack);
  }
  const { rounds, lost, wrong, verdict, note } = tally;
  return { ...line, rounds, lost, wrong, verdict, note, seconds: (Date.now() - began) / 1000 };
}

async function runAll(options) {
  const lines = (await allLines()).filter(({ id }) => !options.only || options.only.includes(id));
  if (lines.length === 0) throw new Error(`no line has such an ID\n${kUsage}`);
  console.log(`seed ${options.seed}, ${options.full ? 'full' : 'quick'}\n${header()}`);
  let failed = 0;
  for (const line of lines) {
    const result = await runLine(line, options);
    console.log(row(result));
    for (const why of [...(result.lost ?? []), ...(result.wrong ?? [])].slice(0, kShown)) console.log(`      ${why}`);
    if (result.verdict === 'FAIL') failed += 1;
  }
  console.log(`${lines.length} lines, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options.list) for (const { id, what } of await allLines()) console.log(`${id.padEnd(5)} ${what}`);
  process.exitCode = options.list ? 0 : await runAll(options);
} catch (wrong) {
  console.error(wrong.message);
  process.exitCode = 2;
}
