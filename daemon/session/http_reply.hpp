// Replies of the HTTP face as bytes: status line, fields, JSON body (RFC 9110, RFC 9112). It formats; what is answered
// is http_session's affair. Every reply says Cache-Control: no-store, because any of them may tell about a login.
// A sequence (RFC 7464) ends with the connection: it has no Content-Length. Neither has an array that is made piece by
// piece: it is chunked on a connection that is kept, and else ends with it, as clients of HTTP/1.0 need it.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "daemon/broker/ready_reply.hpp"
#include "daemon/session/outbox.hpp"
#include "proto/error.hpp"

namespace tokend {

// Why a request is turned away before anybody looks at what it asks for.
struct HttpRefusal {
  int status = 400;
  std::string reason;           // a sentence without a full stop
  std::string_view allow = {};  // of a 405: the methods that there are
};

// How the request at hand wants its reply.
struct HttpReplyStyle {
  bool keep_alive = false;
  bool head_only = false;  // of HEAD: never a body
};

void write_json(std::string_view body, const HttpReplyStyle&, Outbox&);
void write_token(const ReadyReply&, BootTime now, const HttpReplyStyle&, Outbox&);
void write_error(const Error&, const HttpReplyStyle&, Outbox&);
void write_refusal(const HttpRefusal&, const HttpReplyStyle&, Outbox&);

// Never of HEAD.
void open_array(const HttpReplyStyle&, Outbox&);
void write_piece(std::string_view json, const HttpReplyStyle&, Outbox&);
void close_array(const HttpReplyStyle&, Outbox&);

void open_sequence(Outbox&);
void write_record(std::string_view json, Outbox&);

}  // namespace tokend
