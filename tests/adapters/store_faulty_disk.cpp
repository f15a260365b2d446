#include "tests/adapters/store_faulty_disk.hpp"

#include <sqlite3.h>

#include <new>
#include <string_view>

namespace tokend::test {
namespace {

constexpr char kName[] = "faulty";
FaultyDisk* disk = nullptr;  // SQLite's callbacks carry no state of ours

sqlite3_vfs* real() { return sqlite3_vfs_find("unix"); }

// The real file follows this one in the memory that SQLite gives.
struct File {
  sqlite3_file base;
  bool is_log;

  static File* of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
  sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  const sqlite3_io_methods& methods() { return *inner()->pMethods; }
};

int close(sqlite3_file* f) { return File::of(f)->methods().xClose(File::of(f)->inner()); }
int read(sqlite3_file* f, void* to, int size, sqlite3_int64 at)
{
  return File::of(f)->methods().xRead(File::of(f)->inner(), to, size, at);
}
int write(sqlite3_file* f, const void* from, int size, sqlite3_int64 at)
{
  if (File::of(f)->is_log && at + size > disk->log_limit) return SQLITE_FULL;
  return File::of(f)->methods().xWrite(File::of(f)->inner(), from, size, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size)
{
  return File::of(f)->methods().xTruncate(File::of(f)->inner(), size);
}
int sync(sqlite3_file* f, int flags)
{
  File& file = *File::of(f);
  if (file.is_log) {
    ++disk->log_syncs;
    if (FaultyDisk::Gate* gate = disk->gate.exchange(nullptr)) {
      gate->reached.set_value();
      gate->go_on.get_future().wait();
    }
  }
  const int done = file.methods().xSync(file.inner(), flags);
  if (file.is_log && disk->failing_syncs > 0) {
    --disk->failing_syncs;
    return SQLITE_IOERR_FSYNC;
  }
  return done;
}
int file_size(sqlite3_file* f, sqlite3_int64* size)
{
  return File::of(f)->methods().xFileSize(File::of(f)->inner(), size);
}
int lock(sqlite3_file* f, int level) { return File::of(f)->methods().xLock(File::of(f)->inner(), level); }
int unlock(sqlite3_file* f, int level) { return File::of(f)->methods().xUnlock(File::of(f)->inner(), level); }
int check_lock(sqlite3_file* f, int* held)
{
  return File::of(f)->methods().xCheckReservedLock(File::of(f)->inner(), held);
}
int control(sqlite3_file* f, int op, void* argument)
{
  return File::of(f)->methods().xFileControl(File::of(f)->inner(), op, argument);
}
int sector_size(sqlite3_file* f) { return File::of(f)->methods().xSectorSize(File::of(f)->inner()); }
int characteristics(sqlite3_file* f) { return File::of(f)->methods().xDeviceCharacteristics(File::of(f)->inner()); }
// Version 1 has no shared memory: an exclusive log works without.
int shm_map(sqlite3_file*, int, int, int, void volatile**) { return SQLITE_IOERR; }
int shm_lock(sqlite3_file*, int, int, int) { return SQLITE_IOERR; }
void shm_barrier(sqlite3_file*) {}
int shm_unmap(sqlite3_file*, int) { return SQLITE_OK; }

const sqlite3_io_methods kMethods = {
    2,         close,      read,    write,       truncate,        sync,    file_size, lock,
    unlock,    check_lock, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
    shm_unmap, nullptr,    nullptr};

int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags)
{
  File* file = new (f) File{};
  file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  if ((flags & SQLITE_OPEN_MAIN_DB) != 0 && disk->failing_opens > 0) {
    --disk->failing_opens;
    return SQLITE_CANTOPEN;
  }
  const int code = real()->xOpen(real(), name, file->inner(), flags, out_flags);
  if (code == SQLITE_OK) file->base.pMethods = &kMethods;
  return code;
}

sqlite3_vfs& faulty_vfs()
{
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs copy = *real();
    copy.zName = kName;
    copy.szOsFile = static_cast<int>(sizeof(File)) + real()->szOsFile;
    copy.xOpen = open;
    return copy;
  }();
  return vfs;
}

}  // namespace

FaultyDisk::FaultyDisk()
{
  sqlite3_initialize();
  disk = this;
  sqlite3_vfs_register(&faulty_vfs(), 1);
}

FaultyDisk::~FaultyDisk()
{
  sqlite3_vfs_unregister(&faulty_vfs());
  sqlite3_vfs_register(real(), 1);
  disk = nullptr;
}

}  // namespace tokend::test
