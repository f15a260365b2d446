// scripts/quickstart where systemd runs for the user: the daemon becomes a service. All of it but the building.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { run } from '../e2e/lib/process.mjs';
import { kBuild } from '../e2e/lib/programs.mjs';
import { kPrefix, kUnit, property, succeeds, UserService } from './lib/user_service.mjs';

const kScript = fileURLToPath(new URL('../../scripts/quickstart', import.meta.url));

describe('the quickstart with a user manager', () => {
  let first, service;

  before(async () => {
    first = await quickstart();
    service = await UserService.installed();
  });
  after(() => service.remove());

  async function quickstart() {
    const { code, stdout, stderr } = await run(kScript, [], { env: { ...process.env, TOKEND_QUICKSTART_BUILD: kBuild } });
    assert.equal(code, 0, stdout + stderr);
    return stdout;
  }

  test('makes the daemon a service of the user, and leaves no account', async () => {
    assert.match(first, /tokend runs as your systemd user service/);
    assert.equal((await succeeds('systemctl', '--user', 'is-enabled', 'tokend.socket')).trim(), 'enabled');
    assert.equal((await service.status()).pid, Number(await property('MainPID')));
    assert.equal((await service.tokenctl('list', '--json')).stdout.trim(), '[]');
  });

  test('run again restarts the service, so that the new program runs, and keeps the accounts', async () => {
    await succeeds(join(kPrefix, 'bin/tokenctl'), 'add', 'kept', '--issuer', 'https://acme.example', '--client-id', 'x', '--no-login');
    const old = await property('MainPID');
    const said = await quickstart();
    assert.match(said, /tokend runs as your systemd user service/);
    assert.notEqual(await property('MainPID'), old);
    const kept = JSON.parse((await service.tokenctl('list', '--json')).stdout);
    assert.deepEqual(kept.map(({ account }) => account), ['kept']);
  });

  test('ends with commands that do what it says', async () => {
    const command = (label) => new RegExp(`^  ${label}: +(.+)$`, 'm').exec(first)[1];
    assert.match(await succeeds('sh', '-c', command('how it is')), /active \(running\)/);
    assert.match(await succeeds('sh', '-c', command('its log')), /tokend: ready on/);
    await succeeds('sh', '-c', command('to stop it'));
    assert.equal(await property('ActiveState', kUnit), 'inactive');
    assert.equal((await service.tokenctl('call', 'GetStatus')).code, 4);
  });
});
