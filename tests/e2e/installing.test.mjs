// What an installation leaves on a disk is of one piece: the unit starts the program that was installed with it.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { run } from './lib/process.mjs';
import { isExecutable, kBuild, leftOut } from './lib/programs.mjs';

describe('an installation', { skip: leftOut('build') }, () => {
  let root;

  beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'tokend-install-')); });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function cmake(args, env = {}) {
    const installed = await run('cmake', args, { env: { PATH: process.env.PATH, ...env } });
    assert.equal(installed.code, 0, installed.stdout + installed.stderr);
  }

  async function installedUnit(name) {
    const path = (await readdir(root, { recursive: true })).find((one) => one.endsWith(`systemd/user/${name}`));
    assert.ok(path, `${name} is installed`);
    return readFile(join(root, path), 'utf8');
  }

  // What the unit calls, as it is called.
  const called = (unit, key) => new RegExp(`^${key}=(\\S+)`, 'm').exec(unit)[1];

  async function assertStarts(program) {
    assert.ok(isExecutable(program), `${program} is there`);
    const answer = await run(program, ['--version'], { env: { PATH: process.env.PATH } });
    assert.equal(answer.code, 0, answer.stderr);
    assert.match(answer.stdout, /\d+\.\d+\.\d+/);
  }

  for (const [way, args] of [
    ['that the build was configured for', () => [`-DCMAKE_INSTALL_PREFIX=${root}/prefix`, '-P', join(kBuild, 'cmake_install.cmake')]],
    ['that is only named when it is installed', () => ['--install', kBuild, '--prefix', `${root}/prefix`]],
    ['that is named from where one stands', () => ['-E', 'chdir', root, 'cmake', '--install', kBuild, '--prefix', 'prefix']],
  ]) {
    test(`under a prefix ${way} has a unit that starts its own program`, async () => {
      await cmake(args());
      const unit = await installedUnit('tokend.service');
      assert.equal(called(unit, 'ExecStart'), `${root}/prefix/bin/tokend`);
      await assertStarts(called(unit, 'ExecStart'));
      await assertStarts(`${root}/prefix/bin/tokenctl`);
      for (const [, page] of unit.matchAll(/file:\/\/(\S+)/g)) assert.match(await readFile(page, 'utf8'), /tokend/);
      assert.ok(isExecutable(called(unit, 'ExecReload')));
    });
  }

  test('that is staged for a package has a unit that starts the program where the package puts it', async () => {
    await cmake([`-DCMAKE_INSTALL_PREFIX=/usr`, '-P', join(kBuild, 'cmake_install.cmake')], { DESTDIR: root });
    const program = called(await installedUnit('tokend.service'), 'ExecStart');
    assert.equal(program, '/usr/bin/tokend');
    await assertStarts(root + program);
  });

  test('has a socket unit for that service, where clients look first', async () => {
    await cmake(['--install', kBuild, '--prefix', root]);
    assert.match(await installedUnit('tokend.socket'), /^ListenStream=%t\/tokend\/io\.tokend\.Broker$/m);
    assert.match(await installedUnit('tokend.service'), /^Requires=tokend\.socket$/m);
  });
});
