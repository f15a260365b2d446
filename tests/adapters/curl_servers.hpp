// For the curl worker's tests: servers on loopback, each on a thread of its own, that do to a client what the test
// says. Plain or TLS (certificates are made on the spot). They record every byte of request that they see.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace tokend::testing {

struct Certificate {  // PEM
  std::string certificate;
  std::string key;
};
// Self-signed, for one DNS name or IP address; valid from now - 2 days for `days` days.
Certificate make_certificate(const std::string& name, int days);

// One accepted connection. Reads give up after 20 s. Every request that it reads is recorded.
class Peer {
 public:
  using Record = std::function<void(const std::string& request)>;
  Peer(int fd, SSL_CTX* tls, Record);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  bool secured() const { return secured_; }  // the handshake succeeded, or there is none
  std::string read_request();  // header and body by Content-Length; empty at the end; what is not HTTP: as it comes
  bool write(std::string_view bytes);  // false: the client has gone
  void reply(std::string_view body, std::string_view fields = {});
  void wait_for_close();

 private:
  int read_some(char* buffer, int size);

  int fd_;
  Record record_;
  SSL* tls_ = nullptr;
  bool secured_ = true;
};

class Server {
 public:
  using Script = std::function<void(Peer&, std::string first_request)>;  // on a thread of the connection

  explicit Server(Script script, const Certificate* certificate = nullptr);
  ~Server();

  std::string url(const std::string& path = "/token") const;
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }
  void await_connection() const { connections_.wait(0); }  // a client may have gone before it was accepted
  std::vector<std::string> requests();

 private:
  void accept_until_closed();

  Script script_;
  SSL_CTX* tls_ = nullptr;
  int listening_;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;
  std::vector<std::string> requests_;
  std::list<std::jthread> serving_;
  std::jthread accepting_;
};

}  // namespace tokend::testing
