#include "daemon/session/face_session.hpp"

#include "daemon/session/http_session.hpp"
#include "daemon/session/varlink_session.hpp"

namespace tokend {

std::unique_ptr<Session> FaceSession::face_for(char first_byte)
{
  if (first_byte == '{') return std::make_unique<VarlinkSession>(broker_, host_);
  if (first_byte >= 'A' && first_byte <= 'Z') return std::make_unique<HttpSession>(broker_, loop_, host_);
  return nullptr;
}

Next FaceSession::on_bytes(std::span<const char> bytes, Outbox& out)
{
  if (!face_) face_ = face_for(bytes.front());
  return face_ ? face_->on_bytes(bytes, out) : Next::kCloseAfterFlush;
}

void FaceSession::on_peer_gone() noexcept
{
  if (face_) face_->on_peer_gone();
}

OpenSession open_session(Broker& broker, const Loop& loop)
{
  return [&broker, &loop](const PeerCredentials&, SessionHost& host) {
    return std::make_unique<FaceSession>(broker, loop, host);
  };
}

}  // namespace tokend
