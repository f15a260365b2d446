// A machine for one run: systemd boots over a copy of this one's root, a user runs commands, and it is gone. It has mount
// and PID namespaces, a network and control groups of its own: two runs do not meet, and none outlives its starter.
import { mkdirSync, existsSync, readdirSync, rmdirSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { run, until } from '../../e2e/lib/process.mjs';

const kBoot = fileURLToPath(new URL('../boot', import.meta.url));
const kHierarchies = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup'];
const kPatienceMs = 240_000;

// Dies with its starter, and with it all that was started in it: unshare is the father of the first process there.
const kOfItsOwn = ['setpriv', '--pdeathsig', 'KILL', '--',
  'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private', '--'];

// The commands, in order, until one fails. { code, report: what they printed, console: what the machine did }.
export async function runInside(commands, { source, build }) {
  const scratch = await mkdtemp(join(tmpdir(), 'tokend-machine-'));
  const groups = makeGroups(`tokend-test-${process.pid}`);
  try {
    const enter = `for group in ${groups.join(' ')}; do echo $$ >$group/cgroup.procs; done; exec "$@"`;
    const ended = await run('sh', ['-ec', enter, 'sh', ...kOfItsOwn, kBoot, scratch, build, source, ...commands],
      { env: { PATH: process.env.PATH, TOKEND_BIN: process.env.TOKEND_BIN }, patienceMs: kPatienceMs });
    const report = await readFile(join(scratch, 'report'), 'utf8').catch(() => '');  // it may have died before that
    return { code: ended.code ?? ended.signal, report, console: ended.stdout + ended.stderr };
  } finally {
    await removeGroups(groups);
    await rm(scratch, { recursive: true, force: true });
  }
}

// Two machines in one control group would end each other's services.
function makeGroups(name) {
  const groups = kHierarchies.filter((path) => existsSync(join(path, 'cgroup.procs'))).map((path) => join(path, name));
  for (const group of groups) mkdirSync(group);
  return groups;
}

// They are empty as soon as the kernel has buried the last process.
function removeGroups(groups) {
  return until('the control groups of the machine are empty', () => groups.every(removed), 10_000);
}

function removed(group) {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) removed(join(group, entry.name));
    rmdirSync(group);
  } catch (why) {
    return why.code === 'ENOENT';
  }
  return true;
}
