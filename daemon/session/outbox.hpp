// Outbox: bytes that are to be sent to one client, appended only. What it held is wiped when it goes: replies carry
// tokens. It knows nothing of sockets; the connection empties it.
// Model: a session appends whole replies; when full() it should stop and yield (session.hpp). Cleared memory is kept,
// so a box that is used again and again allocates nothing.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace tokend {

class Outbox {
 public:
  static constexpr std::size_t kFull = 64 * 1024;  // bytes; more may be appended, but nobody needs it now

  Outbox() = default;
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  ~Outbox();

  // The copy inside the box, for patching; valid until the next call.
  std::span<char> append(std::string_view bytes);
  void append(char byte) { append(std::string_view(&byte, 1)); }

  std::string_view bytes() const { return bytes_; }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  bool full() const { return bytes_.size() >= kFull; }

  void drop_front(std::size_t count);  // count <= size()
  void clear();                        // wipes, keeps the memory
  void release();                      // wipes, gives the memory back

 private:
  void grow_to(std::size_t needed);

  std::string bytes_;
};

}  // namespace tokend
