// Rows of the database that somebody has damaged while the daemon was down: nobody gets what is another's.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { addAccount, addSignedIn, assertFails, token } from './lib/accounts.mjs';
import { freshPairForEach } from './lib/fresh_pair.mjs';
import { signIn } from './lib/login.mjs';
import { run } from './lib/process.mjs';
import { leftOut } from './lib/programs.mjs';

const kEdit = 'import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()';

describe('a damaged row', { skip: leftOut() }, () => {
  let provider, sandbox;

  freshPairForEach((pair) => { ({ provider, sandbox } = pair); });

  async function editWhileDown(sql) {
    await sandbox.daemon.kill();
    const edited = await run('python3', ['-c', kEdit, join(sandbox.state, 'tokend.db'), sql], { env: sandbox.env });
    assert.equal(edited.code, 0, edited.stderr);
    await sandbox.startDaemon();
  }

  test('of a login: its account needs a login and says why, and is never served the next one that is made', async () => {
    await addSignedIn(sandbox, 'alice', provider);
    await editWhileDown('UPDATE heads SET head = zeroblob(32)');
    await addSignedIn(sandbox, 'bob', provider);
    await sandbox.restartDaemon('SIGTERM');

    assertFails(await sandbox.tokenctl('token', 'alice'), 3, /alice needs a login .*damaged.*tokenctl login alice/);
    const [alice] = (await sandbox.json('status')).accounts.filter(({ account }) => account === 'alice');
    assert.deepEqual([alice.state, alice.cause], ['needs_login', 'stored_login_damaged']);
    assert.equal((await sandbox.tokenctl('status')).code, 3);

    const bobs = await token(sandbox, 'bob');
    assert.equal((await signIn(sandbox, 'alice')).code, 0);
    assert.notEqual(await token(sandbox, 'alice'), bobs);
    await sandbox.restartDaemon('SIGTERM');
    assert.equal(await token(sandbox, 'bob'), bobs);
    assert.doesNotMatch(sandbox.daemon.stderr, /grant \d/);
  });

  test('of an account: it keeps its place and its name until it is removed', async () => {
    await addAccount(sandbox, 'carol', provider);
    await editWhileDown('UPDATE accounts SET definition = zeroblob(64)');
    await addSignedIn(sandbox, 'dave', provider);
    await sandbox.restartDaemon('SIGTERM');

    await token(sandbox, 'dave');
    assert.match(sandbox.daemon.stderr, /account carol does not open/);
    assertFails(await sandbox.tokenctl('token', 'carol'), 8, /carol is damaged.*tokenctl remove carol/);
    const again = await sandbox.tokenctl('add', 'carol', '--issuer', 'https://id.acme.example', '--client-id', 'x', '--no-login');
    assertFails(again, 2, /carol is damaged.*tokenctl remove carol/);
    assert.equal((await sandbox.tokenctl('remove', 'carol', '--yes')).code, 0);
    await addSignedIn(sandbox, 'carol', provider);
    await token(sandbox, 'carol');
  });
});
