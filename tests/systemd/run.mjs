// The tests of this folder, inside a real systemd. Ends with 1 if one fails; says so where they cannot run.
//   run.mjs [WORD]   only the files with WORD in their names
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

import { missing } from './lib/needs.mjs';
import { runInside } from './lib/machine.mjs';

const kHere = fileURLToPath(new URL('.', import.meta.url));

const reason = missing();
if (reason) {
  console.log(`systemd: left out: ${reason}`);
} else {
  const files = readdirSync(kHere).filter((name) => name.endsWith('.test.mjs') && name.includes(process.argv[2] ?? '')).sort();
  const { code, report, console: said } = await runInside(
    files.map((name) => `${process.execPath} --test --test-reporter=spec ${kHere}${name}`),
    { source: dirname(dirname(dirname(kHere))), build: process.env.TOKEND_BUILD });
  console.log(report);
  if (code !== 0) console.log(`the machine ended with ${code}; its console:\n${said}`);
  process.exitCode = code === 0 ? 0 : 1;
}
