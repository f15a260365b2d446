// tokend as a service of its user: started through its socket, restarted after a crash, stopped and reloaded by systemd.
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';

import { addSignedIn, kDemoSecret, token } from '../e2e/lib/accounts.mjs';
import { canaryHits } from '../e2e/lib/canaries.mjs';
import { ProviderDouble } from '../e2e/lib/provider_double.mjs';
import { run, until } from '../e2e/lib/process.mjs';
import { journal, kPrefix, kSocket, kUnit, property, succeeds, systemctl, UserService } from './lib/user_service.mjs';

const kRestarts = 8, kAskers = 6;
const kError = '3', kInfo = '6';  // priorities of the journal

describe('the service of a user', () => {
  let provider, service;

  before(async () => {
    provider = await ProviderDouble.start({ rotation: 'strict' });
  });
  beforeEach(async () => { service = await UserService.install(); });
  afterEach(() => service.remove());
  after(() => provider.stop());

  // Without a pause; that is more than systemd allows by itself.
  async function restart(times) {
    await service.configureUnit('[Unit]\nStartLimitIntervalSec=0\n');
    for (let i = 0; i < times; i += 1) await systemctl('restart', kUnit);
  }

  const said = async (pattern) => (await journal()).filter(({ MESSAGE }) => pattern.test(MESSAGE));
  const daemon = async () => Number(await property('MainPID'));

  test('is started by its first client, through a socket that nobody else can reach', async () => {
    assert.equal(await property('ActiveState'), 'inactive');
    const made = await stat(kSocket);
    assert.equal(made.mode & 0o777, 0o600);
    assert.equal((await stat(dirname(kSocket))).mode & 0o777, 0o700);
    const { code, stderr } = await service.tokenctl('status');
    assert.equal(code, 0, stderr);
    assert.equal(await property('ActiveState'), 'active');
    const { pid, socket } = await service.status();
    assert.deepEqual([pid, socket], [await daemon(), kSocket]);
    assert.equal((await stat(kSocket)).ino, made.ino, 'the socket that systemd made is still there');
  });

  test('counts as started when it serves, not before', async () => {
    await systemctl('start', kUnit);
    const said = (await journal()).map(({ MESSAGE }) => MESSAGE).slice(-2);
    assert.match(said[0], /^tokend: ready on /);
    assert.match(said[1], /^Started tokend\.service/);
    assert.equal(await property('StatusText'), `serving on ${kSocket}`);
  });

  test('is back after a kill -9, and nobody has to log in again', async () => {
    await addSignedIn(service, 'acme', provider, '--scope', 'openid', '--scope', 'offline_access');
    const killed = await daemon();
    process.kill(killed, 'SIGKILL');
    assert.ok(await provider.accepts(await token(service, 'acme')));
    const refreshed = await service.tokenctl('refresh', 'acme');
    assert.equal(refreshed.code, 0, refreshed.stderr);
    assert.notEqual(await daemon(), killed);
  });

  test('is back after a kill -9 also when no client asks', async () => {
    await systemctl('start', kUnit);
    const killed = await daemon();
    process.kill(killed, 'SIGKILL');
    await until('the service is started again', async () => await property('NRestarts') === '1' && await daemon() !== 0);
    assert.notEqual(await daemon(), killed);
  });

  test('ends with 0 when it is stopped, and the next client starts it again', async () => {
    const { pid } = await service.status();
    await systemctl('stop', kUnit);
    assert.deepEqual([await property('ExecMainStatus'), await property('Result')], ['0', 'success']);
    assert.equal(await property('ActiveState', 'tokend.socket'), 'active');
    assert.notEqual((await service.status()).pid, pid);
  });

  test('answers every client that comes while it is restarted', async () => {
    await addSignedIn(service, 'acme', provider, '--scope', 'openid', '--scope', 'offline_access');
    const restarts = restart(kRestarts);
    let restarting = true;
    const askers = Array.from({ length: kAskers }, async () => {
      for (let asked = 1; ; asked += 1) {
        await token(service, 'acme');
        if (!restarting) return asked;
      }
    });
    await restarts.finally(() => { restarting = false; });
    const asked = (await Promise.all(askers)).reduce((sum, one) => sum + one);
    assert.ok(asked > kRestarts * kAskers, `${asked} clients came`);
  });

  test('reads its configuration anew when it is reloaded, and keeps the old one when the new one is bad', async () => {
    const { pid } = await service.status();
    await service.configure('log_level = "debug"\n');
    await systemctl('reload', kUnit);
    await until('the new one is in force', async () => (await said(/^configuration read again/)).length === 1);
    await service.configure('redirect_port = "none"\n');
    await systemctl('reload', kUnit);
    const [complaint] = await until('the daemon complains', async () => {
      const complaints = await said(/tokend\.toml:1: .*the old configuration stays in force/);
      return complaints.length > 0 && complaints;
    });
    assert.equal(complaint.PRIORITY, kError);
    assert.equal((await service.status()).pid, pid);
  });

  test('is not started again where a person must mend something', async () => {
    await service.configure('redirect_port = "none"\n');
    const started = await run('systemctl', ['--user', 'start', kUnit], { env: process.env });
    assert.notEqual(started.code, 0);
    assert.deepEqual([await property('ExecMainStatus'), await property('NRestarts'), await property('SubState')], ['78', '0', 'failed']);
  });

  test('turns a client away where a person must mend something, and answers the next one when it is mended', async () => {
    await service.configure('redirect_port = "none"\n');
    const starts = async () => (await said(/^Starting tokend\.service/)).length;
    const before = await starts();
    for (let turn = 0; turn < 3; turn += 1) {
      const { code, stderr } = await service.tokenctl('status');
      assert.equal(code, 4);
      assert.match(stderr, /closed the connection: see its log: journalctl --user -u tokend/);
    }
    assert.equal(await starts() - before, 3, 'one start for each');
    await service.configure('');
    await service.status();
  });

  test('is not started again where another daemon has its state directory', async () => {
    await systemctl('stop', 'tokend.socket');
    const other = service.start('tokend', ['--socket', join(service.scratch, 'socket')]);
    await other.saw('stderr', /tokend: ready/);
    const started = await run('systemctl', ['--user', 'start', kUnit], { env: process.env });
    assert.notEqual(started.code, 0);
    assert.deepEqual([await property('ExecMainStatus'), await property('NRestarts'), await property('SubState')], ['75', '0', 'failed']);
  });

  test('tells the journal what happens, how grave it is, and no secret', async () => {
    await addSignedIn(service, 'acme', provider, '--scope', 'openid', '--scope', 'offline_access');
    await systemctl('stop', kUnit);
    const lines = await journal();
    const ready = lines.findLast(({ MESSAGE }) => MESSAGE.startsWith('tokend: ready on '));
    assert.equal(ready.PRIORITY, kInfo);
    assert.ok(lines.every(({ MESSAGE }) => !/^<\d>/.test(MESSAGE)), 'the prefixes are for systemd');
    const { client_secret: shown = [], ...issued } = await provider.secrets();
    const texts = { journal: lines.map((line) => JSON.stringify(line)).join('\n') };
    assert.deepEqual(await canaryHits({ ...issued, client_secret: [...shown, kDemoSecret] }, { texts }), []);
  });

  test('has units in which systemd finds no fault', async () => {
    const units = ['tokend.service', 'tokend.socket'].map((name) => join(kPrefix, 'share/systemd/user', name));
    assert.equal(await succeeds('systemd-analyze', '--user', 'verify', ...units), '');
  });
});
