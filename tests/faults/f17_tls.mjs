// F17: a server whose certificate or protocol is not to be trusted, in place of one that was. No byte of a request
// reaches it, and the login is there when the right one is back.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { RawProvider } from './lib/raw_provider.mjs';
import { World } from './lib/world.mjs';

// Signed by the authority that the daemon trusts unless it is its own; days: of its life, from now.
function certificates(directory) {
  const openssl = (...args) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=faults', '-days', '2');
  const pair = (name, host, ...signing) => {
    openssl('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${host}`,
      '-addext', `subjectAltName=${host}`, '-addext', 'basicConstraints=critical,CA:FALSE', ...signing);
    return { key: readFileSync(join(directory, `${name}.key`)), cert: readFileSync(join(directory, `${name}.pem`)) };
  };
  const byAuthority = ['-CA', 'ca.pem', '-CAkey', 'ca.key'];
  return {
    good: pair('good', 'IP:127.0.0.1', ...byAuthority, '-days', '2'),
    'self-signed': pair('own', 'IP:127.0.0.1', '-days', '2'),
    'for another host': pair('other', 'DNS:id.acme.example', ...byAuthority, '-days', '2'),
    expired: expired(directory, openssl),
  };
}

// Only `openssl ca` can date a certificate back.
function expired(directory, openssl) {
  const list = 'new_certs_dir = .\ndatabase = list\nserial = serial\ndefault_md = sha256\npolicy = any\nunique_subject = no\n';
  writeFileSync(join(directory, 'ca.conf'), `[ca]\ndefault_ca = it\n[it]\n${list}[any]\ncommonName = optional\n[v3]\nsubjectAltName = IP:127.0.0.1\n`);
  writeFileSync(join(directory, 'list'), '');
  writeFileSync(join(directory, 'serial'), '01\n');
  openssl('req', '-new', '-key', 'good.key', '-out', 'old.csr', '-subj', '/CN=old');
  openssl('ca', '-batch', '-config', 'ca.conf', '-in', 'old.csr', '-out', 'old.pem', '-cert', 'ca.pem', '-keyfile', 'ca.key',
    '-notext', '-extensions', 'v3', '-startdate', '20200101000000Z', '-enddate', '20210101000000Z');
  return { key: readFileSync(join(directory, 'good.key')), cert: readFileSync(join(directory, 'old.pem')) };
}

async function attack(world, tally, name, tls, good) {
  const { provider } = world;
  const before = await world.token();
  const sent = provider.requests.length;
  await provider.close();
  await provider.listen(tls);
  const { error, parameters } = await world.refresh('acme', { timeout: 1 });
  tally.check(error?.endsWith('TemporarilyUnavailable') && parameters.cause === 'tls', `${name}: ${error} ${parameters?.cause}`);
  tally.check(provider.requests.length === sent, `${name}: a request was sent`);
  tally.check(await world.token() === before, `${name}: the old token is not served`);
  await provider.close();
  await provider.listen(good);
  await world.judge(tally);
}

async function run(tally) {
  const directory = mkdtempSync(join(tmpdir(), 'tokend-tls-'));
  const { good, ...bad } = certificates(directory);
  const config = `[network]\nca_file = "${join(directory, 'ca.pem')}"\n`;
  const world = await World.open(await RawProvider.start(good), { config });
  const old = { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  try {
    await world.provider.addSignedIn(world, 'acme', { insecureLoopback: false });
    for (const [name, tls] of Object.entries({ ...bad, 'TLS 1.1': old, 'plain http': null })) {
      tally.round();
      await attack(world, tally, name, tls, good);
    }
    await world.checkNothingSuperseded(tally);
  } finally {
    await world.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

export const lines = [{ id: 'F17', what: 'TLS: self-signed, another host, expired, 1.1, none', needs: ['openssl'], run }];
