// How often a daemon asked for memory, all its threads together, since it started: counted inside it, by a library that
// is loaded in front of the C library (allocation_count.c).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { kBuild } from './programs.mjs';

const kLibrary = join(kBuild, 'tests/e2e/allocation_count.so');

export const canCountAllocations = () => existsSync(kLibrary);

export class AllocationCount {
  constructor(sandbox) {
    this.file = join(sandbox.root, 'allocations');
    writeFileSync(this.file, Buffer.alloc(8));
  }

  // Of a daemon that is to count.
  get env() {
    return { ALLOCATION_COUNT: this.file, LD_PRELOAD: kLibrary, ASAN_OPTIONS: 'verify_asan_link_order=0' };
  }

  now() {
    return Number(readFileSync(this.file).readBigUInt64LE());
  }
}
