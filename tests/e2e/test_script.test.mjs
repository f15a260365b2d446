// scripts/test on machines that lack something: it leaves out what cannot run, says so, and says where the simulator
// begins. The tools that it calls are stand-ins, which note how they were called.
import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from './lib/process.mjs';
import { isExecutable } from './lib/programs.mjs';

const kScript = fileURLToPath(new URL('../../scripts/test', import.meta.url));
const kRealTools = ['bash', 'dirname', 'od', 'tr', 'env'];
const kStandIns = ['cmake', 'ctest', 'clang++-19', 'npm', 'chromium'];
const kNotedCall = '#!/bin/sh\necho "$(basename "$0") $* [seed $TOKEND_SIM_SEED]" >> "$CALLS"\n';

describe('scripts/test', () => {
  let root, bin;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'tokend-scripts-'));
    bin = join(root, 'bin');
    await mkdir(bin);
    for (const tool of [...kRealTools, 'basename']) await symlink(onPath(tool), join(bin, tool));
    await Promise.all(kStandIns.map((name) => standIn(name, `${kNotedCall}[ "$(basename "$0")" != ctest ] || echo "closing line"\n`)));
    await standIn('id', '#!/bin/sh\necho 1000\n');  // and no sudo: nothing is installed
  });
  afterEach(() => rm(root, { recursive: true }));

  const onPath = (tool) => process.env.PATH.split(delimiter).map((directory) => join(directory, tool)).find(isExecutable);

  async function standIn(name, script) {
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }

  async function runScript({ args = [], env = {} } = {}) {
    const calls = join(root, 'calls');
    await writeFile(calls, '');
    const ended = await run(kScript, args, { env: { PATH: bin, CALLS: calls, TOKEND_TEST_BUILD: join(root, 'build'), ...env } });
    return { ...ended, calls: await readFile(calls, 'utf8') };
  }

  test('leaves out nothing but what needs root, where all is there but root', async () => {
    const { code, stdout, calls, stderr } = await runScript();
    assert.equal(code, 0, stderr);
    assert.deepEqual(stdout.match(/left out: .*/g), ['left out: what needs root (other users, a full disk, a silent name server, a real systemd)']);
    assert.match(stdout, /not root, no sudo: nothing is installed/);
    for (const call of [/^cmake --preset dev/m, /^cmake --build \S+\/build /m, /^cmake --build build\/fuzz --target fuzzers/m,
      /^npm ci --prefix tests\/e2e --ignore-scripts/m, /^ctest --test-dir \S+\/build /m]) assert.match(calls, call);
  });

  for (const [missing, says, call] of [
    ['clang++-19', /left out: fuzzing \(no clang\+\+-19\)/, /cmake --preset fuzz/],
    ['npm', /left out: end-to-end tests with real servers \(no npm\)/, /^npm /m],
    ['chromium', /left out: logins and pages in a real browser \(no chromium\)/, /^chromium/m],
  ]) {
    test(`says what it leaves out without ${missing}, and runs the rest`, async () => {
      await rm(join(bin, missing));
      const { code, stdout, calls, stderr } = await runScript();
      assert.equal(code, 0, stderr);
      assert.match(stdout, says);
      assert.doesNotMatch(calls, call);
      assert.match(calls, /^ctest --test-dir \S+\/build /m);
    });
  }

  test('begins the simulator somewhere else each time, says where, and begins there again when told to', async () => {
    const seedOf = ({ stdout, calls }) => {
      const [, seed] = /the simulator begins at seed (\d+); again: TOKEND_SIM_SEED=\1 scripts\/test -R simulator/.exec(stdout);
      assert.match(calls, new RegExp(`ctest .*\\[seed ${seed}\\]`));
      return seed;
    };
    const [one, other] = [await runScript(), await runScript()].map(seedOf);
    assert.notEqual(one, other);
    assert.equal(seedOf(await runScript({ env: { TOKEND_SIM_SEED: '4711' } })), '4711');
  });

  test('hands its arguments to the test runner, whose closing line and failure are its own', async () => {
    const went = await runScript({ args: ['-R', 'simulator'] });
    assert.match(went.calls, /ctest .* -R simulator/);
    assert.match(went.stdout, /closing line\n$/);
    await standIn('ctest', '#!/bin/sh\necho "closing line"; exit 8\n');
    const failed = await runScript();
    assert.notEqual(failed.code, 0);
    assert.match(failed.stdout, /closing line\n$/);
  });
});
