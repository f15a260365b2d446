// ListeningSocket: the socket that programs connect to, either bound at a path or handed over by systemd. Who may reach
// it is decided here by owner and mode of its directory and by its own mode; who may ask is decided at accept.
//
// A socket left behind by a daemon that died is replaced; one that somebody accepts on is not.
#pragma once
#include <sys/stat.h>

#include <string>

#include "proto/file_descriptor.hpp"
#include "proto/result.hpp"

namespace tokend {

class ListeningSocket {
 public:
  enum class Audience {
    kOwner,     // directory 0700 and ours, socket 0600
    kEveryone,  // the system daemon: directory ours and writable to nobody else, socket 0666
  };

  // Creates the directory (one level) where it is missing. Errors name path, cause and command; what they speak of is
  // the machine's set-up (kInternal; EX_CONFIG for main).
  static Result<ListeningSocket> bind_at(const std::string& path, Audience);
  // Takes a listening socket (systemd::take_listening_socket) and holds it and its directory to the same rules.
  static Result<ListeningSocket> adopt(int fd, Audience);

  ListeningSocket(ListeningSocket&&) noexcept = default;
  ListeningSocket& operator=(ListeningSocket&&) = delete;
  ~ListeningSocket();

  void close();  // unlinks what bind_at() made, if it is still there; callers of systemd's socket wait

  int fd() const { return fd_.get(); }
  const std::string& path() const { return path_; }

 private:
  ListeningSocket(FileDescriptor fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  FileDescriptor fd_;
  std::string path_;
  ino_t inode_ = 0;  // of the path that we made; 0: it is systemd's
};

}  // namespace tokend
