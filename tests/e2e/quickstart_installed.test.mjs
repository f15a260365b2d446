// scripts/quickstart for good, where no systemd runs for the user: the daemon stays in the background. Not the building.
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import { consent } from './lib/consent.mjs';
import { run, until } from './lib/process.mjs';
import { leftOut, program } from './lib/programs.mjs';
import { QuickstartHome } from './lib/quickstart.mjs';

describe('the quickstart without a user manager', { skip: leftOut('build') }, () => {
  let home, env;

  beforeEach(async () => {
    home = await QuickstartHome.create();
    env = { XDG_RUNTIME_DIR: join(home.root, 'run'), TOKEND_SOCKET: join(home.root, 'run/tokend/socket') };
    await mkdir(env.XDG_RUNTIME_DIR, { mode: 0o700 });
  });
  afterEach(() => home.remove());

  async function quickstart(more = {}) {
    const { code, stdout, stderr } = await home.run([], { env: { ...env, ...more } });
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }

  const tokenctl = (...args) => run(join(home.home, '.local/bin/tokenctl'), args, { env: { HOME: home.home, ...env } });
  const servingPid = async () => JSON.parse((await tokenctl('call', 'GetStatus')).stdout).pid;

  test('leaves a daemon that serves, and says how to watch and to stop it', async () => {
    const said = await quickstart();
    const [, pid] = /tokend stays in the background \(process (\d+)\)/.exec(said);
    assert.equal(await servingPid(), Number(pid));
    assert.deepEqual(JSON.parse((await tokenctl('list', '--json')).stdout), []);
    assert.match(await readFile(/its log: +(\S+)/.exec(said)[1], 'utf8'), /tokend: ready on/);
    const [, stop] = /to stop it: +(.+)/.exec(said);
    assert.equal((await run('sh', ['-c', stop])).code, 0);
    await until('the daemon has ended', async () => (await tokenctl('call', 'GetStatus')).code === 4);
  });

  test('run again starts the new program in place of the old one', async () => {
    await quickstart();
    const old = await servingPid();
    const said = await quickstart();
    assert.match(said, new RegExp(`The tokend of an earlier quickstart \\(process ${old}\\) is stopped`));
    assert.notEqual(await servingPid(), old);
    assert.match(said, new RegExp(`process ${await servingPid()}\\), since no systemd`));
  });

  test('uses a daemon that somebody else started, and says how to change to the new one', async () => {
    await mkdir(join(env.XDG_RUNTIME_DIR, 'tokend'), { mode: 0o700 });
    const other = home.start(program('tokend'), env);
    try {
      await other.saw('stderr', /tokend: ready on/);
      const said = await quickstart();
      assert.match(said, new RegExp(`no quickstart started serves already \\(process ${other.pid}\\)`));
      assert.match(said, new RegExp(`kill ${other.pid}, then scripts/quickstart`));
      assert.doesNotMatch(said, /stays in the background/);
      assert.equal(await servingPid(), other.pid);
    } finally {
      await other.kill();
    }
  });

  test('opens the browser where there is a display, and waits for a person', async () => {
    const opened = join(home.root, 'opened');
    const browser = await home.program('browser', `#!/bin/sh\necho "$1" >${opened}.part; mv ${opened}.part ${opened}\n`);
    const running = quickstart({ DISPLAY: ':99', BROWSER: browser });
    const url = await until('the browser is opened', () => readFile(opened, 'utf8').catch(() => null));
    await consent(url.trim());
    const said = await running;
    assert.match(said, /Your browser opens the consent page: say yes there/);
    assert.doesNotMatch(said, /says yes on the consent page by itself/);
  });

  test('says yes by itself where there is a display and nothing that opens a page', async () => {
    const said = await quickstart({ DISPLAY: ':99', PATH: await home.pathWithout('xdg-open') });
    assert.match(said, /the script says yes on the consent page by itself/);
  });

  test('says what root would have to install where there is neither root nor sudo', async () => {
    const stand_ins = { id: 'echo 1000', 'dpkg-query': 'exit 1' };
    const PATH = await home.pathWithout('sudo', stand_ins);
    const { code, stderr, stdout } = await home.run([], { env: { ...env, PATH } });
    assert.notEqual(code, 0);
    assert.match(stderr, /needs root or sudo\. As root, run:\n  apt-get install --no-install-recommends g\+\+ cmake/);
    assert.doesNotMatch(stdout, /2\/5/);
    assert.deepEqual(await home.leftovers(), []);
  });
});
