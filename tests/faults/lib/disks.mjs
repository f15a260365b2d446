// Disks of our own under the state directory: one in memory that can be filled, one on a file that can lose its power.
// Both need root.
import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, ftruncateSync, fstatSync, mkdirSync, openSync, statfsSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';

import { Running, until } from '../../e2e/lib/process.mjs';
import { World } from './world.mjs';

const kPage = 4096;
const kShutdown = 'import fcntl, os, struct, sys\n'
  + 'disk = os.open(sys.argv[1], os.O_RDONLY)\n'
  + 'print("ready", flush=True)\n'
  + 'sys.stdin.read()\n'
  + 'fcntl.ioctl(disk, 0x8004587D, struct.pack("I", 2))';  // FS_IOC_SHUTDOWN, NOLOGFLUSH

export class MemoryDisk {
  constructor(directory, size) {
    this.directory = directory;
    mkdirSync(directory, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tokend-faults', directory]);
  }

  // Fills or frees until so many bytes are left. It keeps its own file open, so it leaves no more than that.
  leave(bytes) {
    this.filler ??= openSync(join(this.directory, 'filler'), 'a', 0o600);
    const size = fstatSync(this.filler).size;
    const less = this.#free() - bytes;
    if (less < 0) ftruncateSync(this.filler, Math.max(0, size + less - (less % kPage)));
    for (let rest = less; rest >= kPage; rest -= kPage) if (!this.#write()) return;
  }

  remove() {
    if (this.filler !== undefined) closeSync(this.filler);
    execFileSync('umount', ['-l', this.directory]);
  }

  #free() {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  #write() {
    try {
      return writeSync(this.filler, Buffer.alloc(kPage, 'x')) === kPage;
    } catch (full) {
      if (full.code === 'ENOSPC') return false;
      throw full;
    }
  }
}

// ext4 on a loop device. powerSwitch(): what was not synced never reaches the file.
export class LoopDisk {
  constructor(image, directory) {
    Object.assign(this, { image, directory });
    mkdirSync(directory, { recursive: true });
    closeSync(openSync(image, 'w'));
    truncateSync(image, 24 << 20);
    execFileSync('mkfs.ext4', ['-q', '-F', image]);
    this.plugIn();
    chmodSync(directory, 0o700);
  }

  plugIn(how = 'rw') {
    execFileSync('mount', ['-o', `loop,${how}`, this.image, this.directory]);
  }

  // What cuts it, at once, while others go on.
  async powerSwitch() {
    const cutter = new Running('python3', ['-c', kShutdown, this.directory], { input: '', heldOpen: true });
    await cutter.saw('stdout', /ready/);
    return async () => {
      cutter.endInput();
      const { code, stderr } = await cutter.exited;
      if (code !== 0) throw new Error(`the power stays on: ${stderr}`);
    };
  }

  // As after an error that the file system cannot go on with.
  failReadOnly() {
    execFileSync('mount', ['-o', 'remount,abort', this.directory]);
  }

  // The file is free only when the kernel has let go of it.
  async unplug() {
    execFileSync('umount', [this.directory]);
    await until('the loop device is free', () => execFileSync('losetup', ['-j', this.image]).length === 0);
  }
}

// play(world, disk) in a world whose state directory is on a disk that can lose its power; both are gone afterwards.
export async function onLoopDisk(settings, play) {
  let disk;
  const world = await World.open(settings, {
    prepare: (sandbox) => {
      const mounted = join(sandbox.root, 'disk');
      disk = new LoopDisk(join(sandbox.root, 'disk.img'), mounted);
      sandbox.env.XDG_STATE_HOME = mounted;
      sandbox.state = join(mounted, 'tokend');
    },
  });
  try {
    await play(world, disk);
  } finally {
    await world.stop('SIGKILL');
    await disk.unplug();
    await world.close();
  }
}
