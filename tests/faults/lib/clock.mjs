// The wall clock of one daemon, which a line of the matrix sets. Boot time and the provider's clock go on as they are.
import { accessSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const kLibrary = 'faults_clock_shift.so';

export const shiftLibrary = () => (process.env.TOKEND_BIN ?? '').split(':').map((dir) => join(dir, kLibrary)).find(isThere) ?? null;

export class WallClock {
  constructor(sandbox) {
    this.file = join(sandbox.root, 'clock-shift');
    this.set(0);
  }

  set(seconds) {
    writeFileSync(this.file, `${Math.round(seconds)}\n`);
  }

  // Of a daemon that is to go by it.
  get env() {
    return { FAULTS_CLOCK_SHIFT: this.file, LD_PRELOAD: shiftLibrary(), ASAN_OPTIONS: 'verify_asan_link_order=0' };
  }
}

function isThere(path) {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
