// The search for secrets finds what it is to find; otherwise its silence would mean nothing.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { canaryHits } from './lib/canaries.mjs';
import { until } from './lib/process.mjs';
import { leftOut } from './lib/programs.mjs';
import { Sandbox } from './lib/sandbox.mjs';

const kSecret = 'pd-refresh-a+secret/with=everything?';

const kDisguised = {
  raw: kSecret,
  hex: Buffer.from(kSecret).toString('hex'),
  'upper-case hex': Buffer.from(kSecret).toString('hex').toUpperCase(),
  base64: Buffer.from(kSecret).toString('base64'),
  'base64 one byte into a text': Buffer.from(`x${kSecret}yz`).toString('base64'),
  'base64url two bytes into a text': Buffer.from(`xy${kSecret}z`).toString('base64url'),
  percent: encodeURIComponent(kSecret),
};

for (const [name, text] of Object.entries(kDisguised)) {
  test(`a secret is found in a file: ${name}`, async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tokend-canary-'));
    try {
      await writeFile(join(directory, 'innocent'), 'nothing here');
      assert.deepEqual(await canaryHits({ secret: [kSecret] }, { directories: [directory] }), []);
      await writeFile(join(directory, 'leak'), `before${text}after`);
      const hits = await canaryHits({ secret: [kSecret] }, { directories: [directory] });
      assert.ok(hits.length > 0);
      assert.match(hits[0], /^secret in .*leak/);
    } finally {
      await rm(directory, { recursive: true });
    }
  });
}

test('a secret is found in a text and in the arguments of a process', async () => {
  const hits = await canaryHits({ secret: [process.argv[1]] }, { texts: { log: `ran ${process.argv[1]}` }, pids: [process.pid] });
  assert.equal(hits.length, 2);
});

describe('in a sandbox', { skip: leftOut() }, () => {
  let sandbox;

  beforeEach(async () => { sandbox = await Sandbox.create(); });
  afterEach(() => sandbox.close());

  const hits = async () => canaryHits({ secret: [kSecret] }, await sandbox.places());

  test('a secret is found in the arguments of a program that has ended', async () => {
    await sandbox.tokenctl('token', 'acme');
    assert.deepEqual(await hits(), []);
    await sandbox.tokenctl('token', 'acme', '--resource', kDisguised.base64);
    await sandbox.start('tokenctl', ['token', kDisguised.hex]).exited;
    const found = (await hits()).join('\n');
    assert.match(found, /^secret in start of tokenctl token \d+ \(base64\)$/m);
    assert.match(found, /^secret in start of tokenctl token \d+ \(hex\)$/m);
  });

  test('a secret is found in the environment of a program that has ended', async () => {
    await sandbox.tokenctl('list', { env: { TOKEN: kSecret } });
    assert.match((await hits()).join('\n'), /^secret in start of tokenctl list \d+ \(raw\)$/);
  });

  test('a secret is found in the arguments of what a program has started', async () => {
    const script = 'read -r secret; /bin/sh -c "read -r end" "$secret"; exit';
    const shell = sandbox.start('tokenctl', [], { within: ['/bin/sh', '-c', script], input: `${kSecret}\n`, heldOpen: true });
    await until('the child is there', async () => (await hits()).length > 0);
    assert.match((await hits())[0], /^secret in \/proc\/\d+\/cmdline \(raw\)$/);
    shell.endInput();
    await shell.exited;
  });
});
