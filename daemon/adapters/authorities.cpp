#include "daemon/adapters/authorities.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace tokend {

Result<void> check_authorities(const std::string& path)
{
  if (::access(path.c_str(), R_OK) != 0)
    return fail(ErrorCode::kInvalidParameter, fmt::format("{} cannot be read: {}", path, std::strerror(errno)));
  const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), &X509_STORE_free);
  const bool loaded = store && X509_STORE_load_file(store.get(), path.c_str()) == 1;
  ERR_clear_error();
  if (!loaded) return fail(ErrorCode::kInvalidParameter, fmt::format("{} holds no certificate in PEM form", path));
  return {};
}

}  // namespace tokend
