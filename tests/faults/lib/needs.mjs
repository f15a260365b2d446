// What a line needs of the machine, and the sentence for a machine that has it not.
import { execFileSync } from 'node:child_process';

import { program } from '../../e2e/lib/programs.mjs';
import { shiftLibrary } from './clock.mjs';

const kPrograms = { strace: 'strace', openssl: 'openssl', python3: 'python3' };

// The reason to leave a line out, or null.
export function missing(needs) {
  for (const name of ['tokend', 'tokenctl', 'provider-double']) {
    if (!program(name)) return `no ${name} in the directories of TOKEND_BIN`;
  }
  for (const need of needs) {
    if (need === 'root' && process.getuid() !== 0) return 'needs root';
    if (need === 'loop mounts' && !canMount()) return 'needs loop mounts';
    if (need === 'clock' && !shiftLibrary()) return 'needs faults_clock_shift.so in the directories of TOKEND_BIN';
    if (kPrograms[need] && !isThere(kPrograms[need])) return `needs ${need}`;
  }
  return null;
}

function isThere(name) {
  try {
    execFileSync('which', [name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function canMount() {
  try {
    execFileSync('losetup', ['--find'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
