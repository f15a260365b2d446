// The daemon as a process: who may start it where, how it ends, and what it refuses to work with.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { assertFails } from './lib/accounts.mjs';
import { run } from './lib/process.mjs';
import { leftOut, program } from './lib/programs.mjs';
import { Sandbox } from './lib/sandbox.mjs';
import { connect, message } from './lib/socket.mjs';

const kConfiguration = 78;
const kBusy = 75;
const kSlowestRefusalMs = 10_000;  // ten times the contract's: a machine may be slow

describe('the daemon', { skip: leftOut() }, () => {
  let sandbox;

  beforeEach(async () => { sandbox = await Sandbox.create(); });
  afterEach(() => sandbox.close());

  const tokend = (...args) => run(program('tokend'), args, { env: sandbox.env });

  test('needs no configuration, and says where it serves', async () => {
    const daemon = await sandbox.startDaemon();
    assert.match(daemon.stderr, new RegExp(`tokend: ready on ${sandbox.socket}`));
    assert.deepEqual(await sandbox.json('list'), []);
  });

  test('keeps its files to itself', async () => {
    await sandbox.startDaemon();
    const mode = async (path) => ((await stat(path)).mode & 0o777).toString(8);
    assert.equal(await mode(sandbox.state), '700');
    assert.equal(await mode(join(sandbox.state, 'tokend.db')), '600');
    assert.equal(await mode(join(sandbox.state, 'vault.key')), '600');
    assert.equal(await mode(sandbox.socket), '600');
  });

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`ends with 0 on ${signal}`, async () => {
      await sandbox.startDaemon();
      assert.equal((await sandbox.daemon.kill(signal)).code, 0);
    });
  }

  test('answers a client that had just connected when it was told to stop', async () => {
    await sandbox.startDaemon();
    const connection = connect(sandbox.socket);
    await once(connection.socket, 'connect');
    const ended = sandbox.daemon.kill('SIGTERM');
    await sandbox.daemon.saw('stderr', /tokend: stopping/);
    connection.send(message('GetStatus'));
    await connection.until(/"stateDir"/);
    assert.equal((await ended).code, 0);
  });

  test('does not wait long for a client that asks nothing', async () => {
    await sandbox.startDaemon();
    await once(connect(sandbox.socket).socket, 'connect');
    const told = Date.now();
    assert.equal((await sandbox.daemon.kill('SIGTERM')).code, 0);
    assert.ok(Date.now() - told < 5000, 'within what a stop may take');
  });

  test('is missed with exit 4 and the paths that were tried', async () => {
    assertFails(await sandbox.tokenctl('list'), 4, new RegExp(`no tokend on ${sandbox.socket}`));
  });

  // All that a program can change in a directory: which files there are, whose they are, when they were written, what
  // is in them; the directory itself is among them.
  async function contents(directory) {
    const names = (await readdir(directory, { recursive: true })).sort();
    return Promise.all(['.', ...names].map(async (name) => {
      const { ino, mode, mtimeNs, size } = await stat(join(directory, name), { bigint: true });
      const bytes = name === '.' ? '' : await readFile(join(directory, name));
      return { name, ino, mode, mtimeNs, size, sha256: createHash('sha256').update(bytes).digest('hex') };
    }));
  }

  test('exits 75 within ten times a second where another one owns the state, writes nothing, and leaves that one alone', async () => {
    await sandbox.startDaemon();
    const added = await sandbox.tokenctl('add', 'acme', '--issuer', 'https://id.acme.example', '--client-id', 'demo', '--no-login');
    assert.equal(added.code, 0, added.stderr);
    const before = await contents(sandbox.state);
    assert.ok(before.some(({ name, size }) => name === 'tokend.db' && size > 0n));
    const begun = performance.now();
    const second = await tokend('--socket', join(sandbox.runtime, 'second'));
    assert.ok(performance.now() - begun < kSlowestRefusalMs, `${performance.now() - begun} ms`);
    assertFails(second, kBusy, new RegExp(sandbox.state));
    assert.deepEqual(await contents(sandbox.state), before);
    await assert.rejects(stat(join(sandbox.runtime, 'second')), { code: 'ENOENT' });
    assert.deepEqual((await sandbox.json('list')).map(({ account }) => account), ['acme']);
  });

  test('replaces the socket of one that was killed', async () => {
    await sandbox.startDaemon();
    await sandbox.restartDaemon('SIGKILL');
    assert.deepEqual(await sandbox.json('list'), []);
  });

  test('exits 78 on a state directory that others may read, and says how to mend it', async () => {
    await chmod(sandbox.state, 0o755);
    assertFails(await tokend(), kConfiguration, new RegExp(`${sandbox.state}.*chmod`));
  });

  test('exits 78 on a state directory that is a symbolic link', async () => {
    await rename(sandbox.state, `${sandbox.state}.real`);
    await symlink(`${sandbox.state}.real`, sandbox.state);
    assertFails(await tokend(), kConfiguration, new RegExp(sandbox.state));
  });

  test('exits 78 on a key file that others may read', async () => {
    await sandbox.startDaemon();
    await sandbox.daemon.kill();
    await chmod(join(sandbox.state, 'vault.key'), 0o644);
    assertFails(await tokend(), kConfiguration, /vault\.key.*chmod/);
  });

  test('exits 78 when the key file is gone, and makes no new key over what the old one sealed', async () => {
    await sandbox.startDaemon();
    await sandbox.daemon.kill();
    await rename(join(sandbox.state, 'vault.key'), join(sandbox.root, 'vault.key'));
    assertFails(await tokend(), kConfiguration, /vault\.key/);
    await assert.rejects(stat(join(sandbox.state, 'vault.key')));
    await rename(join(sandbox.root, 'vault.key'), join(sandbox.state, 'vault.key'));
    await sandbox.startDaemon();
  });

  test('exits 78 on a socket directory that others may write', async () => {
    await mkdir(join(sandbox.runtime, 'tokend'), { mode: 0o777 });
    await chmod(join(sandbox.runtime, 'tokend'), 0o777);
    assertFails(await tokend(), kConfiguration, new RegExp(join(sandbox.runtime, 'tokend')));
  });

  test('exits 78 on a damaged database and leaves it where it is', async () => {
    const database = join(sandbox.state, 'tokend.db');
    const damage = Buffer.alloc(8192, 'this is no database ');
    await writeFile(database, damage, { mode: 0o600 });
    assertFails(await tokend(), kConfiguration, /tokend\.db/);
    assert.deepEqual(await readFile(database), damage);
  });

  test('exits 78 on a mistake in the configuration and names the line', async () => {
    await writeFile(join(sandbox.config, 'tokend.toml'), 'log_level = "info"\n[login]\nredirect_port = "many"\n');
    for (const args of [[], ['--check-config']]) {
      assertFails(await tokend(...args), kConfiguration, /tokend\.toml.*3/);
    }
  });

  test('refuses a file of authorities that is not there or holds none, with file and line', async () => {
    const text = await sandbox.file('not.pem', 'hello\n');
    for (const [path, why] of [['/nonexistent/ca.pem', 'cannot be read'], [text, 'holds no certificate']]) {
      await writeFile(join(sandbox.config, 'tokend.toml'), `[network]\nca_file = "${path}"\n`);
      const checked = await tokend('--check-config');
      assert.equal(checked.code, 78);
      assert.match(checked.stderr, new RegExp(`tokend\\.toml:2: network\\.ca_file: .*${why}`));
    }
  });

  test('checks a good configuration without starting', async () => {
    await writeFile(join(sandbox.config, 'tokend.toml'), 'log_level = "info"\n[login]\nredirect_port = 28766\n');
    assert.equal((await tokend('--check-config')).code, 0);
  });

  test('keeps the old configuration when SIGHUP finds a mistake in the new one', async () => {
    await sandbox.startDaemon();
    await writeFile(join(sandbox.config, 'tokend.toml'), 'log_level = 7\n');
    process.kill(sandbox.daemon.pid, 'SIGHUP');
    await sandbox.daemon.saw('stderr', /tokend\.toml/);
    assert.deepEqual(await sandbox.json('list'), []);
  });

  test('says on SIGHUP what only a restart puts into force', async () => {
    await sandbox.startDaemon();
    await writeFile(join(sandbox.config, 'tokend.toml'), 'log_level = "info"\n[limits]\nconnections = 7\n');
    process.kill(sandbox.daemon.pid, 'SIGHUP');
    await sandbox.daemon.saw('stderr', /limits\.connections has changed: it is in force after a restart/);
  });

  test('tells its version', async () => {
    for (const name of ['tokend', 'tokenctl']) {
      const answer = await run(program(name), ['--version'], { env: sandbox.env });
      assert.equal(answer.code, 0);
      assert.match(answer.stdout, /\d+\.\d+\.\d+/);
    }
  });
});
