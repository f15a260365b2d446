#include "tests/adapters/curl_servers.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <stdexcept>

namespace tokend::testing {
namespace {

std::string contents(BIO* bio)
{
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  return std::string(bytes, static_cast<std::size_t>(size));
}

SSL_CTX* tls_context(const Certificate& pem)
{
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  BIO* const certificate_text = BIO_new_mem_buf(pem.certificate.data(), -1);
  BIO* const key_text = BIO_new_mem_buf(pem.key.data(), -1);
  X509* const certificate = PEM_read_bio_X509(certificate_text, nullptr, nullptr, nullptr);
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(key_text, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  BIO_free(certificate_text);
  BIO_free(key_text);
  return context;
}

}  // namespace

Certificate make_certificate(const std::string& name, int days)
{
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -2 * 86'400);
  X509_gmtime_adj(X509_getm_notAfter(certificate), (days - 2) * 86'400);
  X509_NAME* const subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1,
                             0);
  X509_set_issuer_name(certificate, subject);
  const bool address = name.find_first_not_of("0123456789.") == name.npos;
  const std::string alternative = (address ? "IP:" : "DNS:") + name;
  for (const auto& [id, value] :
       {std::pair{NID_subject_alt_name, alternative.c_str()}, std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, id, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  BIO* const certificate_text = BIO_new(BIO_s_mem());
  BIO* const key_text = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_text, certificate);
  PEM_write_bio_PrivateKey(key_text, key, nullptr, nullptr, 0, nullptr, nullptr);
  Certificate pem{contents(certificate_text), contents(key_text)};
  BIO_free(certificate_text);
  BIO_free(key_text);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return pem;
}

Peer::Peer(int fd, SSL_CTX* tls, Record record) : fd_(fd), record_(std::move(record))
{
  const timeval limit{.tv_sec = 20, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (tls == nullptr) return;
  tls_ = SSL_new(tls);
  SSL_set_fd(tls_, fd_);
  secured_ = SSL_accept(tls_) == 1;
}

Peer::~Peer()
{
  SSL_free(tls_);
  ::close(fd_);
}

int Peer::read_some(char* buffer, int size)
{
  if (tls_ != nullptr) return SSL_read(tls_, buffer, size);
  return static_cast<int>(::recv(fd_, buffer, static_cast<std::size_t>(size), 0));
}

std::string Peer::read_request()
{
  std::string request;
  char part[4096];
  for (int size; secured_ && (size = read_some(part, sizeof part)) > 0;) {
    request.append(part, static_cast<std::size_t>(size));
    if (request.front() < 'A' || request.front() > 'Z') break;
    const std::size_t end = request.find("\r\n\r\n");
    if (end == request.npos) continue;
    const std::size_t field = request.find("Content-Length: ");
    const std::size_t length = field < end ? std::strtoul(request.c_str() + field + 16, nullptr, 10) : 0;
    if (request.size() >= end + 4 + length) break;
  }
  if (!request.empty()) record_(request);
  return request;
}

bool Peer::write(std::string_view bytes)
{
  while (!bytes.empty()) {
    const auto size = tls_ != nullptr ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                                      : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (size <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

void Peer::reply(std::string_view body, std::string_view fields)
{
  write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string(fields) + "\r\n" +
        std::string(body));
}

void Peer::wait_for_close()
{
  char byte;
  while (read_some(&byte, 1) > 0) {}
}

Server::Server(Script script, const Certificate* certificate)
    : script_(std::move(script)), listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
  if (certificate != nullptr) tls_ = tls_context(*certificate);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listening_, generic, size) != 0 || ::listen(listening_, 128) != 0) throw std::runtime_error("no port");
  ::getsockname(listening_, generic, &size);
  port_ = ntohs(address.sin_port);
  accepting_ = std::jthread([this] { accept_until_closed(); });
}

Server::~Server()
{
  ::shutdown(listening_, SHUT_RDWR);
  accepting_.join();
  serving_.clear();
  ::close(listening_);
  SSL_CTX_free(tls_);
}

void Server::accept_until_closed()
{
  for (int fd; (fd = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    ++connections_;
    connections_.notify_all();
    serving_.emplace_back([this, fd] {
      Peer peer(fd, tls_, [this](const std::string& request) {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      });
      std::string request = peer.read_request();
      if (!request.empty()) script_(peer, std::move(request));
    });
  }
}

std::vector<std::string> Server::requests()
{
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::string Server::url(const std::string& path) const
{
  return (tls_ != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) + path;
}

}  // namespace tokend::testing
