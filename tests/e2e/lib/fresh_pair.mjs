// A daemon and a provider double of its own for every test, and the question that each ends with.
import { afterEach, beforeEach } from 'node:test';

import { assertKeepsSecrets } from './accounts.mjs';
import { ProviderDouble } from './provider_double.mjs';
import { kTalkative, Sandbox } from './sandbox.mjs';

// In a describe(): take({ provider, sandbox }) is called before each of its tests. After it no secret is where it may not be.
export function freshPairForEach(take, settings = {}) {
  let provider, sandbox;
  beforeEach(async () => {
    [provider, sandbox] = await Promise.all([ProviderDouble.start(settings), Sandbox.create({ config: kTalkative })]);
    await sandbox.startDaemon();
    take({ provider, sandbox });
  });
  afterEach(async () => {
    try {
      await assertKeepsSecrets(sandbox, provider);
    } finally {
      await Promise.allSettled([sandbox.close(), provider.stop()]);
    }
  });
}
